/** What servers are asked to do, in the words of a table. */

export type RequestKind = 'put' | 'range' | 'serializable' | 'txn' | 'page'

export interface Load {
  readonly kind: RequestKind
  readonly connections: number
  /** Requests each connection has under way. */
  readonly inFlight: number
  readonly valueBytes: number
  /** Share of requests that are linearizable reads of one key instead; 0 when absent. */
  readonly readShare?: number
  /** Which members have the connections; the leader when absent. */
  readonly through?: 'leader' | 'follower' | 'all'
  /** Requests that begin in a second, whatever was answered; as many as it goes when absent. */
  readonly perSecond?: number
}

/** Who asks, and for what. */
export type Task =
  | { readonly kind: 'load'; readonly load: Load }
  | { readonly kind: 'h2load'; readonly load: Load }
  | { readonly kind: 'fanOut'; readonly watchers: number }
  | { readonly kind: 'rest'; readonly method: 'GET' | 'PUT'; readonly connections: number }
  | { readonly kind: 'native'; readonly inFlight: number }

export type Section = 'requests' | 'steady' | 'h2load' | 'events' | 'own'

/** One row of a table. */
export interface Item {
  readonly name: string
  readonly section: Section
  readonly task: Task
  /** Part of the shorter measurement, `--quick`. */
  readonly isQuick?: boolean
}

export const VALUE_BYTES = 256
const WAYS = { leader: 'the leader', follower: 'a follower', all: 'all three' } as const
const WORDS = {
  put: 'put',
  range: 'linearizable range',
  serializable: 'serializable range',
  txn: 'transaction of 4 puts',
  page: 'range of 1,000 keys',
} as const
const SHAPES = [
  [1, 1],
  [10, 10],
  [10, 100],
  [100, 10],
  [1000, 1],
] as const

type Shape = readonly [connections: number, inFlight: number]

export function loadOf(
  kind: RequestKind,
  [connections, inFlight]: Shape,
  more: Partial<Load> = {},
): Load {
  return { kind, connections, inFlight, valueBytes: VALUE_BYTES, ...more }
}

export function nameOf({ kind, connections, inFlight, ...load }: Load): string {
  const { readShare = 0, valueBytes, through, perSecond } = load
  const reads = Math.round(readShare * 100)
  const words = reads === 0 ? WORDS[kind] : `${reads}% reads, ${100 - reads}% puts`
  const size = valueBytes === VALUE_BYTES ? '' : `, ${sizeText(valueBytes)}`
  const way = through === undefined ? '' : `, through ${WAYS[through]}`
  const rate = perSecond === undefined ? '' : `, ${perSecond.toLocaleString('en')} a second`
  return `${words} ${connections} x ${inFlight}${size}${way}${rate}`
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`
}

function item(load: Load, isQuick = false): Item {
  const section = load.perSecond === undefined ? 'requests' : 'steady'
  return { name: nameOf(load), section, task: { kind: 'load', load }, isQuick }
}

function h2load(load: Load, isQuick = false): Item {
  const name = `h2load: ${nameOf(load)}`
  return { name, section: 'h2load', task: { kind: 'h2load', load }, isQuick }
}

function events(watchers: number, isQuick = false): Item {
  const name = `events to ${watchers.toLocaleString('en')} watcher${watchers === 1 ? '' : 's'}`
  return { name, section: 'events', task: { kind: 'fanOut', watchers }, isQuick }
}

function rest(method: 'GET' | 'PUT', connections: number): Item {
  const name = `REST ${method}, ${connections} connections`
  return { name, section: 'own', task: { kind: 'rest', method, connections }, isQuick: true }
}

function isQuickShape(kind: RequestKind, [connections, inFlight]: Shape): boolean {
  if (connections > 10) return false
  return inFlight === 100 || (inFlight === 1 && kind !== 'serializable') || kind === 'put'
}

function shapes(kind: RequestKind): Item[] {
  return SHAPES.map((shape) => item(loadOf(kind, shape), isQuickShape(kind, shape)))
}

const MANY = [10, 100] as const
const SOME = [10, 10] as const

/** In the order in which they are asked for: what makes the store large comes late. */
export const ITEMS: readonly Item[] = [
  ...shapes('range'),
  ...shapes('serializable'),
  ...shapes('put'),
  item(loadOf('put', MANY, { through: 'follower' })),
  item(loadOf('put', MANY, { through: 'all' })),
  // Now that keys which follow each other were written in any order.
  item(loadOf('page', SOME)),
  item(loadOf('put', SOME, { valueBytes: 16 })),
  item(loadOf('put', MANY, { readShare: 0.9 })),
  item(loadOf('put', MANY, { readShare: 0.5 })),
  item(loadOf('txn', MANY), true),
  item(loadOf('put', MANY, { perSecond: 2000 })),
  item(loadOf('put', MANY, { perSecond: 10_000 })),
  h2load(loadOf('put', [1, 1])),
  h2load(loadOf('put', SOME)),
  h2load(loadOf('put', MANY), true),
  h2load(loadOf('put', [100, 10])),
  h2load(loadOf('range', [1, 1])),
  h2load(loadOf('range', MANY), true),
  h2load(loadOf('range', [100, 10])),
  h2load(loadOf('serializable', MANY)),
  events(1),
  events(100),
  events(1000, true),
  rest('PUT', 64),
  rest('GET', 64),
  {
    name: 'native client, 1,000 puts under way',
    section: 'own',
    task: { kind: 'native', inFlight: 1000 },
    isQuick: true,
  },
  item(loadOf('put', SOME, { valueBytes: 4096 }), true),
  item(loadOf('put', SOME, { valueBytes: 65_536 })),
]

/** Quorate alone, once among few keys and once among many. */
export const SIZE_LOADS: readonly Load[] = [loadOf('put', MANY), loadOf('range', MANY)]
export const SIZE_KEYS = { few: 10_000, many: 2_000_000 } as const

export function sizeName(load: Load, keys: number): string {
  return `${nameOf(load)} among ${keys.toLocaleString('en')} keys`
}

/** Redis pipelines: a connection sends so many commands at once and waits for all answers. */
export interface Yardstick {
  readonly name: string
  readonly connections: number
  readonly inFlight: number
  readonly isQuick: boolean
}

export const YARDSTICKS: readonly Yardstick[] = SHAPES.map(([connections, inFlight]) => ({
  name: `Redis SET ${connections} x ${inFlight}`,
  connections,
  inFlight,
  isQuick: inFlight === 100,
}))

export function memoryName(keys: number): string {
  return `memory with ${keys.toLocaleString('en')} keys`
}
