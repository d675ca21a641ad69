/**
 * `npm run attack:rpc`: how long an honest client waits while others attack. The server, the
 * attackers and the client are processes of their own; each attack is measured between two
 * stretches of peace, because a shared machine changes from second to second.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../../io/index.ts'
import { RpcChannel } from '../../index.ts'
import { ATTACKS } from './attackers.ts'

const HOST = '127.0.0.1'
/** Calls of the honest client at a time. */
const IN_FLIGHT = 8

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } })
const seconds = Number(values.seconds)
const clock = createNodeClock()

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function start(kind: string, port = 0): ChildProcess {
  return fork(new URL('./attackers.ts', import.meta.url), [kind, String(port)])
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)))
}

interface Waits {
  readonly p50: number
  readonly p99: number
  readonly calls: number
}

/** Round trips of small calls, in milliseconds. */
function measure(channel: RpcChannel): Promise<Waits> {
  const waits: number[] = []
  const untilMs = clock.monotonicMs() + seconds * 1000
  const message = { bytes: new Uint8Array(16), offset: 0, length: 16 }
  let running = IN_FLIGHT
  return new Promise((resolve) => {
    const next = (): void => {
      const startMs = clock.monotonicMs()
      channel.unary('/test.Test/Echo', message, {
        message: () => {},
        writable: () => {},
        ended: ({ status }) => {
          const nowMs = clock.monotonicMs()
          if (status.code === 0) waits.push(nowMs - startMs)
          if (nowMs < untilMs) next()
          else if (--running === 0) resolve(summary(waits))
        },
      })
    }
    for (let i = 0; i < IN_FLIGHT; i++) next()
  })
}

function summary(waits: number[]): Waits {
  waits.sort((left, right) => left - right)
  const at = (part: number): number => waits[Math.floor(waits.length * part)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), calls: waits.length }
}

const server = start('server')
const { port } = await told<{ port: number }>(server)
const channel = new RpcChannel({
  clock,
  chance: createNodeChance(),
  gzip: createNodeGzip(),
  endpoints: [{ host: HOST, port }],
  connect: (endpoint) => createNodeSockets().connect(endpoint),
  onFault: (error) => {
    throw error
  },
})
await measure(channel)
say('attack              | p50 ms before, during | p99 ms before, during, after | server MiB')
for (const name of Object.keys(ATTACKS)) {
  const before = await measure(channel)
  const attacker = start(name, port)
  // As one on another machine would, it takes no processor from those that are measured.
  setPriority(attacker.pid ?? 0, constants.priority.PRIORITY_LOW)
  await told(attacker)
  const during = await measure(channel)
  attacker.kill()
  const after = await measure(channel)
  server.send('memory')
  const { mib } = await told<{ mib: number }>(server)
  const numbers = [before.p50, during.p50, before.p99, during.p99, after.p99]
  say(`${name.padEnd(20)}| ${numbers.map((one) => one.toFixed(3)).join('  ')} | ${mib}`)
}
channel.close()
server.kill()
