import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BatchReader, packBatch, packCommand } from './commands.ts'

const COMMANDS_MAX = 1000

interface Parts {
  readonly kind: number
  readonly session: number
  readonly sequence: number
  readonly body: Uint8Array
}

function read(data: Uint8Array): { clockMs: number; commands: Parts[] } | null {
  const reader = new BatchReader()
  if (!reader.restart(data, COMMANDS_MAX)) return null
  const commands: Parts[] = []
  while (reader.next()) {
    const { kind, session, sequence, bodyStart, bodyEnd } = reader
    commands.push({ kind, session, sequence, body: data.slice(bodyStart, bodyEnd) })
  }
  return { clockMs: reader.clockMs, commands }
}

const aNumber = fc.oneof(fc.nat(300), fc.maxSafeNat())
const aCommand = fc
  .tuple(fc.integer({ min: 1, max: 255 }), aNumber, aNumber, fc.uint8Array({ maxLength: 300 }))
  .map(([kind, session, sequence, body]): Parts => ({ kind, session, sequence, body }))

describe('the commands of an entry', () => {
  test('come out of a batch as they went in', () => {
    fc.assert(
      fc.property(fc.array(aCommand, { maxLength: 20 }), aNumber, (commands, clockMs) => {
        const encoded = commands.map(({ kind, session, sequence, body }) =>
          packCommand(kind, body, { session, sequence }),
        )
        assert.deepEqual(read(packBatch(encoded, clockMs)), { clockMs, commands })
      }),
    )
  })

  test('are nothing at all when the batch was cut anywhere', () => {
    const one = packCommand(1, Uint8Array.of(1, 2, 3), { session: 300, sequence: 70_000 })
    const data = packBatch([one, one], 1_700_000_000_000)
    for (let length = 0; length < data.length; length++) {
      assert.equal(read(data.subarray(0, length)), null)
    }
    assert.equal(read(Uint8Array.of(...data, 0)), null)
  })

  test('never make a reader of any bytes fail otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        read(noise)
        read(Uint8Array.of(2, ...noise))
      }),
      { numRuns: 500 },
    )
  })

  test('that are broken inside their frame leave the others alone', () => {
    const good = packCommand(3, Uint8Array.of(9))
    const data = packBatch([new Uint8Array(0), Uint8Array.of(1, 0x80), good], 5)
    const kinds = read(data)?.commands.map(({ kind, body }) => [kind, [...body]])
    assert.deepEqual(kinds, [
      [0, []],
      [0, []],
      [3, [9]],
    ])
  })

  test('are refused as a whole when there are too many', () => {
    const one = packCommand(1, new Uint8Array(0))
    const reader = new BatchReader()
    assert.equal(reader.restart(packBatch([one, one], 0), 2), true)
    assert.equal(reader.restart(packBatch([one, one, one], 0), 2), false)
    assert.equal(reader.next(), false)
  })

  test('cannot be read ahead of by a copy of the reader without it noticing', () => {
    const data = packBatch(
      [1, 2, 3].map((kind) => packCommand(kind, new Uint8Array(kind))),
      5,
    )
    const reader = new BatchReader()
    reader.restart(data, COMMANDS_MAX)
    reader.next()
    const ahead = new BatchReader()
    ahead.copyFrom(reader)
    const seen: number[] = []
    while (ahead.next()) seen.push(ahead.kind)
    assert.deepEqual([seen, reader.kind, reader.next(), reader.kind], [[2, 3], 1, true, 2])
  })
})
