/**
 * The bytes of requests, made once; for each request only the digits of its key are written anew.
 * Both servers get the same.
 */

import { etcd, type MethodDescription } from '../../src/wire/index.ts'
import type { Load } from './load.ts'

const DIGITS = 10
const KEY = `bench/${'0'.repeat(DIGITS)}`
const PAGE_KEYS = 1000
const TXN_PUTS = 4

export interface Request {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Values that do not compress, the same in every run. */
export function valueOfLength(bytes: number): Uint8Array {
  let seed = 0x2545f491
  return Uint8Array.from({ length: bytes }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return seed >>> 24
  })
}

export function keyOf(number: number): Uint8Array {
  return Buffer.from(`bench/${String(number).padStart(DIGITS, '0')}`)
}

class Template implements Request {
  readonly path: string
  readonly bytes: Uint8Array
  /** How far the number of each key is from the one before it. */
  readonly #step: number
  /** Where the digits of keys end. */
  readonly #places: number[] = []

  constructor(path: string, bytes: Uint8Array, step: number) {
    this.path = path
    this.bytes = bytes
    this.#step = step
    const text = Buffer.from(bytes)
    for (let at = text.indexOf(KEY); at >= 0; at = text.indexOf(KEY, at + 1)) {
      this.#places.push(at + KEY.length)
    }
  }

  /** Its keys are among the first `keys`. */
  next(keys: number): Request {
    const reach = this.#step * (this.#places.length - 1)
    let number = Math.floor(Math.random() * Math.max(1, keys - reach))
    for (const end of this.#places) {
      let rest = number
      number += this.#step
      for (let at = end - 1; at >= end - DIGITS; at--) {
        this.bytes[at] = 48 + (rest % 10)
        rest = Math.floor(rest / 10)
      }
    }
    return this
  }
}

function template<Message>(
  method: MethodDescription<Message, unknown>,
  message: Message,
  step = 0,
): Template {
  const bytes = new Uint8Array(method.request.encodedLength(message))
  method.request.encode(message, bytes, 0)
  return new Template(method.path, bytes, step)
}

const { put, range, txn } = etcd.KV.methods

function templateOf({ kind, valueBytes }: Load): Template {
  const key = Buffer.from(KEY)
  const value = valueOfLength(valueBytes)
  if (kind === 'put') return template(put, etcd.PutRequest.create({ key, value }))
  if (kind === 'txn') {
    const requestPut = etcd.PutRequest.create({ key, value })
    const success = Array.from({ length: TXN_PUTS }, () => ({
      request: { kind: 'requestPut' as const, value: requestPut },
    }))
    // No key may be put twice in one transaction.
    return template(txn, etcd.TxnRequest.create({ success }), 1)
  }
  if (kind === 'page') {
    return template(range, etcd.RangeRequest.create({ key, rangeEnd: key }), PAGE_KEYS)
  }
  const serializable = kind === 'serializable'
  return template(range, etcd.RangeRequest.create({ key, serializable }))
}

/** One request that is always the same. */
export function fixedRequest(load: Load): Request {
  return templateOf(load)
}

/** Of the values in an average request. */
export function putBytesOf({ kind, valueBytes, readShare = 0 }: Load): number {
  if (kind === 'put') return valueBytes * (1 - readShare)
  return kind === 'txn' ? TXN_PUTS * valueBytes : 0
}

/** One request after the other. The bytes are good until the next is asked for. */
export function requestsOf(load: Load, keys: number): () => Request {
  const main = templateOf(load)
  const { readShare = 0 } = load
  if (readShare === 0) return () => main.next(keys)
  const read = templateOf({ ...load, kind: 'range' })
  return () => (Math.random() < readShare ? read : main).next(keys)
}
