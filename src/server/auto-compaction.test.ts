import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AutoCompactor } from './auto-compaction.ts'
import type { AutoCompaction } from './parts.ts'

const MINUTE_MS = 60_000

class Subject {
  isLeader = true
  revision = 1
  compactRevision = -1
  readonly asked: number[] = []
  answer = true
  #waiting: ((isGone: boolean) => void) | null = null
  holds = false

  compact(revision: number, done: (isGone: boolean) => void): void {
    this.asked.push(revision)
    if (this.holds) this.#waiting = done
    else this.#end(done)
  }

  release(): void {
    this.holds = false
    if (this.#waiting !== null) this.#end(this.#waiting)
    this.#waiting = null
  }

  #end(done: (isGone: boolean) => void): void {
    if (this.answer) this.compactRevision = this.asked.at(-1) ?? 0
    done(this.answer)
  }
}

function setUp(mode: AutoCompaction) {
  let nowMs = 5
  const clock = { monotonicMs: () => nowMs }
  const subject = new Subject()
  const compactor = new AutoCompactor(mode, clock, subject)
  /** One revision a minute. */
  const pass = (minutes: number): void => {
    for (let i = 0; i < minutes; i++) {
      compactor.tick()
      nowMs += MINUTE_MS
      subject.revision += 1
    }
    compactor.tick()
  }
  return { subject, pass }
}

test('nothing is compacted when nobody wants it', () => {
  const { subject, pass } = setUp({ kind: 'off' })
  pass(1000)
  assert.deepEqual(subject.asked, [])
})

test('by revisions: all but the newest go, every five minutes, each once', () => {
  const { subject, pass } = setUp({ kind: 'revision', retention: 7 })
  pass(4)
  assert.deepEqual(subject.asked, [])
  pass(1)
  // Revision 6 by now: there are fewer than are kept.
  assert.deepEqual(subject.asked, [])
  pass(10)
  assert.deepEqual(subject.asked, [4, 9])
  subject.isLeader = false
  pass(10)
  assert.deepEqual(subject.asked, [4, 9])
})

test('by time: the first time after the whole retention, what is older than it goes', () => {
  const { subject, pass } = setUp({ kind: 'periodic', retentionMs: 10 * MINUTE_MS })
  pass(9)
  assert.deepEqual(subject.asked, [])
  pass(1)
  // As it was ten minutes ago.
  assert.deepEqual(subject.asked, [1])
  pass(10)
  assert.equal(subject.asked.length, 2)
  assert.ok((subject.asked[1] ?? 0) >= 10, `after twenty minutes: ${subject.asked}`)
})

test('by time, longer than an hour: then it goes once an hour', () => {
  const { subject, pass } = setUp({ kind: 'periodic', retentionMs: 180 * MINUTE_MS })
  pass(179)
  assert.deepEqual(subject.asked, [])
  pass(1)
  assert.equal(subject.asked.length, 1)
  pass(120)
  assert.equal(subject.asked.length, 3)
  const [first = 0, second = 0, third = 0] = subject.asked
  assert.deepEqual([second - first >= 54, third - second], [true, 60])
})

test('a compaction that failed is tried again soon, and never two at a time', () => {
  const { subject, pass } = setUp({ kind: 'periodic', retentionMs: 10 * MINUTE_MS })
  subject.answer = false
  pass(12)
  assert.ok(subject.asked.length >= 3)
  const before = subject.asked.length
  subject.holds = true
  pass(5)
  assert.equal(subject.asked.length, before + 1)
  subject.answer = true
  subject.release()
  pass(5)
  assert.equal(subject.asked.length, before + 1)
})

test('a node that begins to lead knows the past, and what its forerunner did', () => {
  const { subject, pass } = setUp({ kind: 'periodic', retentionMs: 10 * MINUTE_MS })
  subject.isLeader = false
  pass(30)
  assert.deepEqual(subject.asked, [])
  subject.compactRevision = 25
  subject.isLeader = true
  pass(1)
  assert.deepEqual(subject.asked, [])
  pass(8)
  assert.equal(subject.asked.length, 1)
  assert.ok((subject.asked[0] ?? 0) > 25)
})
