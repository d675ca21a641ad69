import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBatch, encodeBatch } from './batch.ts'
import { type Command, decodeCommand, encodeCommand } from './command.ts'
import { STATE_LIMITS } from './limits.ts'
import { Store } from './store.ts'
import { bytesOf } from './testing/commands.ts'

const natural = fc.maxSafeNat()
const blob = fc.uint8Array({ maxLength: 40 })
const key = fc.uint8Array({ minLength: 1, maxLength: 20 })
const ids = { clientId: natural, requestId: natural }
const expected = fc.oneof(
  fc.constant({ kind: 'absent' } as const),
  fc.record({ kind: fc.constant('value' as const), value: blob }),
  fc.record({ kind: fc.constant('revision' as const), revision: natural }),
)
const operation = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), key }),
  fc.record({ kind: fc.constant('append' as const), key, element: natural }),
)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), ...ids, key, value: blob }),
  fc.record({ kind: fc.constant('delete' as const), ...ids, key }),
  fc.record({ kind: fc.constant('compareAndPut' as const), ...ids, key, expected, value: blob }),
  fc.record({ kind: fc.constant('append' as const), ...ids, key, element: natural }),
  fc.record({
    kind: fc.constant('transaction' as const),
    ...ids,
    operations: fc.array(operation, { maxLength: 6 }),
  }),
)

test('a command decodes to what was encoded, and only its whole bytes decode', () => {
  fc.assert(
    fc.property(command, (original) => {
      const bytes = encodeCommand(original)
      assert.deepEqual(normal(decodeCommand(bytes, STATE_LIMITS)), normal(original))
      for (let length = 0; length < bytes.length; length++) {
        assert.equal(decodeCommand(bytes.slice(0, length), STATE_LIMITS).kind, 'refused')
      }
      const longer = new Uint8Array([...bytes, 0])
      assert.equal(decodeCommand(longer, STATE_LIMITS).kind, 'refused')
    }),
    { numRuns: 300 },
  )
})

test('a batch gives back the very bytes of its commands', () => {
  fc.assert(
    fc.property(fc.array(blob, { maxLength: 20 }), (commands) => {
      const decoded = decodeBatch(encodeBatch(commands), STATE_LIMITS)
      assert.ok(Array.isArray(decoded))
      assert.deepEqual(decoded.map(plain), commands.map(plain))
    }),
    { numRuns: 200 },
  )
})

test('arbitrary and damaged bytes never throw, and a refused command changes nothing', () => {
  const damaged = fc
    .tuple(command, fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([original, place, mask]) => {
      const bytes = encodeCommand(original)
      bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ mask
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged), (bytes) => {
      const store = new Store()
      store.apply({ index: 1, data: bytes })
      const before = store.revision
      const [result] = store.apply({ index: 2, data: encodeBatch([bytes]) })
      if (result?.kind === 'failed') assert.equal(store.revision, before)
      assert.ok(store.revision <= before + 1)
    }),
    { numRuns: 2000 },
  )
})

test('a length or a count that lies allocates nothing and is refused', () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
  for (const kind of [1, 2, 3, 4, 5]) {
    const bytes = Uint8Array.from([1, kind, 0, 0, ...huge])
    assert.equal(decodeCommand(bytes, STATE_LIMITS).kind, 'refused')
  }
  assert.equal(decodeBatch(Uint8Array.from([1, ...huge]), STATE_LIMITS), 'tooLarge')
  assert.equal(decodeBatch(Uint8Array.from([1, 1, ...huge]), STATE_LIMITS), 'malformed')
})

test('a number in a longer form than needed, or too large, is refused', () => {
  const remove = encodeCommand({ kind: 'delete', clientId: 1, requestId: 0, key: bytesOf('a') })
  assert.deepEqual([...remove], [1, 2, 1, 0, 1, 97])
  const longer = Uint8Array.from([1, 2, 0x81, 0x00, 0, 1, 97])
  assert.equal(decodeCommand(longer, STATE_LIMITS).kind, 'refused')
  const unsafe = Uint8Array.from([1, 2, ...Array<number>(7).fill(0xff), 0x7f, 0, 1, 97])
  assert.equal(decodeCommand(unsafe, STATE_LIMITS).kind, 'refused')
})

function plain(bytes: Uint8Array): number[] {
  return [...bytes]
}

/** Views and arrays of their own compare alike. */
function normal(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => (inner instanceof Uint8Array ? plain(inner) : inner)),
  )
}
