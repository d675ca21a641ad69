import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KvError } from '../../base/index.ts'
import { cursorText, readCursor } from './cursor.ts'
import { eventId, resumeAfter } from './event-id.ts'
import { decodePercent } from './percent.ts'
import { leaseIdText, readDuration, readLeaseId, shown } from './query-kinds.ts'
import { ALL_KEYS, rangeOf } from './ranges.ts'
import { suggestion } from './suggestion.ts'
import { bytesJson, textOf } from './text-values.ts'

const someBytes = fc.uint8Array({ maxLength: 40 })

function encoded(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof KvError) return error.code
    throw error
  }
  return 'fine'
}

describe('percent-encoding', () => {
  it('stands for any bytes', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        assert.deepEqual(decodePercent(encoded(bytes), 'it', false), bytes)
        assert.deepEqual(decodePercent(encoded(bytes).toUpperCase(), 'it', true), bytes)
      }),
    )
  })

  it('is what encodeURIComponent writes, and URLSearchParams', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(text.isWellFormed())
        const bytes = new Uint8Array(Buffer.from(text))
        assert.deepEqual(decodePercent(encodeURIComponent(text), 'it', false), bytes)
        const query = new URLSearchParams({ key: text }).toString().slice('key='.length)
        assert.deepEqual(decodePercent(query, 'it', true), bytes)
      }),
    )
  })

  it('of any text ends with bytes or with a refusal', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', 'a', '0', 'g', '+', 'é', '\n') }),
        (text) => {
          const isBad = /%(?![0-9a-f]{2})|[^!-~]/i.test(text)
          const told = codeOf(() => decodePercent(text, 'it', false))
          assert.equal(told, isBad ? 'PARAMETER_INVALID' : 'fine', text)
        },
      ),
    )
  })
})

describe('a time', () => {
  it('has a unit, or is in seconds', () => {
    const times: Record<string, number | undefined> = {
      ...{ '1': 1000, '1s': 1000, '1.5s': 1500, '0.5': 500, '500ms': 500, '2m': 120_000 },
      ...{ '1h30m': 5_400_000, '1m30s': 90_000, '1d12h': 129_600_000, '1s500ms': 1500 },
      ...{ '.5s': 500, '1h.5m': 3_630_000, '1s1': undefined, '1hm': undefined, '..5s': undefined },
      ...{ '1h': 3_600_000, '1d': 86_400_000, '0.001s': 1, '1.25m': 75_000, '0.1s': 100 },
      ...{ '': undefined, '0': undefined, '0ms': undefined, '-1': undefined, '1,5s': undefined },
      ...{
        '.5': undefined,
        '1.': undefined,
        '1.s': undefined,
        ' 1s': undefined,
        '1 s': undefined,
        s: undefined,
      },
      ...{ '1.0001s': undefined, '1e3': undefined, '0x10': undefined, '1S': undefined },
    }
    for (const [text, ms] of Object.entries(times)) assert.equal(readDuration(text), ms, text)
  })
})

describe('the id of a lease', () => {
  it('is its 64 bits in hexadecimal digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (id) => {
        assert.equal(readLeaseId(leaseIdText(id)), id === 0n ? undefined : id)
      }),
    )
  })
})

describe('a cursor', () => {
  it('is read as it was written, and nothing else is one', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER - 1 }), someBytes, (before, key) => {
        fc.pre(key.length > 0)
        const cursor = { revision: before + 1, lastKey: key }
        assert.deepEqual(readCursor(cursorText(cursor, ALL_KEYS), ALL_KEYS), cursor)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', minLength: 1 }), (text) => {
        const told = codeOf(() => readCursor(text, ALL_KEYS))
        const isOne = (): boolean => cursorText(readCursor(text, ALL_KEYS), ALL_KEYS) === text
        assert.ok(told === 'PARAMETER_INVALID' || isOne())
      }),
    )
  })
})

describe('the id of an event', () => {
  it('says what comes next', () => {
    assert.deepEqual(resumeAfter('it', eventId(7, 3, true)), { revision: 8, seen: 0 })
    assert.deepEqual(resumeAfter('it', eventId(7, 3, false)), { revision: 7, seen: 3 })
    assert.deepEqual(resumeAfter('it', '0'), { revision: 1, seen: 0 })
    for (const id of [
      '',
      '7.',
      '.1',
      '7.0',
      '0.1',
      '-7',
      '7.1.1',
      ' 7',
      '7e1',
      '99999999999999999',
    ]) {
      assert.equal(
        codeOf(() => resumeAfter('it', id)),
        'PARAMETER_INVALID',
        id,
      )
    }
  })
})

describe('a prefix', () => {
  it('stands for the keys that begin with it', () => {
    const compare = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other)
    fc.assert(
      fc.property(someBytes, someBytes, (prefix, key) => {
        fc.pre(key.length > 0)
        const kept = prefix.slice()
        const range = rangeOf({ prefix }) ?? assert.fail()
        assert.deepEqual(prefix, kept)
        const isOpen = range.rangeEnd.length === 1 && range.rangeEnd[0] === 0
        const isBefore = isOpen || compare(key, range.rangeEnd) < 0
        const isIn = compare(key, range.key) >= 0 && isBefore
        const begins = prefix.every((byte, at) => key[at] === byte)
        assert.equal(isIn, begins)
      }),
      { examples: [[Uint8Array.of(0xff), Uint8Array.of(0xff, 1)]] },
    )
  })
})

describe('bytes in JSON', () => {
  it('are text where they are UTF-8, and come back as they were', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const told = JSON.parse(bytesJson(bytes))
        const back =
          typeof told === 'string' ? Buffer.from(told) : Buffer.from(told.base64, 'base64')
        assert.deepEqual(new Uint8Array(back), bytes)
      }),
    )
  })

  it('may be a replacement character that somebody has written', () => {
    assert.equal(textOf(new Uint8Array(Buffer.from('\ufffd'))), '\ufffd')
    assert.equal(textOf(Uint8Array.of(0xff)), null)
    assert.equal(textOf(Uint8Array.of(0xed, 0xa0, 0x80)), null)
  })
})

describe('a suggestion', () => {
  it('is the name that is nearest, if one is near', () => {
    const names = ['prefix', 'limit', 'raw']
    assert.equal(suggestion('prefx', names), '; did you mean prefix?')
    assert.equal(suggestion('LIMIT', names), '; did you mean limit?')
    assert.equal(suggestion('war', names), '; did you mean raw?')
    for (const far of ['consistency', '', 'x', 'y'.repeat(1000)]) {
      assert.equal(suggestion(far, names), null)
    }
  })

  it('shows no more of what was sent than helps', () => {
    assert.equal(shown('a"\n'), '"a\\"\\n"')
    assert.ok(shown('x'.repeat(1000)).length < 50)
  })
})
