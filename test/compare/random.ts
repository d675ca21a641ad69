/** The same random requests to both servers: whatever they are, the answers are the same. */

import { SeededChance } from '../../src/base/index.ts'
import { etcd } from '../../src/wire/index.ts'
import { EtcdClient, Failure } from '../cluster/index.ts'
import type { Clusters } from './clusters.ts'
import type { Difference } from './compare.ts'
import { type Asked, bytesOf, RandomRequests } from './random-requests.ts'

/** A watch goes back over all that was asked since the one before. */
const REQUESTS_PER_WATCH = 200
const WATCH_MS_MAX = 20_000
/** Codes of gRPC: the argument is wrong, not found, not now, out of range. */
const REFUSALS = new Set([3, 5, 9, 11])

/** Members of answers that are of a server. */
const OWN = new Set(['clusterId', 'memberId', 'raftTerm'])

export interface RandomOptions {
  readonly clusters: Clusters
  readonly seed: number
  readonly requests: number
  readonly onStep?: (step: string) => void
}

export interface RandomComparison {
  /** How many requests were not refused. */
  readonly answered: number
  /** The first one: after it nothing needs to be the same. */
  readonly difference: Difference | null
}

export async function compareRandom(options: RandomOptions): Promise<RandomComparison> {
  const { clusters, seed, requests, onStep } = options
  const clients = clusters.map(({ urls }) => new EtcdClient(urls[0] as string)) as Clients
  const random = new RandomRequests(new SeededChance(seed, 'requests'))
  let answered = 0
  try {
    for (let number = 1; number <= requests; number++) {
      onStep?.(`seed ${seed}: ${number} of ${requests}`)
      const asked = random.next()
      const answers = await Promise.all([answerOf(clients[0], asked), answerOf(clients[1], asked)])
      random.head = answers[0].revision ?? random.head
      if (answers[0].kind === 'answered') answered += 1
      const difference =
        differenceOf(asked, answers) ??
        (number % REQUESTS_PER_WATCH === 0 ? await watchBoth(clients, random) : null)
      if (difference === null) continue
      return { answered, difference: { ...difference, step: `${number}: ${difference.step}` } }
    }
    return { answered, difference: null }
  } finally {
    for (const client of clients) client.close()
  }
}

type Clients = [EtcdClient, EtcdClient]

interface Answer {
  /** Lost: whatever it is, it is not what the server had to say. */
  readonly kind: 'answered' | 'refused' | 'lost'
  readonly text: string
  readonly revision: number | null
}

async function answerOf(client: EtcdClient, { method, request }: Asked): Promise<Answer> {
  try {
    const answer = (await client.call(method, request)) as { header?: etcd.ResponseHeader | null }
    return { kind: 'answered', text: textOf(answer), revision: answer.header?.revision ?? null }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const kind = REFUSALS.has(error.code) ? 'refused' : 'lost'
    return { kind, text: `${error.code} ${error.message}`, revision: null }
  }
}

function differenceOf(
  { method, request }: Asked,
  [left, right]: readonly [Answer, Answer],
): Difference | null {
  // Which of several faults of a transaction is told depends on the version of etcd.
  const isRefused = left.kind === 'refused' && right.kind === 'refused'
  if (isRefused && method === etcd.KV.methods.txn) return null
  if (left.kind !== 'lost' && left.text === right.text) return null
  return differing(`${method.name} ${textOf(request)}`, left.text, right.text)
}

function differing(step: string, left: string, right: string): Difference {
  return { step, left: { text: left, raw: left }, right: { text: right, raw: right } }
}

async function watchBoth(clients: Clients, random: RandomRequests): Promise<Difference | null> {
  const request = random.watch()
  // Behind all keys that are asked for, and new, so that a watch has come to its end with it.
  const last = `\xff\xff\xff${random.head}`
  const watches = clients.map((client) => watched(client, request, last))
  const key = bytesOf(last)
  for (const client of clients) {
    await client.put({ key })
    await client.call(etcd.KV.methods.deleteRange, etcd.DeleteRangeRequest.create({ key }))
  }
  const [left, right] = (await Promise.all(watches)) as [string, string]
  return left === right ? null : differing(`watch ${textOf(request)}`, left, right)
}

/** All that it is told up to the last key, or to its end. */
function watched(
  client: EtcdClient,
  request: etcd.WatchCreateRequest,
  last: string,
): Promise<string> {
  const told: string[] = []
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(late)
      call.cancel()
      resolve(told.join('\n'))
    }
    const late = setTimeout(() => {
      told.push(`not at its end after ${WATCH_MS_MAX / 1000} s`)
      end()
    }, WATCH_MS_MAX)
    const call = client.watch(request, {
      response: ({ header, events, ...head }) => {
        if (head.created || head.canceled) told.push(textOf(head))
        const at = events.findIndex(({ kv }) => latin1(kv?.key) === last)
        for (const event of at < 0 ? events : events.slice(0, at)) told.push(textOf(event))
        if (head.canceled || at >= 0) end()
      },
      ended: ({ code, message }) => {
        told.push(`${code} ${message}`)
        end()
      },
    })
  })
}

/** What a message says, without what may differ between two servers. */
function textOf(message: unknown): string {
  return JSON.stringify(message, (name, value: unknown) => {
    if (OWN.has(name)) return undefined
    if (typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array) return latin1(value)
    // etcd tells leases, and the keys of one, in any order.
    if ((name === 'leases' || name === 'keys') && Array.isArray(value)) return inOrder(value)
    return isTimeToLive(value) ? { ...value, TTL: value.TTL > 0 } : value
  })
}

function inOrder(values: readonly unknown[]): unknown[] {
  return [...values].sort((one, other) => (textOf(one) < textOf(other) ? -1 : 1))
}

/** Of which what is left depends on the moment. */
function isTimeToLive(value: unknown): value is etcd.LeaseTimeToLiveResponse {
  return typeof value === 'object' && value !== null && 'grantedTTL' in value
}

function latin1(bytes: Uint8Array = new Uint8Array(0)): string {
  return String.fromCharCode(...bytes)
}
