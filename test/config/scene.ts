/** Three nodes on this machine, each told the same in another way: a file, variables, flags. */

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { flagOf, SETTING_NAMES, type SettingName, variableOf } from '../../src/cli/config/index.ts'
import { createAuthority } from '../../src/io/contract/index.ts'
import { freePorts } from '../cluster/index.ts'
import { MAIN, Program, temporaryDirectory } from '../processes/program.ts'

export type Settings = Partial<Record<SettingName, string>>

export const WAYS = ['file', 'variables', 'flags'] as const
export type Way = (typeof WAYS)[number]

export interface Place {
  readonly way: Way
  readonly settings: Settings
  readonly plainPort: number
  readonly securePort: number
  readonly metricsPort: number
  readonly peerPort: number
  readonly directory: string
  readonly events: string
}

export interface Scene {
  readonly directory: string
  readonly places: readonly Place[]
  readonly authority: Buffer
  readonly certificate: Buffer
  readonly key: Buffer
}

const PORTS_EACH = 4
export const ORIGIN = 'https://console.example'

export async function createScene(t: TestContext): Promise<Scene> {
  const directory = temporaryDirectory(t)
  const issuer = createAuthority('config')
  const issued = issuer.issue({ commonNames: ['node'], names: ['IP Address:127.0.0.1'] })
  const write = (name: string, text: Uint8Array | string): string => {
    const file = path.join(directory, name)
    writeFileSync(file, text)
    return file
  }
  const secured: Settings = { 'tls.versionMin': 'TLS1.3' }
  for (const side of ['client', 'peer'] as const) {
    secured[`${side}.tls.certificate`] = write('node.pem', issued.certificate)
    secured[`${side}.tls.key`] = write('node.key', issued.key)
    secured[`${side}.tls.authority`] = write('ca.pem', issuer.certificate)
    secured[`${side}.tls.requireCertificate`] = 'true'
  }
  const ports = await freePorts(WAYS.length * PORTS_EACH)
  const members = WAYS.map((way, i) => `${way}=https://127.0.0.1:${ports[PORTS_EACH * i]}`)
  const places = WAYS.map((way, i): Place => {
    const [peerPort = 0, plainPort = 0, securePort = 0, metricsPort = 0] = ports.slice(
      PORTS_EACH * i,
    )
    const events = path.join(directory, `${way}.log`)
    const plain = `http://127.0.0.1:${plainPort}`
    const peer = `https://127.0.0.1:${peerPort}`
    const settings: Settings = {
      ...secured,
      ...SAME,
      name: way,
      ...engineOf(way),
      'data.directory': path.join(directory, way),
      'data.logDirectory': path.join(directory, `${way}-log`),
      'client.listen': plain,
      'client.listenAlso': `https://127.0.0.1:${securePort}`,
      'client.advertise': `${plain},https://127.0.0.1:${securePort}`,
      'peer.listen': peer,
      'peer.advertise': peer,
      'metrics.listen': `http://127.0.0.1:${metricsPort}`,
      'cluster.members': members.join(','),
      'logging.format': way === 'flags' ? 'pretty' : 'json',
      'logging.outputs': `stdout,${events}`,
    }
    const home = path.join(directory, way)
    return { way, settings, plainPort, securePort, metricsPort, peerPort, directory: home, events }
  })
  return {
    directory,
    places,
    authority: Buffer.from(issuer.certificate),
    certificate: Buffer.from(issued.certificate),
    key: Buffer.from(issued.key),
  }
}

/** Only one engine has a cache of what was read. */
function engineOf(way: Way): Settings {
  if (way === 'variables') return { engine: 'memory' }
  return { engine: 'bitcask', 'limits.readCache': way === 'file' ? '3MiB' : '4GiB' }
}

/** What all nodes are told. */
const SAME: Settings = {
  'client.corsOrigins': ORIGIN,
  // After two of them without an answer a client is gone, also one that only stood still.
  'client.keepaliveInterval': '1s',
  'cluster.token': 'test-config',
  'cluster.state': 'new',
  'raft.profile': 'fast',
  'raft.heartbeat': '30ms',
  // Long enough for any machine: who asks a plain client meanwhile would be told of an election.
  'raft.election': '4s',
  'limits.quota': '4MiB',
  'limits.request': '64KiB',
  'limits.transactionOperations': '2',
  'limits.logSegment': '16MiB',
  'compaction.mode': 'periodic',
  'compaction.retention': '1s',
  'watch.progressInterval': '100ms',
  'logging.level': 'debug',
}

/** As somebody would start it who uses this one way for everything. */
export function startNode(
  t: TestContext,
  { directory }: Scene,
  { way, settings }: Pick<Place, 'way' | 'settings'>,
): Program {
  const said = SETTING_NAMES.flatMap((name) => {
    const text = settings[name]
    return text === undefined ? [] : [[name, text] as const]
  })
  const command = [process.execPath, MAIN, 'node']
  if (way === 'flags') {
    return new Program(t, [...command, ...said.map(([name, text]) => `${flagOf(name)}=${text}`)])
  }
  if (way === 'variables') {
    const environment = Object.fromEntries(said.map(([name, text]) => [variableOf(name), text]))
    return new Program(t, command, { environment })
  }
  const file = path.join(directory, 'quorate.yaml')
  writeFileSync(file, fileText(said))
  return new Program(t, [...command, '--config', file])
}

/** Names with dots become sections. JSON is YAML. */
function fileText(said: readonly (readonly [SettingName, string])[]): string {
  const root: Record<string, unknown> = {}
  for (const [name, text] of said) {
    let section = root
    const words = name.split('.')
    for (const word of words.slice(0, -1)) {
      section[word] ??= {}
      section = section[word] as Record<string, unknown>
    }
    section[words.at(-1) ?? ''] = text
  }
  return JSON.stringify(root, null, 2)
}
