/** What may be said of embedded nodes, and what is taken when nothing is said. */

import { KvError } from '../../base/index.ts'
import { type LogLevel, type NodeConfig, readNodeFile } from '../../cli/config/index.ts'
import type { Address } from '../../io/index.ts'
import type { EmbedLog, EmbedOptions } from './types.ts'

const NODES_MAX = 9
/** As bin/quorate.mjs says of the command. */
const RUNTIME_MAJOR_MIN = 24
const PORT_MAX = 65_535
const ENGINES: readonly string[] = ['memory', 'bitcask', 'lmdb']
const LEVELS: readonly unknown[] = ['debug', 'info', 'warn', 'error']
/** A start writes some of them, and a test fills few. */
const LOG_SEGMENT_BYTES = 1024 * 1024
const TOKEN = 'quorate-embedded'
/** What only the embedding decides. */
const OWN_SETTINGS: readonly string[] = ['name', 'data', 'engine', 'cluster', 'logging']

/** Of a cluster, and of a node alone. */
const OF_ONE_KIND: readonly string[] = ['nodes', 'port']

interface Check {
  readonly isRight: (value: unknown) => boolean
  readonly wanted: string
}

const CHECKS: Readonly<Record<string, Check>> = {
  engine: { isRight: (value) => ENGINES.includes(String(value)), wanted: ENGINES.join(', ') },
  directory: {
    isRight: (value) => typeof value === 'string' && value !== '',
    wanted: 'the name of a directory, such as "data"',
  },
  durable: { isRight: (value) => typeof value === 'boolean', wanted: 'true or false' },
  log: {
    isRight: (value) => typeof value === 'function' || LEVELS.includes(value),
    wanted: `${LEVELS.join(', ')}, or a function that takes lines`,
  },
  onFailure: { isRight: (value) => typeof value === 'function', wanted: 'a function' },
  settings: { isRight: isFree, wanted: `an object without ${OWN_SETTINGS.join(', ')}` },
  nodes: { isRight: (value) => isInteger(value, NODES_MAX), wanted: `1 to ${NODES_MAX}` },
  port: { isRight: (value) => isInteger(value, PORT_MAX), wanted: `1 to ${PORT_MAX}` },
}

function isInteger(value: unknown, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most
}

function isFree(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).every((name) => !OWN_SETTINGS.includes(name))
}

/** The package installs on an older one, for the sake of its client. */
export function checkRuntime(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= RUNTIME_MAJOR_MIN) return
  throw new KvError(
    'BAD_REQUEST',
    `the server needs Node.js ${RUNTIME_MAJOR_MIN} or newer, and this is ${version}: ` +
      'only the client, quorate/client, runs on Node.js 22, too',
  )
}

/** Every mistake is told before anything is opened: JavaScript has nobody else who would. */
export function checkOptions(options: object, others: 'nodes' | 'port'): void {
  const names = Object.keys(CHECKS).filter((name) => name === others || !OF_ONE_KIND.includes(name))
  for (const [name, value] of Object.entries(options)) {
    const check = names.includes(name) ? CHECKS[name] : undefined
    if (check === undefined) {
      const text = `there is no option ${JSON.stringify(name)}; there are ${names.join(', ')}`
      throw new KvError('BAD_REQUEST', text)
    }
    if (value === undefined || check.isRight(value)) continue
    const shown = typeof value === 'function' ? 'a function' : JSON.stringify(value)
    throw new KvError('BAD_REQUEST', `the option ${name} is ${shown}; it takes ${check.wanted}`)
  }
}

export interface NodePlace {
  readonly name: string
  readonly directory: string
  readonly client: Address
  readonly peer: Address
}

/** Through the one schema, so that nothing has a default of its own here. */
export function configOf(
  place: NodePlace,
  { places, options }: { readonly places: readonly NodePlace[]; readonly options: EmbedOptions },
): NodeConfig {
  const { settings = {}, engine = 'memory' } = options
  const members = Object.fromEntries(places.map(({ name, peer }) => [name, urlOf(peer)]))
  const outcome = readNodeFile(
    JSON.stringify({
      ...settings,
      engine,
      name: place.name,
      data: { directory: place.directory },
      client: { ...section(settings, 'client'), listen: urlOf(place.client) },
      peer: { ...section(settings, 'peer'), listen: urlOf(place.peer) },
      cluster: { token: TOKEN, members },
    }),
  )
  if (outcome.kind === 'wrong') {
    // Whoever gave an object has seen no file with lines.
    const mistakes = outcome.mistakes.map((mistake) => mistake.replace(' (line 1)', ''))
    throw new KvError('BAD_REQUEST', mistakes.join('\n  '))
  }
  const isSaid = 'logSegment' in section(settings, 'limits')
  return isSaid ? outcome.config : { ...outcome.config, logSegmentBytes: LOG_SEGMENT_BYTES }
}

function section(settings: Readonly<Record<string, unknown>>, name: string): object {
  const value = settings[name]
  return typeof value === 'object' && value !== null ? value : {}
}

function urlOf({ host, port }: Address): string {
  return `http://${host}:${port}`
}

/** Of whoever asked for lines: each says which node it is of. */
export function lineTaker(log: EmbedLog | undefined, name: string): (line: string) => void {
  if (log === undefined) return () => {}
  const named = (line: string): string => line.replace(/^\{/, `{"node":${JSON.stringify(name)},`)
  if (typeof log === 'function') return (line) => log(named(line).trimEnd())
  return (line) => {
    process.stderr.write(named(line))
  }
}

export function levelOf(log: EmbedLog | undefined): LogLevel {
  if (log === undefined) return 'error'
  return typeof log === 'function' ? 'info' : log
}
