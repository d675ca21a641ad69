/** Of reads of keys. */

import { etcd } from '../../../../wire/index.ts'
import { type BadInput, COMPACTED_AT, E, FUTURE, KEY, MISSING, row } from './model.ts'

const kv = etcd.KV.methods

const crash = 'it ends with a panic'

export function ranges(): BadInput[] {
  const { range } = kv
  const sorts = [
    { what: 'an order that is none', fields: { key: KEY, sortOrder: 3 } },
    { what: 'an order below all', fields: { key: KEY, sortOrder: -1 } },
    { what: 'a target that is none', fields: { key: KEY, sortTarget: 5 } },
    { what: 'a target below all', fields: { key: KEY, sortTarget: -7 } },
    { what: 'no order and no target', fields: { key: KEY, sortOrder: 9, sortTarget: 9 } },
  ]
  return [
    ...streams(),
    row('no key', range, { fields: {}, outcome: E.emptyKey }),
    row('an end without a key', range, { fields: { rangeEnd: KEY }, outcome: E.emptyKey }),
    row('no key, at a future revision', range, {
      fields: { revision: FUTURE },
      outcome: E.emptyKey,
    }),
    row('no key, in an order that is none', range, {
      fields: { sortOrder: 9 },
      outcome: E.emptyKey,
    }),
    row('a future revision', range, {
      fields: { key: KEY, revision: FUTURE },
      outcome: E.future,
    }),
    row('a future revision of what is not there', range, {
      fields: { key: MISSING, revision: Number.MAX_SAFE_INTEGER },
      outcome: E.future,
    }),
    row('a future revision, from what this node knows', range, {
      fields: { key: KEY, revision: FUTURE, serializable: true },
      outcome: E.future,
    }),
    row('a future revision, to be counted', range, {
      fields: { key: KEY, rangeEnd: Uint8Array.of(0), revision: FUTURE, countOnly: true },
      outcome: E.future,
    }),
    row('a compacted revision', range, {
      fields: { key: KEY, revision: COMPACTED_AT - 1 },
      outcome: E.compacted,
    }),
    row('the first revision of all', range, {
      fields: { key: KEY, revision: 1 },
      outcome: E.compacted,
    }),
    row('a compacted revision, from what this node knows', range, {
      fields: { key: KEY, revision: 2, serializable: true },
      outcome: E.compacted,
    }),
    ...sorts.map(({ what, fields }) =>
      row(what, range, { fields, outcome: E.sort, unlike: crash }),
    ),
  ]
}

function streams(): BadInput[] {
  const { rangeStream } = kv
  const unimplemented = 'UNIMPLEMENTED RangeStream does not support'
  const filters = ['minModRevision', 'maxModRevision', 'minCreateRevision', 'maxCreateRevision']
  const unlike = '3.7 has it first'
  return [
    row('no key', rangeStream, { fields: {}, outcome: E.emptyKey, unlike }),
    row('a future revision', rangeStream, {
      fields: { key: KEY, revision: FUTURE },
      outcome: E.future,
      unlike,
    }),
    row('a compacted revision', rangeStream, {
      fields: { key: KEY, revision: 2 },
      outcome: E.compacted,
      unlike,
    }),
    row('an order that is none', rangeStream, {
      fields: { key: KEY, sortOrder: 3 },
      outcome: E.sort,
      unlike,
    }),
    row('from last to first', rangeStream, {
      fields: { key: KEY, sortOrder: etcd.RangeRequestSortOrder.DESCEND },
      outcome: `${unimplemented} custom sort orders`,
      unlike,
    }),
    row('by value', rangeStream, {
      fields: {
        key: KEY,
        sortOrder: etcd.RangeRequestSortOrder.ASCEND,
        sortTarget: etcd.RangeRequestSortTarget.VALUE,
      },
      outcome: `${unimplemented} custom sort orders`,
      unlike,
    }),
    ...filters.map((name) =>
      row(`with ${name}`, rangeStream, {
        fields: { key: KEY, [name]: 1 },
        outcome: `${unimplemented} revision filters`,
        unlike,
      }),
    ),
  ]
}
