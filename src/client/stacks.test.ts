import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json } from './codecs.ts'
import { del, get, put } from './operations.ts'
import { play } from './testing/index.ts'
import type { Client } from './types.ts'

/** Whoever is told of a failure wants to know where it was asked for. */
const CALLS: Readonly<Record<string, (db: Client) => Promise<unknown>>> = {
  'a put under a condition': (db) => db.put('a', '1', { ifAbsent: true }),
  'a delete under a condition': (db) => db.delete('a', { ifRevision: 5 }),
  'a transaction': (db) => db.txn().then(del('a')).commit(),
  'an operation of a batch': async (db) => {
    const [result] = await db.batch([put('a', '1')])
    if (!result.ok) throw result.error
  },
  'a listing': async (db) => {
    for await (const _entry of db.list()) assert.fail('it is refused')
  },
  'a listing as a whole': (db) => db.list().all(),
  'a lease': (db) => db.lease({ ttlMs: 1000 }),
  'a lock': (db) => db.lock('a'),
}

async function ofThisLine(call: Promise<unknown>): Promise<void> {
  await call
}

for (const [what, call] of Object.entries(CALLS)) {
  test(`the stack of a failure leads to who asked: ${what}`, async () => {
    await play({ nodes: 1 }, async (scene) => {
      // What is in the line of the next operation is refused, but not the session for it.
      scene.node(1).script = ({ operation }) =>
        operation?.kind === 'openSession'
          ? { kind: 'answer' }
          : { kind: 'refuse', code: 'CONDITION_FAILED', retry: 'NEVER' }
      await assert.rejects(ofThisLine(call(scene.db)), (error: Error) => {
        assert.equal(error.name, 'QuorateError')
        assert.match(error.stack ?? '', /\n +at async ofThisLine \(.*stacks\.test\.ts:\d+:\d+\)/)
        return true
      })
    })
  })
}

test('the stack of what cannot be read leads to who reads', async () => {
  await play({ nodes: 1 }, async (scene) => {
    await scene.db.put('a', '{')
    const [result] = await scene.db.withCodec(json()).batch([get('a')])
    assert.ok(!result.ok)
    assert.match(result.error.stack ?? '', /at async QuorateClient\.batch/)
  })
})
