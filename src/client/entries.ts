/** What the store answers, as programs see it. Whatever is kept is copied out of the answer. */

import type { etcdKv } from '../wire/index.ts'
import { type Codec, isInPlace } from './codecs.ts'
import type { Entry, KeyEntry } from './types.ts'
import { readableText } from './utf8.ts'

/** Fails with what the codec fails with. */
export function entryOf<Value>(kv: etcdKv.KeyValue, codec: Codec<Value>): Entry<Value> {
  const keyBytes = kv.key.slice()
  return {
    key: readableText(keyBytes),
    keyBytes,
    value: decodedValue(kv.value, codec),
    revision: kv.modRevision,
    createRevision: kv.createRevision,
    version: kv.version,
    lease: kv.lease,
  }
}

export function keyEntryOf(kv: etcdKv.KeyValue): KeyEntry {
  const keyBytes = kv.key.slice()
  return {
    key: readableText(keyBytes),
    keyBytes,
    revision: kv.modRevision,
    createRevision: kv.createRevision,
    version: kv.version,
    lease: kv.lease,
  }
}

/** The bytes may be a view of what came over the network. */
export function decodedValue<Value>(bytes: Uint8Array, codec: Codec<Value>): Value {
  return codec.decode(isInPlace(codec) ? bytes : bytes.slice())
}
