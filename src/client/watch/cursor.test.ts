import assert from 'node:assert/strict'
import { test } from 'node:test'
import { etcdKv } from '../../wire/index.ts'
import { WatchCursor } from './cursor.ts'

function answer(revisions: readonly number[], fragment = false) {
  const events = revisions.map((modRevision) =>
    etcdKv.Event.create({ kv: etcdKv.KeyValue.create({ modRevision }) }),
  )
  return { events, fragment }
}

function taken(cursor: WatchCursor, revisions: readonly number[], fragment = false): number[] {
  return cursor.take(answer(revisions, fragment)).map(({ kv }) => kv?.modRevision ?? 0)
}

test('a watch goes on behind the last revision it took', () => {
  const cursor = new WatchCursor(5)
  assert.deepEqual(taken(cursor, [5, 5, 7]), [5, 5, 7])
  assert.equal(cursor.revision, 8)
  cursor.restart()
  assert.deepEqual(taken(cursor, [8]), [8])
})

test('after a fragment it goes on within the revision, and leaves out what it had', () => {
  const cursor = new WatchCursor(5)
  assert.deepEqual(taken(cursor, [5, 6, 6], true), [5, 6, 6])
  assert.equal(cursor.revision, 6)
  cursor.restart()
  assert.deepEqual(taken(cursor, [6], true), [])
  // Cut elsewhere than before, and lost again.
  cursor.restart()
  assert.deepEqual(taken(cursor, [6, 6, 6], true), [6])
  assert.deepEqual(taken(cursor, [6, 9]), [6, 9])
  assert.equal(cursor.revision, 10)
})

test('what is older than what was asked for is left out, and completes nothing', () => {
  const cursor = new WatchCursor(5)
  assert.deepEqual(taken(cursor, [3, 4]), [])
  assert.equal(cursor.revision, 5)
  assert.deepEqual(taken(cursor, [4, 5]), [5])
  assert.equal(cursor.revision, 6)
})

test('progress moves it on, never back, and not out of a revision of which it has a part', () => {
  const cursor = new WatchCursor(5)
  cursor.progressed(3)
  assert.equal(cursor.revision, 5)
  cursor.progressed(8)
  assert.equal(cursor.revision, 9)
  assert.equal(cursor.completeRevision, 8)
  taken(cursor, [9], true)
  cursor.progressed(9)
  assert.equal(cursor.revision, 9)
  cursor.restart()
  assert.deepEqual(taken(cursor, [9, 9]), [9])
})
