import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { QuorateError } from './errors.ts'
import { play } from './testing/index.ts'
import type { Client } from './types.ts'

/** What a program without types, or with an `any` too many, can say. */
// biome-ignore lint/suspicious/noExplicitAny: that is what these tests are about.
type Untyped = Record<string, (...words: any[]) => any>

interface Told {
  readonly message: string | RegExp
  readonly advice?: string | RegExp
  readonly code?: string
}

function toldOf(given: string | RegExp | Told): Told {
  return typeof given === 'string' || given instanceof RegExp ? { message: given } : given
}

function matches(text: string, wanted: string | RegExp): void {
  if (typeof wanted === 'string') assert.equal(text, wanted)
  else assert.match(text, wanted)
}

/** Each call fails with these words, and nothing is sent. */
async function refuses(
  calls: readonly (readonly [(db: Untyped) => unknown, string | RegExp | Told])[],
): Promise<void> {
  await play({ nodes: 1 }, async (scene) => {
    for (const [call, given] of calls) {
      const { message, advice, code = 'BAD_REQUEST' } = toldOf(given)
      const attempt = async (): Promise<unknown> => await call(scene.db as unknown as Untyped)
      await assert.rejects(attempt, (error: QuorateError) => {
        assert.equal(error.name, 'QuorateError', String(error.stack))
        assert.equal(error.code, code)
        matches(error.message, message)
        if (advice !== undefined) matches(error.advice, advice)
        return true
      })
    }
    assert.deepEqual(scene.node(1).asked, [])
  })
}

describe('what would delete everything', () => {
  test('a prefix that is missing or empty is refused', () =>
    refuses([
      [(db) => db['deletePrefix']?.(), 'a prefix is a text or bytes, not undefined'],
      [(db) => db['deletePrefix']?.(undefined), 'a prefix is a text or bytes, not undefined'],
      [(db) => db['deletePrefix']?.(null), 'a prefix is a text or bytes, not null'],
      [(db) => db['deletePrefix']?.([]), 'a prefix is a text or bytes, not a list'],
      [(db) => db['deletePrefix']?.({ length: 0 }), 'a prefix is a text or bytes, not an object'],
      [(db) => db['deletePrefix']?.(undefined, { all: true }), /not undefined$/],
      [
        (db) => db['deletePrefix']?.(''),
        {
          message: 'an empty prefix would be every key',
          advice: /say so: deletePrefix\('', \{ all: true \}\)/,
        },
      ],
      [(db) => db['deletePrefix']?.(new Uint8Array(0)), 'an empty prefix would be every key'],
      [(db) => db['deletePrefix']?.('', { all: false }), 'an empty prefix would be every key'],
      [(db) => db['deletePrefix']?.('', { all: 'yes' }), 'all is true or false, not "yes"'],
      [
        (db) => db['deletePrefix']?.('a', { all: true }),
        'all goes with an empty prefix, not with "a"',
      ],
    ]))

  test('every key is deleted where that is said', async () => {
    await play({ nodes: 1 }, async (scene) => {
      const db: Client = scene.db
      await db.put('a', '1')
      await db.put('b', '2')
      assert.equal((await db.deletePrefix('a')).deleted, 1)
      await db.put('a', '3')
      assert.equal((await db.deletePrefix('', { all: true })).deleted, 2)
      assert.deepEqual([...scene.store.values], [])
    })
  })
})
