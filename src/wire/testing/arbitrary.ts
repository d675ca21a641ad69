import fc from 'fast-check'
import { Every } from './test-every.ts'

const INT32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const UINT32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const INT64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const UINT64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const BYTES = fc.uint8Array({ maxLength: 40 })
/** Short and long: texts of either kind are carried by different code. */
const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300, size: 'max' }),
  fc.string({ unit: 'grapheme', minLength: 100, maxLength: 150, size: 'max' }),
)

function few<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { maxLength: 4 })
}

const PLAIN = {
  boolField: fc.boolean(),
  uint32Field: UINT32,
  int32Field: INT32,
  sint32Field: INT32,
  uint64Field: UINT64,
  int64Field: INT64,
  sint64Field: INT64,
  fixed32Field: UINT32,
  sfixed32Field: INT32,
  fixed64Field: UINT64,
  sfixed64Field: INT64,
  floatField: fc.float(),
  doubleField: fc.double(),
  stringField: TEXT,
  bytesField: BYTES,
  uint64Number: fc.maxSafeNat(),
  int64Number: fc.maxSafeInteger(),
  colour: INT32,
  maybeNumber: fc.option(UINT32),
  maybeBytes: fc.option(BYTES),
  bools: few(fc.boolean()),
  numbers: few(INT32),
  larges: few(INT64),
  doubles: few(fc.double()),
  colours: few(INT32),
  texts: few(TEXT),
  blobs: few(BYTES),
  unpacked: few(UINT32),
  last: fc.boolean(),
}

/** Messages in which some fields are set, up to three deep. */
export const EVERY: fc.Arbitrary<Every> = fc.letrec<{ every: Every; leaf: Every }>((tie) => {
  const one = fc.oneof({ depthSize: 'small', maxDepth: 3 }, tie('leaf'), tie('every'))
  const choice: fc.Arbitrary<Every['choice']> = fc.oneof(
    TEXT.map((value) => ({ kind: 'text' as const, value })),
    INT64.map((value) => ({ kind: 'large' as const, value })),
    one.map((value) => ({ kind: 'message' as const, value })),
    INT32.map((value) => ({ kind: 'painted' as const, value })),
  )
  const nested = {
    child: fc.option(one),
    children: few(one),
    entries: few(fc.record({ key: TEXT, value: fc.option(one) }, { noNullPrototype: true })),
    choice: fc.option(choice),
  }
  const some = { requiredKeys: [], noNullPrototype: true }
  return {
    leaf: fc.record(PLAIN, some).map((fields) => Every.create(fields as Partial<Every>)),
    every: fc
      .record({ ...PLAIN, ...nested }, some)
      .map((fields) => Every.create(fields as Partial<Every>)),
  }
}).every
