import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { entryBytes, LogView } from './log-view.ts'
import { TermRuns } from './terms.ts'
import { entriesOfTerms } from './testing/cluster.ts'
import type { Entry, EntryReader, LogIndex, SnapshotMark, Term } from './types.ts'

const NOTHING: EntryReader = { read: () => null }
const MEMBERS = { voters: [1], outgoing: [], learners: [] }

function entry(index: LogIndex, term: Term): Entry {
  return { index, term, kind: 'command', data: new Uint8Array(index % 5) }
}

function mark(index: LogIndex, term: Term): SnapshotMark {
  return { index, term, configuration: MEMBERS, configurationIndex: 0 }
}

function emptyView(reader: EntryReader = NOTHING): LogView {
  return new LogView(new TermRuns({ index: 0, term: 0 }), reader)
}

/**
 * A log as plain arrays, and the disk beside it: the writes under way keep the entries they took.
 * Durable is the longest prefix of the log that the disk would give back after a crash now.
 */
class PlainLog implements EntryReader {
  base: LogIndex = 0
  entries: Entry[] = []
  handedOut = 0
  disk: { base: LogIndex; entries: Entry[] } = { base: 0, entries: [] }
  memory: { base: LogIndex; entries: Entry[] } = { base: 0, entries: [] }
  writes: {
    number: number
    first: LogIndex
    entries: readonly Entry[]
    restart: LogIndex | null
  }[] = []

  get last(): LogIndex {
    return this.base + this.entries.length
  }

  /** Beyond this the disk and the log differ, or the disk ends. */
  get durable(): LogIndex {
    let index = this.base
    while (index < this.last) {
      const own = this.entries[index - this.base]
      const stored = this.disk.entries[index - this.disk.base]
      if (stored === undefined || own !== stored) break
      index += 1
    }
    return index
  }

  read(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null {
    return fits(
      this.memory.entries.slice(from - this.memory.base - 1, to - this.memory.base),
      bytesMax,
    )
  }
}

function fits(entries: readonly Entry[], bytesMax: number): readonly Entry[] {
  let bytes = 0
  const end = entries.findIndex((each, position) => {
    bytes += entryBytes(each)
    return bytes > bytesMax && position > 0
  })
  return end < 0 ? entries : entries.slice(0, end)
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'append' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), back: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'handOut' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('persist' as const), count: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), keep: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), ahead: fc.nat(3) }) },
)

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function put(log: { base: LogIndex; entries: Entry[] }, entries: readonly Entry[]): void {
  const first = entries[0]
  if (first === undefined) return
  log.entries.length = Math.min(log.entries.length, first.index - log.base - 1)
  log.entries.push(...entries)
}

class Pair {
  readonly plain = new PlainLog()
  readonly view = emptyView(this.plain)
  #number = 0
  #term: Term = 1

  act(what: Step): void {
    const { plain, view } = this
    if (what.kind === 'append') {
      const next = entry(plain.last + 1, this.#term)
      view.append(next)
      plain.entries.push(next)
    } else if (what.kind === 'truncate') this.#truncate(what.back)
    else if (what.kind === 'handOut') this.#handOut(null)
    else if (what.kind === 'persist') this.#persist(what.count)
    else if (what.kind === 'restart') this.#restart(what.ahead)
    else {
      const to = Math.max(plain.base, view.stable - what.keep)
      view.compactTo(to)
      plain.entries = plain.entries.slice(to - plain.base)
      plain.base = to
    }
  }

  /** A conflict: a later term writes over the end. */
  #truncate(back: number): void {
    const from = Math.max(this.plain.base + 1, this.plain.last + 1 - back)
    this.view.truncateFrom(from)
    this.plain.entries.length = Math.min(this.plain.entries.length, from - this.plain.base - 1)
    this.plain.handedOut = Math.min(this.plain.handedOut, from - 1)
    this.#term += 1
  }

  #handOut(restart: LogIndex | null): void {
    const { plain, view } = this
    this.#number += 1
    const entries = view.handOut(this.#number)
    const expected = plain.entries.slice(plain.handedOut - plain.base)
    assert.deepEqual(entries, expected)
    plain.handedOut = plain.last
    if (restart !== null) plain.memory = { base: restart, entries: [] }
    put(plain.memory, entries)
    const first = entries[0]?.index ?? 0
    plain.writes.push({ number: this.#number, first, entries, restart })
  }

  #persist(count: number): void {
    const { plain, view } = this
    let number = 0
    for (const write of plain.writes.splice(0, count)) {
      number = write.number
      if (write.restart !== null) plain.disk = { base: write.restart, entries: [] }
      put(plain.disk, write.entries)
    }
    if (number > 0) view.persisted(number)
  }

  /** A snapshot from the leader, whose mark goes out at once. */
  #restart(ahead: number): void {
    const { plain, view } = this
    const index = plain.last + 1 + ahead
    this.#term += 1
    view.restart(mark(index, this.#term))
    plain.base = index
    plain.entries = []
    plain.handedOut = index
    this.#handOut(index)
  }

  check(): void {
    const { plain, view } = this
    assert.equal(view.base, plain.base)
    assert.equal(view.last, plain.last)
    assert.ok(view.stable >= plain.base && view.stable <= plain.last)
    // Never believes in more than the disk has. What a restart covers was durable before it.
    assert.ok(view.stable <= plain.durable)
    assert.equal(view.hasUnwritten, plain.handedOut < plain.last)
    for (let from = plain.base + 1; from <= plain.last; from++) {
      for (const bytesMax of [1, 70, 10_000]) {
        const all = plain.entries.slice(from - plain.base - 1)
        const read = view.read(from, plain.last, bytesMax)
        assert.ok(read !== null && read.length > 0)
        assert.deepEqual(read, all.slice(0, read.length))
        if (bytesMax === 1) assert.equal(read.length, 1)
      }
    }
  }
}

test('a log view answers like a plain log, also while writes are under way', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const pair = new Pair()
      for (const what of steps) {
        pair.act(what)
        pair.check()
      }
      pair.act({ kind: 'handOut' })
      pair.act({ kind: 'persist', count: 1_000 })
      pair.check()
      assert.equal(pair.view.stable, pair.plain.last)
    }),
    { numRuns: 400 },
  )
})

test('what was cut while its write was under way is not durable when the write ends', () => {
  const view = emptyView()
  for (const each of entriesOfTerms([1, 1, 1])) view.append(each)
  view.handOut(1)
  view.truncateFrom(2)
  view.append(entry(2, 2))
  view.persisted(1)
  assert.equal(view.stable, 1)
  view.handOut(2)
  view.persisted(2)
  assert.equal(view.stable, 2)
})

test('a write that replaced durable entries counts only when it is durable itself', () => {
  const view = emptyView()
  for (const each of entriesOfTerms([1, 1, 1])) view.append(each)
  view.handOut(1)
  view.persisted(1)
  view.truncateFrom(3)
  view.append(entry(3, 2))
  view.append(entry(4, 2))
  view.handOut(2)
  assert.equal(view.stable, 2)
  view.persisted(2)
  assert.equal(view.stable, 4)
})

test('the log with the later last term is the newer one, then the longer one', () => {
  const view = emptyView()
  for (const each of entriesOfTerms([1, 1, 3])) view.append(each)
  assert.equal(view.isUpToDate(9, 2), false)
  assert.equal(view.isUpToDate(1, 4), true)
  assert.equal(view.isUpToDate(2, 3), false)
  assert.equal(view.isUpToDate(3, 3), true)
  assert.equal(view.isUpToDate(4, 3), true)
})

test('entries that are not in memory are asked for, not invented', () => {
  const runs = new TermRuns({ index: 0, term: 0 })
  runs.appendRun({ last: 5, term: 1 })
  const view = new LogView(runs, NOTHING)
  assert.equal(view.read(2, 5, 100), null)
  view.append(entry(6, 1))
  assert.deepEqual(view.read(6, 6, 100), [entry(6, 1)])
})
