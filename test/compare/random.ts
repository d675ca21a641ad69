/** The same random requests to both servers: whatever they are, the answers are the same. */

import { SeededChance } from '../../src/base/index.ts'
import { etcd } from '../../src/wire/index.ts'
import { EtcdClient, Failure } from '../cluster/index.ts'
import type { Difference } from './compare.ts'
import { type Asked, RandomRequests } from './random-requests.ts'

/** A watch goes back over all that was asked since the one before. */
const REQUESTS_PER_WATCH = 200
const WATCH_MS_MAX = 20_000
/** The code of gRPC for a server that is not there any more. */
const UNAVAILABLE = 14

/** Members of answers that are of a server, or of time. */
const OWN = new Set(['clusterId', 'memberId', 'raftTerm', 'TTL'])

export interface RandomOptions {
  readonly urls: readonly [string, string]
  readonly seed: number
  readonly requests: number
  readonly onStep?: (step: string) => void
}

/** Ends with the first difference: after it nothing needs to be the same. */
export async function compareRandom(options: RandomOptions): Promise<Difference | null> {
  const { urls, seed, requests, onStep } = options
  const clients = urls.map((url) => new EtcdClient(url)) as [EtcdClient, EtcdClient]
  const random = new RandomRequests(new SeededChance(seed, 'requests'))
  try {
    for (let number = 1; number <= requests; number++) {
      onStep?.(`seed ${seed}: ${number} of ${requests}`)
      const difference =
        (await askBoth(clients, random)) ??
        (number % REQUESTS_PER_WATCH === 0 ? await watchBoth(clients, random) : null)
      if (difference !== null) return { ...difference, step: `${number}: ${difference.step}` }
    }
    return null
  } finally {
    for (const client of clients) client.close()
  }
}

async function askBoth(
  [left, right]: readonly [EtcdClient, EtcdClient],
  random: RandomRequests,
): Promise<Difference | null> {
  const asked = random.next()
  const [one, other] = await Promise.all([answerOf(left, asked), answerOf(right, asked)])
  random.head = one.revision ?? random.head
  // Which of several faults of a transaction is told depends on the version of etcd.
  const isRefused = asked.method === etcd.KV.methods.txn && one.isRefused && other.isRefused
  return isRefused ? null : differenceOf(asked.method.name, asked.request, [one.text, other.text])
}

interface Answer {
  readonly text: string
  readonly isRefused: boolean
  readonly revision: number | null
}

async function answerOf(client: EtcdClient, { method, request }: Asked): Promise<Answer> {
  try {
    const answer = (await client.call(method, request)) as { header?: etcd.ResponseHeader | null }
    const revision = answer.header?.revision ?? null
    return { text: textOf(answer), isRefused: false, revision }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const isRefused = error.code !== UNAVAILABLE
    return { text: `${error.code} ${error.message}`, isRefused, revision: null }
  }
}

async function watchBoth(
  clients: readonly [EtcdClient, EtcdClient],
  random: RandomRequests,
): Promise<Difference | null> {
  const request = random.watch()
  // Behind all keys that are asked for, and new, so that a watch has come to its end with it.
  const last = `\xff\xff\xff${random.head}`
  const watches = clients.map((client) => watched(client, request, last))
  const key = Uint8Array.from(last, (character) => character.charCodeAt(0))
  for (const client of clients) {
    await client.put({ key })
    await client.call(etcd.KV.methods.deleteRange, etcd.DeleteRangeRequest.create({ key }))
  }
  const [one, other] = await Promise.all(watches)
  return differenceOf('watch', request, [one as string, other as string])
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

function differenceOf(
  name: string,
  request: unknown,
  [left, right]: readonly [string, string],
): Difference | null {
  if (left === right) return null
  const step = `${name} ${textOf(request)}`
  return { step, left: { text: left, raw: left }, right: { text: right, raw: right } }
}

/** What a message says, without what may differ between two servers. */
function textOf(message: unknown): string {
  return JSON.stringify(message, (name, value: unknown) => {
    if (OWN.has(name)) return undefined
    if (typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array) return latin1(value)
    // etcd tells leases, and the keys of one, in any order.
    if (name === 'leases' || name === 'keys') return inOrder(value)
    return value
  })
}

function inOrder(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map((one) => textOf(one)).sort()
}

function latin1(bytes: Uint8Array = new Uint8Array(0)): string {
  return String.fromCharCode(...bytes)
}
