/** What both servers are asked to do, in the words of a table. */

export type RequestKind = 'put' | 'range' | 'serializable' | 'txn' | 'page'

export interface Load {
  readonly name: string
  readonly kind: RequestKind
  readonly connections: number
  /** Requests each connection has under way. */
  readonly inFlight: number
  readonly valueBytes: number
  /** Share of requests that are linearizable reads of one key instead; 0 when absent. */
  readonly readShare?: number
  /** Which members have the connections; the leader when absent. */
  readonly through?: 'leader' | 'follower' | 'all'
  /** Part of the shorter measurement, `--quick`. */
  readonly isQuick?: boolean
}

export interface FanOut {
  readonly name: string
  readonly watchers: number
  readonly isQuick?: boolean
}

const VALUE_BYTES = 256

function put(connections: number, inFlight: number, more: Partial<Load> = {}): Load {
  const { valueBytes = VALUE_BYTES, through } = more
  const size = valueBytes === VALUE_BYTES ? '' : `, ${sizeText(valueBytes)}`
  const way = through === undefined ? '' : `, through ${WAYS[through]}`
  const name = `put ${connections} x ${inFlight}${size}${way}`
  return { name, kind: 'put', connections, inFlight, valueBytes, ...more }
}

const WAYS = { leader: 'the leader', follower: 'a follower', all: 'all three' } as const

function range(connections: number, inFlight: number, more: Partial<Load> = {}): Load {
  const { kind = 'range' } = more
  const words = kind === 'range' ? 'linearizable range' : 'serializable range'
  const name = `${words} ${connections} x ${inFlight}`
  return { name, kind, connections, inFlight, valueBytes: VALUE_BYTES, ...more }
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`
}

const QUICK = { isQuick: true } as const

export const LOADS: readonly Load[] = [
  put(1, 1, QUICK),
  put(10, 10, QUICK),
  put(10, 100, QUICK),
  put(100, 10),
  put(1000, 1),
  put(10, 100, { through: 'follower' }),
  put(10, 100, { through: 'all' }),
  put(10, 100, { valueBytes: 16 }),
  put(10, 10, { valueBytes: 4096, ...QUICK }),
  put(10, 10, { valueBytes: 65_536 }),
  { ...put(10, 100), name: 'transaction of 4 puts 10 x 100', kind: 'txn', ...QUICK },
  { ...put(10, 100), name: '90% reads, 10% puts 10 x 100', readShare: 0.9 },
  { ...put(10, 100), name: '50% reads, 50% puts 10 x 100', readShare: 0.5 },
  range(1, 1, QUICK),
  range(10, 10),
  range(10, 100, QUICK),
  range(100, 10),
  range(1000, 1),
  range(1, 1, { kind: 'serializable' }),
  range(10, 100, { kind: 'serializable', ...QUICK }),
  { ...range(10, 10, { kind: 'page' }), name: 'range of 1,000 keys 10 x 10' },
]

export const FAN_OUTS: readonly FanOut[] = [
  { name: 'events to 1 watcher', watchers: 1 },
  { name: 'events to 100 watchers', watchers: 100 },
  { name: 'events to 1,000 watchers', watchers: 1000, isQuick: true },
]
