import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { READ_CACHE_BYTES_MAX } from '../../base/index.ts'
import { memoryOf, mixedRevision, RecordCache, wordOf } from './record-cache.ts'

const STEP = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      main: fc.nat(200),
      sub: fc.nat(2),
      bytes: fc.constantFrom(0, 7, 8, 30, 100, 300, 2000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      main: fc.nat(200),
      sub: fc.nat(2),
    }),
  },
)

/** No two revisions have the same. */
function recordOf(main: number, sub: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => main * 7 + sub * 3 + i)
}

describe('a cache of records', () => {
  it('gives what was put, or nothing, and never what was removed', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 400 }), (steps) => {
        const cache = new RecordCache(4096)
        const known = new Map<string, Uint8Array | null>()
        for (const step of steps) {
          const { main, sub } = step
          const name = `${main}.${sub}`
          if (step.kind === 'remove') {
            cache.remove(main, sub)
            known.set(name, null)
          } else {
            const before = cache.get(main, sub)
            const record = before ?? recordOf(main, sub, step.bytes)
            cache.put(main, sub, record)
            known.set(name, record.slice())
            if (step.bytes <= 300) assert.ok(cache.get(main, sub) !== null, 'the newest is there')
          }
          for (const [one, record] of known) {
            const [oneMain, oneSub] = one.split('.').map(Number)
            const found = cache.get(oneMain as number, oneSub as number)
            if (record === null) assert.equal(found, null)
            else if (found !== null) assert.deepEqual([...found], [...record])
          }
        }
        assert.ok(cache.count <= 4096 / 16)
      }),
      { numRuns: 100 },
    )
  })

  it('keeps those that came last, also with revisions beyond 32 bits', () => {
    const cache = new RecordCache(64 * 1024)
    const from = 2 ** 32 - 5000
    for (let main = from; main < from + 10_000; main++) cache.add(main, 0, recordOf(main, 0, 40))
    for (let main = from + 9900; main < from + 10_000; main++) {
      assert.deepEqual(cache.get(main, 0), recordOf(main, 0, 40))
    }
    assert.equal(cache.get(from, 0), null)
  })

  it('counts how often a record was found', () => {
    const cache = new RecordCache(4096)
    cache.get(1, 0)
    cache.put(1, 0, recordOf(1, 0, 40))
    assert.equal(cache.hits, 0, 'to put one is not to ask for it')
    cache.get(1, 0)
    cache.get(1, 1)
    cache.get(1, 0)
    assert.equal(cache.hits, 2)
  })

  it('has places for all that the largest one holds, and none is larger', () => {
    for (const last of [8, READ_CACHE_BYTES_MAX / 2, READ_CACHE_BYTES_MAX]) {
      const at = last - 8
      assert.equal(wordOf(at), at / 4, `${at}`)
      const [slot] = Uint32Array.of(at / 8 + 1)
      assert.equal(slot, at / 8 + 1)
    }
    const create = () => new RecordCache(READ_CACHE_BYTES_MAX + 8)
    assert.throws(create, /places in a cache are numbers of 32 bits/)
  })

  it('that the system has no memory for is refused with what to do', () => {
    assert.throws(() => memoryOf(Number.MAX_SAFE_INTEGER), {
      code: 'BAD_REQUEST',
      message:
        /^the system has no 9007199254740991 bytes for a cache: set limits.readCache to less/,
    })
  })

  it('spreads what is read in the order of keys, however those are spread', () => {
    // Times the golden ratio, by which keys may be spread, they follow each other.
    const mains = Array.from({ length: 8000 }, (_, i) => Math.imul(i, 0x0e8b_2f51) >>> 0)
    assert.equal(Math.imul(mains[5] as number, 0x9e37_79b1) >>> 0, 5)
    const slots = new Set(mains.map((main) => mixedRevision(main, 0, 0) >>> 15))
    assert.ok(slots.size > 7000, `${slots.size} of ${mains.length} are apart`)
  })
})

describe('a full cache of records', () => {
  it('wants what was asked for lately, and a cache with room wants everything', () => {
    const cache = new RecordCache(4096)
    const record = recordOf(1, 0, 100)
    for (let main = 1; cache.wants(main, 0); main++) cache.add(main, 0, record)
    assert.ok(cache.count > 4096 / 200, 'there was room for it all')
    const main = 2 ** 40
    assert.equal(cache.wants(main, 5), false)
    assert.equal(cache.wants(main, 5), true)
    // What makes another asks for another place.
    for (const [other, sub] of [
      [main + 1, 5],
      [main, 6],
      [5, 5],
    ] as const) {
      assert.equal(cache.wants(other, sub), false, `${other}.${sub}`)
    }
    assert.equal(cache.wants(main, 5), true)
    for (let other = 1; other < 2 ** 20; other++) cache.wants(other, 0)
    assert.equal(cache.wants(main, 5), false, 'that was long ago')
  })
})
