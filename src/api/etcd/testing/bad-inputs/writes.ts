/** Of writes of keys, and of compaction. */

import { etcd } from '../../../../wire/index.ts'
import { type BadInput, COMPACTED_AT, E, FUTURE, KEY, LARGE, LEASE, MISSING, row } from './model.ts'

const kv = etcd.KV.methods

/** What is wrong with a put, wherever it stands. */
export const BAD_PUTS: readonly [string, Partial<etcd.PutRequest>, string][] = [
  ['no key', { value: KEY }, E.emptyKey],
  ['no key, with a value that is to be ignored', { value: KEY, ignoreValue: true }, E.emptyKey],
  ['a value that is to be ignored', { key: KEY, value: KEY, ignoreValue: true }, E.valueProvided],
  ['a lease that is to be ignored', { key: KEY, lease: LEASE, ignoreLease: true }, E.leaseProvided],
  [
    'a value and a lease that are to be ignored',
    { key: KEY, value: KEY, lease: 5n, ignoreValue: true, ignoreLease: true },
    E.valueProvided,
  ],
  ['a lease that is not there', { key: KEY, lease: 99n }, E.leaseNotFound],
  ['a negative lease', { key: KEY, lease: -1n }, E.leaseNotFound],
  ['the value of a key that is not there', { key: MISSING, ignoreValue: true }, E.keyNotFound],
  ['the lease of a key that is not there', { key: MISSING, ignoreLease: true }, E.keyNotFound],
  [
    'a missing lease and the value of a missing key',
    { key: MISSING, lease: 99n, ignoreValue: true },
    E.leaseNotFound,
  ],
]

export function puts(): BadInput[] {
  return [
    ...BAD_PUTS.map(([what, fields, outcome]) => row(what, kv.put, { fields, outcome })),
    row('more than 1.5 MiB', kv.put, {
      fields: { key: KEY, value: LARGE },
      outcome: E.tooLarge,
    }),
    row('a key of more than 1.5 MiB', kv.put, { fields: { key: LARGE }, outcome: E.tooLarge }),
    row('too much without a key', kv.put, { fields: { value: LARGE }, outcome: E.emptyKey }),
    row('no key', kv.deleteRange, { fields: {}, outcome: E.emptyKey }),
    row('an end without a key', kv.deleteRange, {
      fields: { rangeEnd: KEY, prevKv: true },
      outcome: E.emptyKey,
    }),
    row('more than 1.5 MiB', kv.deleteRange, {
      fields: { key: KEY, rangeEnd: LARGE },
      outcome: E.tooLarge,
    }),
    row('a future revision', kv.compact, { fields: { revision: FUTURE }, outcome: E.future }),
    row('a future revision, at once', kv.compact, {
      fields: { revision: FUTURE, physical: true },
      outcome: E.future,
    }),
    row('what was compacted', kv.compact, {
      fields: { revision: COMPACTED_AT },
      outcome: E.compacted,
    }),
    row('less than was compacted', kv.compact, { fields: { revision: 2 }, outcome: E.compacted }),
    row('no revision', kv.compact, { fields: {}, outcome: E.compacted }),
    row('a negative revision', kv.compact, { fields: { revision: -1 }, outcome: E.compacted }),
  ]
}
