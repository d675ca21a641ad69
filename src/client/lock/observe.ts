/**
 * Who leads, and whenever that changes: none is left out, however short it led.
 *
 * A leader's key is watched until it is deleted; who leads then is read at the very revision of the
 * deletion, and watched from there. Where that is compacted away it begins anew from the present.
 */

import { etcdKv } from '../../wire/index.ts'
import type { Codec } from '../codecs.ts'
import { isFailure } from '../lease/index.ts'
import type { Link } from '../link.ts'
import type { Leader } from '../types.ts'
import type { WatchHub } from '../watch/index.ts'
import { leaderIn } from './election.ts'
import { checkName } from './place.ts'
import { firstOf, lineOf, revisionOf } from './requests.ts'

const { PUT } = etcdKv.EventEventType
const NO_BYTES = new Uint8Array(0)

export interface ObserverParts {
  readonly link: Link
  readonly watches: WatchHub
}

export interface Observation<Value> {
  readonly name: string
  readonly codec: Codec<Value>
  /** Ends it, as if there were nothing more to tell. */
  readonly signal?: AbortSignal | undefined
}

export function observeLeader<Value>(
  parts: ObserverParts,
  observation: Observation<Value>,
): AsyncIterable<Leader<Value> | null> {
  checkName(observation.name)
  return { [Symbol.asyncIterator]: () => new LeaderReader(parts, observation) }
}

/** Ends its watch when it is left, also while it waits for what comes next. */
class LeaderReader<Value> implements AsyncIterator<Leader<Value> | null> {
  readonly #observation: Observation<Value>
  readonly #end = new AbortController()
  readonly #leaders: AsyncGenerator<etcdKv.KeyValue | null>
  /** The client was closed before it. */
  readonly #isTooLate: boolean
  readonly #onAbort = (): void => this.#end.abort()

  constructor(parts: ObserverParts, observation: Observation<Value>) {
    this.#isTooLate = parts.link.closed.aborted
    this.#observation = observation
    this.#leaders = leaders(parts, observation.name, this.#end.signal)
    const { signal } = observation
    if (signal?.aborted === true) this.#end.abort()
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  async next(): Promise<IteratorResult<Leader<Value> | null>> {
    const { done, value } = await this.#step()
    if (done === true) return this.return()
    return { done: false, value: value === null ? null : leaderIn(value, this.#observation.codec) }
  }

  async return(): Promise<IteratorResult<Leader<Value> | null>> {
    this.#observation.signal?.removeEventListener('abort', this.#onAbort)
    this.#end.abort()
    return { done: true, value: undefined }
  }

  async #step(): Promise<IteratorResult<etcdKv.KeyValue | null>> {
    try {
      return await this.#leaders.next()
    } catch (error) {
      // A read that was given up because nobody wants to know any more, or the program ends.
      const isEndOfClient = isFailure(error, 'CLIENT_CLOSED') && !this.#isTooLate
      if (!isEndOfClient && !this.#end.signal.aborted) throw error
      return { done: true, value: undefined }
    }
  }
}

async function* leaders(
  parts: ObserverParts,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<etcdKv.KeyValue | null> {
  /** 0: now. */
  let revision = 0
  let told: etcdKv.KeyValue | null | undefined
  while (!signal.aborted) {
    try {
      const answer = await parts.link.range(firstOf(name, revision), { signal })
      if (revision === 0) revision = revisionOf(answer)
      const first = answer.kvs[0] ?? null
      if (told === undefined || !isSame(first, told)) yield first
      told = first
      for await (const event of changes(parts, name, { first, revision, signal })) {
        revision = event.kv?.modRevision ?? 0
        // Another leader, or none: whoever leads at that revision is read.
        if (first === null || event.type !== PUT || event.kv === null) break
        told = event.kv
        yield told
      }
    } catch (error) {
      if (!isFailure(error, 'COMPACTED')) throw error
      revision = 0
    }
  }
}

/** Of the leader's key, or of all who might become the leader. */
async function* changes(
  { watches }: ObserverParts,
  name: string,
  from: {
    readonly first: etcdKv.KeyValue | null
    readonly revision: number
    readonly signal: AbortSignal
  },
): AsyncGenerator<etcdKv.Event> {
  const { first, revision, signal } = from
  const keys = first === null ? lineOf(name) : { key: first.key, rangeEnd: NO_BYTES }
  const kinds = { previous: false, puts: true, deletes: first !== null }
  const watcher = watches.open({ ...keys, ...kinds }, revision + 1)
  const close = (): void => watcher.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    while (!signal.aborted) {
      const event = await watcher.next()
      if (event === null) return
      yield event
    }
  } finally {
    signal.removeEventListener('abort', close)
    watcher.close()
  }
}

function isSame(a: etcdKv.KeyValue | null, b: etcdKv.KeyValue | null): boolean {
  if (a === null || b === null) return a === b
  return a.createRevision === b.createRevision && a.modRevision === b.modRevision
}
