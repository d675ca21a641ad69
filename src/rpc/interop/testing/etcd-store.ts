import { etcd, etcdKv } from '../../../wire/index.ts'
import type { Method, ServerCall } from '../../index.ts'

/** The least of etcd's KV service that its own client is content with, in memory. */

type KeyValue = etcdKv.KeyValue

const { range, put, deleteRange } = etcd.KV.methods

const NO_BYTES = new Uint8Array(0)

export class EtcdStore {
  readonly methods: readonly Method[] = [
    {
      kind: 'unary',
      path: range.path,
      handle: (call, bytes, offset, length) =>
        this.#range(call, range.request.decode(bytes, offset, length)),
    },
    {
      kind: 'unary',
      path: put.path,
      handle: (call, bytes, offset, length) =>
        this.#put(call, put.request.decode(bytes, offset, length)),
    },
    {
      kind: 'unary',
      path: deleteRange.path,
      handle: (call, bytes, offset, length) =>
        this.#delete(call, deleteRange.request.decode(bytes, offset, length)),
    },
  ]
  readonly #entries = new Map<string, KeyValue>()
  #revision = 1

  get #header(): etcd.ResponseHeader {
    return { clusterId: 1n, memberId: 2n ** 63n + 1n, revision: this.#revision, raftTerm: 1 }
  }

  /** In the order of the bytes. */
  #found({ key, rangeEnd }: Pick<etcd.RangeRequest, 'key' | 'rangeEnd'>): KeyValue[] {
    const isOpen = rangeEnd.length === 1 && rangeEnd[0] === 0
    const isIn = (one: Uint8Array): boolean => {
      if (rangeEnd.length === 0) return Buffer.compare(one, key) === 0
      return Buffer.compare(one, key) >= 0 && (isOpen || Buffer.compare(one, rangeEnd) < 0)
    }
    const found = [...this.#entries.values()].filter((entry) => isIn(entry.key))
    return found.sort((one, other) => Buffer.compare(one.key, other.key))
  }

  #range(call: ServerCall, request: etcd.RangeRequest): void {
    const found = this.#found(request)
    const limited = request.limit > 0 ? found.slice(0, request.limit) : found
    const more = limited.length < found.length
    const kvs = limited.map((one) => (request.keysOnly ? { ...one, value: NO_BYTES } : one))
    call.answerWith(range.response, { header: this.#header, kvs, more, count: found.length })
  }

  #put(call: ServerCall, request: etcd.PutRequest): void {
    const name = Buffer.from(request.key).toString('latin1')
    const before = this.#entries.get(name) ?? null
    this.#revision += 1
    this.#entries.set(
      name,
      etcdKv.KeyValue.create({
        key: request.key.slice(),
        value: request.value.slice(),
        createRevision: before?.createRevision ?? this.#revision,
        modRevision: this.#revision,
        version: (before?.version ?? 0) + 1,
      }),
    )
    const prevKv = request.prevKv ? before : null
    call.answerWith(put.response, { header: this.#header, prevKv })
  }

  #delete(call: ServerCall, request: etcd.DeleteRangeRequest): void {
    const found = this.#found(request)
    if (found.length > 0) this.#revision += 1
    for (const { key } of found) this.#entries.delete(Buffer.from(key).toString('latin1'))
    call.answerWith(deleteRange.response, {
      header: this.#header,
      deleted: found.length,
      prevKvs: request.prevKv ? found : [],
    })
  }
}
