/** `quorate start`, which `npm start` runs: a cluster on this machine, to try things out. */

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { KvError } from '../base/index.ts'
import type { ClusterWish, CommandParts } from './command-parts.ts'
import { ENGINE_NAMES, suggestion } from './config/index.ts'
import { failureText } from './failure-text.ts'
import { START_USAGE } from './usage.ts'

const NODES_MAX = 7
const CLIENT_PORT = '8081'
const PEER_PORT = '9001'
const PORT_MAX = 65_535

const OPTIONS = {
  nodes: { type: 'string', default: '3' },
  engine: { type: 'string', default: 'bitcask' },
  data: { type: 'string', default: '.quorate' },
  fresh: { type: 'boolean', default: false },
  'client-port': { type: 'string', default: CLIENT_PORT },
  'peer-port': { type: 'string', default: PEER_PORT },
} as const

export async function runStartCommand(
  parameters: readonly string[],
  parts: CommandParts,
): Promise<number> {
  let wish: ClusterWish
  try {
    wish = readWish(parameters)
  } catch (error) {
    parts.complain(`quorate: ${failureText(error)}`)
    parts.complain(START_USAGE)
    return 2
  }
  return parts.runCluster(wish)
}

function readWish(parameters: readonly string[]): ClusterWish {
  checkNames(parameters)
  const { values } = parseArgs({ args: [...parameters], options: OPTIONS })
  const engine = ENGINE_NAMES.find((name) => name === values.engine)
  if (engine === undefined) {
    throw new KvError('BAD_REQUEST', `--engine takes ${ENGINE_NAMES.join(', ')}`)
  }
  if (values.data === '') throw new KvError('BAD_REQUEST', '--data takes a directory')
  const nodes = number(values.nodes, { name: '--nodes', max: NODES_MAX })
  const last = PORT_MAX - nodes + 1
  const clientPort = number(values['client-port'], { name: '--client-port', max: last })
  const peerPort = number(values['peer-port'], { name: '--peer-port', max: last })
  if (Math.abs(clientPort - peerPort) < nodes) {
    throw new KvError('BAD_REQUEST', '--client-port and --peer-port lie too close to each other')
  }
  return {
    nodes,
    engine,
    directory: resolve(values.data),
    isFresh: values.fresh,
    clientPort,
    peerPort,
  }
}

function checkNames(parameters: readonly string[]): void {
  for (const word of parameters) {
    const name = /^--([^=]+)/.exec(word)?.[1]
    if (name === undefined || name in OPTIONS) continue
    const near = suggestion(name, Object.keys(OPTIONS))
    const hint = near === null ? '' : `; --${near} is meant?`
    throw new KvError('BAD_REQUEST', `there is no option --${name}${hint}`)
  }
}

function number(text: string, { name, max }: { name: string; max: number }): number {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= max) return value
  throw new KvError('BAD_REQUEST', `${name} takes a number from 1 to ${max}`)
}
