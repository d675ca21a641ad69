/** What the store answers, as programs see it. Whatever is kept is copied out of the answer. */

import { shownKey } from '../base/index.ts'
import type { etcdKv } from '../wire/index.ts'
import { type Codec, isInPlace } from './codecs.ts'
import { QuorateError } from './errors.ts'
import type { Entry, KeyEntry } from './types.ts'
import { readableText } from './utf8.ts'
import { shown } from './words.ts'

/** Fails with what the codec fails with. */
export function entryOf<Value>(kv: etcdKv.KeyValue, codec: Codec<Value>): Entry<Value> {
  const keyBytes = kv.key.slice()
  return {
    key: readableText(keyBytes),
    keyBytes,
    value: decodedValue(kv, codec),
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
export function decodedValue<Value>(
  { key, value }: Pick<etcdKv.KeyValue, 'key' | 'value'>,
  codec: Codec<Value>,
): Value {
  try {
    return codec.decode(isInPlace(codec) ? value : value.slice())
  } catch (error) {
    throw unreadable(key, error)
  }
}

/** Of many that were read together it has to be found. */
function unreadable(key: Uint8Array, error: unknown): QuorateError {
  const why = error instanceof Error ? error.message : shown(error)
  const isOurs = error instanceof QuorateError && error.code === 'VALUE_UNREADABLE'
  const text = `${shownKey(key)} cannot be read: ${why}`
  return new QuorateError('VALUE_UNREADABLE', text, {
    ...(isOurs && { advice: error.advice }),
    cause: isOurs ? error.cause : error,
  })
}
