/**
 * What a put asks for. Puts are what a store does most, so they are read without making an object
 * for each; what comes out is the same as from the generated `etcd.PutRequest` (tested).
 */

import { type etcd, WireReader } from '../wire/index.ts'
import { Span } from './span.ts'

const TAG_KEY = 0x0a
const TAG_VALUE = 0x12
const TAG_LEASE = 0x18
const TAG_PREV_KV = 0x20
const TAG_IGNORE_VALUE = 0x28
const TAG_IGNORE_LEASE = 0x30

/** Whoever reads many uses one again. */
export class PutFields {
  readonly key = new Span()
  readonly value = new Span()
  lease = 0n
  prevKv = false
  ignoreValue = false
  ignoreLease = false
  readonly #reader = new WireReader(new Uint8Array(0), 0, 0)

  /** Fails with `BAD_REQUEST` when it is no `PutRequest`. Keeps the bytes until the next call. */
  read(bytes: Uint8Array, offset: number, length: number): this {
    this.#clear()
    const reader = this.#reader
    reader.restart(bytes, offset, length)
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === TAG_KEY) this.key.set(bytes, reader.span(), reader.position)
      else if (tag === TAG_VALUE) this.value.set(bytes, reader.span(), reader.position)
      else if (tag === TAG_LEASE) this.lease = reader.int64()
      else if (tag === TAG_PREV_KV) this.prevKv = reader.bool()
      else if (tag === TAG_IGNORE_VALUE) this.ignoreValue = reader.bool()
      else if (tag === TAG_IGNORE_LEASE) this.ignoreLease = reader.bool()
      else reader.skip(tag)
    }
    return this
  }

  /** Of a request that was decoded already. */
  take(request: etcd.PutRequest): this {
    this.key.whole(request.key)
    this.value.whole(request.value)
    this.lease = request.lease
    this.prevKv = request.prevKv
    this.ignoreValue = request.ignoreValue
    this.ignoreLease = request.ignoreLease
    return this
  }

  #clear(): void {
    this.key.clear()
    this.value.clear()
    this.lease = 0n
    this.prevKv = false
    this.ignoreValue = false
    this.ignoreLease = false
  }
}
