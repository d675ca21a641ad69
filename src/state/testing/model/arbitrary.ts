/** Anything that clients may ask for, over few keys, so that requests get into each other's way. */

import fc from 'fast-check'
import { etcd } from '../../../wire/index.ts'
import { type Asked, ask, bytesOf } from '../requests.ts'

/** Neighbours in the order of bytes, a prefix of others, and what would sort wrongly as text. */
const KEYS = ['a', 'aa', 'ab', 'b', '\0', '\xff', '\xff\xff', 'a\0']
const VALUES = ['', 'x', 'y', '0', '41', '-7', 'a longer value '.repeat(5)]
const LEASES = [1n, 2n, -3n, 0x7fff_ffff_ffff_ffffn]
const MEMBERS = [0n, 1n, 0xffff_ffff_ffff_ffffn]

const aKey = fc.constantFrom(...KEYS).map(bytesOf)
const aKeyOrNone = fc.oneof({ arbitrary: aKey, weight: 40 }, fc.constant(new Uint8Array(0)))
const anEnd = fc.oneof(
  { arbitrary: fc.constant(new Uint8Array(0)), weight: 4 },
  { arbitrary: fc.constantFrom(...KEYS, 'b\0', 'c').map(bytesOf), weight: 4 },
)
const aValue = fc.constantFrom(...VALUES).map(bytesOf)
const aLease = fc.oneof(
  { arbitrary: fc.constant(0n), weight: 3 },
  { arbitrary: fc.constantFrom(...LEASES), weight: 2 },
  fc.constant(-(2n ** 63n) + 3n),
)
const rarely = fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true))
const aRevision = fc.oneof(
  { arbitrary: fc.constant(0), weight: 6 },
  { arbitrary: fc.nat(30), weight: 3 },
  fc.constantFrom(-1, -2, 1000),
)
const anEnum = (last: number): fc.Arbitrary<number> =>
  fc.oneof({ arbitrary: fc.integer({ min: 0, max: last }), weight: 30 }, fc.constant(last + 1))

const aPut = fc.record({
  key: aKeyOrNone,
  value: aValue,
  lease: aLease,
  prevKv: rarely,
  ignoreValue: rarely,
  ignoreLease: rarely,
})

const aDelete = fc.record({ key: aKeyOrNone, rangeEnd: anEnd, prevKv: rarely })

export const aRange: fc.Arbitrary<etcd.RangeRequest> = fc
  .record({
    key: aKeyOrNone,
    rangeEnd: anEnd,
    limit: fc.constantFrom(0, 0, 1, 2, 3, -1),
    revision: aRevision,
    sortOrder: anEnum(2),
    sortTarget: anEnum(4),
    keysOnly: rarely,
    countOnly: rarely,
    minModRevision: fc.constantFrom(0, 0, 0, 3),
    maxModRevision: fc.constantFrom(0, 0, 0, 9),
    minCreateRevision: fc.constantFrom(0, 0, 0, 3),
    maxCreateRevision: fc.constantFrom(0, 0, 0, 9),
  })
  .map((fields) => etcd.RangeRequest.create(fields))

const aTarget: fc.Arbitrary<etcd.Compare['targetUnion']> = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant('version' as const), value: fc.nat(3) }),
  fc.record({ kind: fc.constant('createRevision' as const), value: fc.nat(9) }),
  fc.record({ kind: fc.constant('modRevision' as const), value: fc.nat(9) }),
  fc.record({ kind: fc.constant('value' as const), value: aValue }),
  fc.record({ kind: fc.constant('lease' as const), value: aLease }),
)

const aCompare: fc.Arbitrary<etcd.Compare> = fc.record({
  result: anEnum(3),
  target: anEnum(4),
  key: aKeyOrNone,
  targetUnion: aTarget,
  rangeEnd: anEnd,
})

const { operation } = fc.letrec<{ operation: etcd.RequestOp; txn: etcd.TxnRequest }>((tie) => ({
  operation: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      request: fc.oneof(
        fc.record({ kind: fc.constant('requestPut' as const), value: aPut }),
        fc.record({ kind: fc.constant('requestRange' as const), value: aRange }),
        fc.record({ kind: fc.constant('requestDeleteRange' as const), value: aDelete }),
      ),
    }),
    fc.record({
      request: fc.record({ kind: fc.constant('requestTxn' as const), value: tie('txn') }),
    }),
  ),
  txn: fc.record({
    compare: fc.array(aCompare, { maxLength: 2 }),
    success: fc.array(tie('operation'), { maxLength: 3 }),
    failure: fc.array(tie('operation'), { maxLength: 3 }),
  }),
}))

export const aTxn: fc.Arbitrary<etcd.TxnRequest> = fc.record({
  compare: fc.array(aCompare, { maxLength: 2 }),
  success: fc.array(operation, { maxLength: 4 }),
  failure: fc.array(operation, { maxLength: 4 }),
})

const aReadOperation: fc.Arbitrary<etcd.RequestOp> = aRange.map((value) => ({
  request: { kind: 'requestRange', value },
}))

export const aReadTxn: fc.Arbitrary<etcd.TxnRequest> = fc.record({
  compare: fc.array(aCompare, { maxLength: 2 }),
  success: fc.array(aReadOperation, { maxLength: 3 }),
  failure: fc.array(aReadOperation, { maxLength: 3 }),
})

export const aLeaseRead = fc.record({ ID: fc.constantFrom(...LEASES), keys: fc.boolean() })

const anIncrement = fc
  .record({
    key: fc.constantFrom('a', 'n', ''),
    delta: fc.constantFrom(1n, -5n, 2n ** 63n - 1n),
    initial: fc.constantFrom(0n, 10n, 2n ** 62n),
    lease: aLease,
    prevKv: rarely,
  })
  .map(({ key, ...fields }) => ask.increment(key, fields))

const aPlainCommand: fc.Arbitrary<Asked> = fc.oneof(
  { arbitrary: aPut.map(ask.put), weight: 12 },
  { arbitrary: aDelete.map(ask.remove), weight: 5 },
  { arbitrary: aTxn.map(ask.txn), weight: 8 },
  { arbitrary: aRevision.map(ask.compact), weight: 2 },
  {
    arbitrary: fc
      .tuple(aLease, fc.constantFrom(-1, 1, 5, 10 ** 10))
      .map(([id, ttl]) => ask.grant(id, ttl)),
    weight: 4,
  },
  { arbitrary: aLease.map(ask.revoke), weight: 2 },
  { arbitrary: aLease.map(ask.renew), weight: 2 },
  { arbitrary: fc.array(aLease, { maxLength: 3 }).map((ids) => ask.expire(...ids)), weight: 2 },
  { arbitrary: anIncrement, weight: 3 },
  {
    arbitrary: fc
      .tuple(fc.option(aPut), fc.constantFrom(0, 1500, 5000, 2 ** 50))
      .map(([put, ttlMs]) => ask.putWithTtl(put, ttlMs)),
    weight: 3,
  },
  { arbitrary: fc.constant(ask.openSession()), weight: 2 },
  { arbitrary: fc.nat(4).map(ask.closeSession), weight: 1 },
  {
    arbitrary: fc
      .tuple(anEnum(2), fc.constantFrom(...MEMBERS), anEnum(2))
      .map(([action, member, type]) => ask.alarm(action, member, type)),
    weight: 1,
  },
)

/** Few names, so that they come again, and few digests, so that they differ then. */
const aGuarded: fc.Arbitrary<Asked> = fc
  .record({
    command: aPlainCommand,
    compare: fc.array(aCompare, { maxLength: 2 }),
    name: fc.constantFrom('', 'x', 'y', 'z', '\0', 'n'.repeat(256)).map(bytesOf),
    digest: fc.constantFrom('', 'd', 'd').map(bytesOf),
  })
  .map(({ command, ...guards }) => ask.guarded(command, guards))

const aCommand: fc.Arbitrary<Asked> = fc.oneof(
  { arbitrary: aPlainCommand, weight: 5 },
  { arbitrary: aGuarded, weight: 1 },
)

/** A command, whose it is, and how much later than the one before it. */
export interface AnyCommand {
  readonly command: Asked
  readonly session: number
  readonly sequence: number
  readonly afterMs: number
  /** Leases that are due by now go first, as whoever leads would see to. */
  readonly expiresDue: boolean
}

export const anyCommand: fc.Arbitrary<AnyCommand> = fc.record({
  command: aCommand,
  session: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: 1, max: 4 })),
  sequence: fc.nat(8),
  afterMs: fc.constantFrom(0, 0, 10, 900, 3000),
  expiresDue: rarely,
})
