/**
 * The keys of those who wait for a lock or stand for election: `<name>/<lease in hex>`. Whose key
 * was created first has it; all others wait until the one before them is gone. So one deletion
 * wakes one of them. Source: etcd, `client/v3/concurrency`.
 */

import { etcd } from '../../wire/index.ts'
import type { InnerWatches } from './inner-watch.ts'
import type { Presence } from './presence.ts'
import type { Steps } from './steps.ts'

const UTF8 = new TextEncoder()
const { EQUAL } = etcd.CompareCompareResult
const { CREATE } = etcd.CompareCompareTarget
const { ASCEND, DESCEND } = etcd.RangeRequestSortOrder

const SLASH = 0x2f

export function prefixOf(name: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(name.length + 1)
  prefix.set(name)
  prefix[name.length] = SLASH
  return prefix
}

export function keyOf(name: Uint8Array, lease: bigint): Uint8Array {
  const hex = UTF8.encode(lease.toString(16))
  const key = new Uint8Array(name.length + 1 + hex.length)
  key.set(prefixOf(name))
  key.set(hex, name.length + 1)
  return key
}

/** A prefix ends in a slash, and the byte behind that is one that exists. */
function endOf(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice()
  end[end.length - 1] = SLASH + 1
  return end
}

/** Who has it. */
export function firstOf(prefix: Uint8Array): etcd.RangeRequest {
  return etcd.RangeRequest.create({
    key: prefix,
    rangeEnd: endOf(prefix),
    limit: 1,
    sortOrder: ASCEND,
    sortTarget: etcd.RangeRequestSortTarget.CREATE,
  })
}

export function createdAt(key: Uint8Array, revision: number): etcd.Compare {
  return etcd.Compare.create({
    result: EQUAL,
    target: CREATE,
    key,
    targetUnion: { kind: 'createRevision', value: revision },
  })
}

export function putOf(
  key: Uint8Array,
  { value, lease }: { readonly value?: Uint8Array; readonly lease: bigint },
): etcd.RequestOp {
  const put = etcd.PutRequest.create({ key, lease, ...(value === undefined ? {} : { value }) })
  return { request: { kind: 'requestPut', value: put } }
}

export function rangeOf(request: Partial<etcd.RangeRequest>): etcd.RequestOp {
  return { request: { kind: 'requestRange', value: etcd.RangeRequest.create(request) } }
}

export function deleteOf(key: Uint8Array): etcd.RequestOp {
  const request = etcd.DeleteRangeRequest.create({ key })
  return { request: { kind: 'requestDeleteRange', value: request } }
}

/** The pairs that the range at this place of a transaction has found. */
export function foundAt(response: etcd.TxnResponse, position: number) {
  const answer = response.responses[position]?.response
  return answer?.kind === 'responseRange' ? answer.value.kvs : []
}

interface Waiting {
  readonly steps: Steps
  readonly watches: InnerWatches
  readonly presence: Presence
  /** Who was created after it does not matter. */
  readonly createRevisionMax: number
}

/** Resolves when nobody is before us any more, or when nobody waits for us. */
export async function waitForOthers(prefix: Uint8Array, waiting: Waiting): Promise<void> {
  const { steps, watches, presence, createRevisionMax } = waiting
  const before = {
    ...firstOf(prefix),
    sortOrder: DESCEND,
    maxCreateRevision: createRevisionMax,
  }
  while (!presence.isGone) {
    const { revision, response } = await steps.range(before)
    const last = response.kvs[0]
    if (last === undefined || presence.isGone) return
    // Not only an event that is still to come: it may have gone since the range was read.
    const watch = watches.open({ key: last.key, startRevision: revision + 1 }, presence)
    await watch.untilDeleted()
  }
}
