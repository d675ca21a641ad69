import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError, SeededChance } from '../base/index.ts'
import type { DiskLock } from '../io/index.ts'
import { previewTruncation, truncateLog } from './index.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { MemoryDisk } from './testing/memory-disk.ts'
import { entryOf, type ModelStep, markOf } from './testing/model.ts'
import { judgeDisk, layoutOf, SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { cut, entries, hardState, hardStateOf } from './testing/steps.ts'

const PATH = `${SMALL_DIRECTORY}/0000000001.log`
const VOTED = hardStateOf(9, 4)

interface Wish {
  readonly at?: readonly (readonly [number, number])[]
  readonly from?: { readonly segment: number; readonly offset: number }
  readonly isAlone?: boolean
}

function optionsOf(disk: MemoryDisk, { at = [], from, isAlone = false }: Wish) {
  return { disk, directory: SMALL_DIRECTORY, groups: new Map(at), from: from ?? null, isAlone }
}

function truncate(disk: MemoryDisk, wish: Wish) {
  const parts = { clock: new ManualClock(), chance: new SeededChance(1) }
  return truncateLog({ ...optionsOf(disk, wish), ...parts })
}

async function reopened(disk: MemoryDisk) {
  return new SmallLog(disk).open({ create: false })
}

/** Node 1 of three: term 9, a vote for node 2, five acknowledged entries; group 2 is new in it. */
async function voter(): Promise<SmallLog> {
  const log = new SmallLog()
  await log.open()
  await log.batch([hardState(1, hardStateOf(1)), entries(1, 1, { count: 4 })])
  await log.batch([hardState(1, VOTED), entries(1, 5, { term: 9 })])
  await log.batch([hardState(2, hardStateOf(8)), entries(2, 1, { term: 8 })])
  await log.rest()
  return log
}

async function damage({ disk }: SmallLog, index: number): Promise<void> {
  const { records } = await layoutOf(disk)
  const record = records.find((one) => one.type === 1 && one.group === 1 && one.index === index)
  assert.ok(record !== undefined)
  const bytes = disk.bytesOf(PATH)
  const at = record.offset + 72
  bytes[at] = (bytes[at] as number) ^ 1
}

async function offsetOf({ disk }: SmallLog, batch: number): Promise<number> {
  const { batches } = await layoutOf(disk)
  return (batches[batch] as { start: number }).start
}

async function nextLife(log: SmallLog): Promise<SmallLog> {
  await log.rest()
  await log.log?.close()
  const next = new SmallLog(log.disk)
  await next.open({ create: false })
  return next
}

function snapshotOf(voters: readonly number[], index: number): ModelStep {
  const configuration = { voters, outgoing: [], learners: [] }
  return { kind: 'cut', group: 1, mark: { ...markOf(index, 1), configuration } }
}

describe('a truncation of a node with peers', () => {
  it('leaves the group under repair, in its term and with its vote', async () => {
    const log = await voter()
    await damage(log, 3)
    const report = await truncate(log.disk, { at: [[1, 2]] })
    assert.equal(report.verdict, 'damaged')
    assert.deepEqual(report.groups, [1])
    const { groups } = await reopened(log.disk)
    assert.equal(groups.get(1)?.last, 2)
    assert.deepEqual(groups.get(1)?.hardState, { ...VOTED, commit: 2, recovering: true })
    assert.equal(groups.get(2)?.hardState.recovering, false)
  })

  it('counts intact entries that are given up as lost, too', async () => {
    const log = await voter()
    await truncate(log.disk, { at: [[1, 4]] })
    const { groups } = await reopened(log.disk)
    assert.deepEqual(groups.get(1)?.hardState, { ...VOTED, recovering: true })
  })

  it('is none when nothing is given up', async () => {
    const log = await voter()
    const report = await truncate(log.disk, { at: [[1, 5]] })
    assert.equal(report.verdict, 'clean')
    assert.deepEqual((await reopened(log.disk)).groups.get(1)?.hardState, VOTED)
  })

  it('keeps the term of entries whose hard state is not there', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([entries(1, 1), entries(1, 2, { term: 9 })])
    await log.rest()
    await truncate(log.disk, { at: [[1, 1]] })
    const { groups } = await reopened(log.disk)
    assert.deepEqual(groups.get(1)?.hardState, { term: 9, vote: 1, commit: 0, recovering: true })
  })

  it('at an offset fences every group at the highest term behind it', async () => {
    const log = await voter()
    const from = { segment: 1, offset: await offsetOf(log, 2) }
    const preview = await previewTruncation(optionsOf(log.disk, { from }))
    assert.deepEqual(preview, {
      groups: [
        { group: 1, lastBefore: 5, lastAfter: 4, recovering: true },
        { group: 2, lastBefore: 1, lastAfter: null, recovering: true },
      ],
      hiddenTerm: 9,
    })
    await truncate(log.disk, { from })
    const { groups, hidden } = await reopened(log.disk)
    assert.deepEqual([...groups.keys()], [1])
    assert.deepEqual(groups.get(1)?.hardState, { term: 9, vote: 1, commit: 0, recovering: true })
    assert.deepEqual(hidden, { term: 9, vote: 1, commit: 0, recovering: true })
  })

  it('at an offset bounds the terms of what is damaged behind it', async () => {
    const log = await voter()
    const offset = await offsetOf(log, 2)
    const file = await log.disk.open(PATH, { mode: 'readWrite' })
    await file.truncate(offset + 100)
    await truncate(log.disk, { from: { segment: 1, offset } })
    const { groups, hidden } = await reopened(log.disk)
    assert.ok((groups.get(1)?.hardState.term ?? 0) >= 9)
    assert.ok((hidden?.term ?? 0) >= 9)
  })
})

describe('a truncation of a node that is alone', () => {
  it('leaves it whole when the operator says so, also afterwards', async () => {
    for (const first of [true, false]) {
      const log = await voter()
      await damage(log, 3)
      if (!first) await truncate(log.disk, { at: [[1, 2]] })
      const report = await truncate(log.disk, { at: [[1, 2]], isAlone: true })
      assert.equal(report.verdict, 'clean')
      const { groups } = await reopened(log.disk)
      assert.deepEqual(groups.get(1)?.hardState, { ...VOTED, commit: 2 })
    }
  })

  it('leaves it whole when its snapshot names no other voter', async () => {
    const cases: [string, readonly ModelStep[], boolean][] = [
      ['itself alone', [snapshotOf([1], 1)], false],
      ['others', [snapshotOf([1, 2, 3], 1)], true],
      ['another one', [snapshotOf([2], 1)], true],
      ['nothing', [], true],
      ['an older state', [snapshotOf([1], 1), configurationAt(6)], true],
    ]
    for (const [name, steps, recovering] of cases) {
      const log = await voter()
      for (const step of steps) await log.batch([step])
      await log.rest()
      await truncate(log.disk, { at: [[1, 4]] })
      const { groups } = await reopened(log.disk)
      assert.equal(groups.get(1)?.hardState.recovering, recovering, name)
    }
  })

  it('is not believed of a log in which a configuration may be missing', async () => {
    const log = await voter()
    await log.batch([snapshotOf([1], 1), entries(2, 2, { term: 8 })])
    await log.batch([configurationAt(6)])
    await log.rest()
    const { start, end } = (await layoutOf(log.disk)).batches.at(-1) as {
      start: number
      end: number
    }
    log.disk.bytesOf(PATH).fill(0, start, end)
    const at = [
      [1, 4],
      [2, 2],
    ] as const
    for (const _ of ['now', 'and when it has been under repair before']) {
      await truncate(log.disk, { at })
      assert.equal((await reopened(log.disk)).groups.get(1)?.hardState.recovering, true)
    }
  })

  it('is not believed where the configuration of before is in force again', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, VOTED), entries(1, 1, { count: 4 })])
    await log.batch([snapshotOf([1], 2), entries(1, 5)])
    await log.rest()
    const from = { segment: 1, offset: await offsetOf(log, 2) }
    await truncate(log.disk, { from })
    const { groups } = await reopened(log.disk)
    assert.deepEqual(groups.get(1)?.hardState, { term: 9, vote: 1, commit: 4, recovering: true })
  })

  it('is not believed of groups of which nothing can be read', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(1)), entries(1, 1, { count: 4 })])
    await log.batch([snapshotOf([1], 1), entries(1, 5)])
    await log.batch([hardState(2, VOTED)])
    await log.batch([entries(1, 6)])
    await log.rest()
    const { start, end } = (await layoutOf(log.disk)).batches[3] as { start: number; end: number }
    log.disk.bytesOf(PATH).fill(0, start, end)
    await truncate(log.disk, { from: { segment: 1, offset: start } })
    const { groups, hidden } = await reopened(log.disk)
    assert.deepEqual([...groups.keys()], [1])
    assert.deepEqual(hidden, { term: 9, vote: 1, commit: 0, recovering: true })
  })

  it('at an offset begins without a fence, unless nothing is left', async () => {
    for (const batch of [0, 1]) {
      const log = await voter()
      const from = { segment: 1, offset: await offsetOf(log, batch + 1) }
      await truncate(log.disk, { from, isAlone: true })
      const { groups, hidden } = await reopened(log.disk)
      assert.equal(groups.size, batch)
      if (batch === 1) assert.equal(groups.get(1)?.hardState.recovering, false)
      const fence = { term: 9, vote: 1, commit: 0, recovering: true }
      assert.deepEqual(hidden, batch === 1 ? null : fence)
    }
  })
})

describe('what a truncation leaves', () => {
  it('has a copy of entries that end because of what is given up behind them', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(1, 4)), entries(1, 1, { count: 4 })])
    await log.batch([entries(2, 1)])
    const second = await nextLife(log)
    await second.batch([entries(1, 5, { count: 2 })])
    await second.batch([entries(2, 2)])
    const third = await nextLife(second)
    await third.batch([snapshotOf([1, 2, 3], 4), entries(2, 3)])
    await third.rest()
    await third.log?.close()
    assert.ok(!log.disk.files.has(PATH), 'nobody needs the first segment')
    const original = log.disk.copy().bytesOf(`${SMALL_DIRECTORY}/0000000002.log`)
    await truncate(log.disk, { from: { segment: 3, offset: 4096 } })
    assert.equal((await reopened(log.disk)).groups.get(1)?.last, 0)
    const copy = `${SMALL_DIRECTORY}/truncated-3-0000000002.log.copy`
    assert.deepEqual(log.disk.bytesOf(copy), original)
  })

  it('does not come to begin with damage when what was given up lies before that', async () => {
    let log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(1)), entries(1, 1, { count: 3 })])
    await log.batch([hardState(1, hardStateOf(1, 3))])
    await log.batch([entries(1, 4)])
    const from = { segment: 1, offset: await offsetOf(log, 3) }
    await (await nextLife(log)).log?.close()
    await truncate(log.disk, { from, isAlone: true })

    log = await nextLife(log)
    await log.batch([hardState(1, hardStateOf(2, 3)), entries(1, 4, { term: 2 })])
    await log.batch([hardState(1, hardStateOf(2, 4))])
    log = await nextLife(log)
    const head = log.disk.bytesOf(`${SMALL_DIRECTORY}/0000000004.log`)
    head[4104] = (head[4104] as number) ^ 1
    log = await nextLife(log)
    await log.batch([snapshotOf([1], 3), entries(1, 5, { term: 2 })])
    await (await nextLife(log)).log?.close()
    const { groups } = await reopened(log.disk)
    assert.equal(groups.get(1)?.last, 5)
    assert.deepEqual(groups.get(1)?.hardState, hardStateOf(2, 4))
  })

  it('reads the same when the segments before the damage are gone', async () => {
    let log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(1, 1)), entries(1, 1, { count: 4 })])
    await log.batch([hardState(2, hardStateOf(1))])
    log = await nextLife(log)
    await log.batch([entries(1, 5), entries(2, 1)])
    await log.batch([hardState(2, hardStateOf(1))])
    log = await nextLife(log)
    await log.batch([entries(1, 3, { term: 2 })])
    await log.batch([entries(1, 4, { term: 2 })])
    await log.batch([hardState(2, hardStateOf(2)), entries(2, 2)])
    await log.log?.close()
    const { records } = await layoutOf(log.disk)
    const { offset } = records.find(({ index, term }) => index === 3 && term === 2) ?? { offset: 0 }
    log.disk.bytesOf(`${SMALL_DIRECTORY}/0000000003.log`).fill(0, offset, offset + 72)
    // What the lost entry has replaced is lost with it.
    const last = (await judgeDisk(log.disk)).groups.get(1)?.index.last ?? 0
    assert.equal(last, 1)
    await truncate(log.disk, { at: [[1, last]], isAlone: true })

    log = await nextLife(log)
    await log.batch([entries(1, last + 1, { count: 6 - last, term: 3 })])
    await log.batch([cut(1, 4, last < 4 ? 3 : 1), entries(1, 7, { term: 3 })])
    await (await nextLife(log)).log?.close()
    assert.ok(!log.disk.files.has(PATH))
    assert.equal((await reopened(log.disk)).groups.get(1)?.last, 7)
  })
})

describe('what a truncation refuses', () => {
  const isBadRequest = (error: unknown): boolean =>
    error instanceof KvError && error.code === 'BAD_REQUEST'

  it('are places outside the log and groups it has not, and nothing is changed', async () => {
    const log = await voter()
    const before = log.disk.copy()
    const { batches } = await layoutOf(log.disk)
    const end = (batches.at(-1) as { end: number }).end
    const wishes: Wish[] = [
      { from: { segment: 999, offset: 4096 } },
      { from: { segment: 0, offset: 4096 } },
      { from: { segment: 0, offset: 0 } },
      { from: { segment: 1, offset: 0 } },
      { from: { segment: 1, offset: 4095 } },
      { from: { segment: 1, offset: end + 1 } },
      { from: { segment: 1, offset: 2 ** 50 } },
      { at: [[7, 0]] },
    ]
    for (const wish of wishes) {
      const name = JSON.stringify(wish)
      await assert.rejects(previewTruncation(optionsOf(log.disk, wish)), isBadRequest, name)
      await assert.rejects(truncate(log.disk, wish), isBadRequest, name)
    }
    assert.deepEqual(log.disk.files, before.files)
  })

  it('is none of the places inside it: each leaves a log that opens and may not vote', async () => {
    const log = await voter()
    const { batches } = await layoutOf(log.disk)
    const end = (batches.at(-1) as { end: number }).end
    for (let offset = 4096; offset <= end; offset += offset % 8 === 0 ? 1 : 7) {
      const disk = log.disk.copy()
      await truncate(disk, { from: { segment: 1, offset } })
      const { groups, hidden, log: opened } = await reopened(disk)
      for (const { hardState: state } of groups.values()) {
        assert.ok(state.recovering && state.term >= 9, `offset ${offset}`)
      }
      assert.ok(hidden?.recovering === true && hidden.term >= 9, `offset ${offset}`)
      await opened.close()
    }
  })

  it('knows where an older segment ends', async () => {
    const log = await voter()
    const { batches } = await layoutOf(log.disk)
    const end = (batches.at(-1) as { end: number }).end
    await log.log?.close()
    await (await reopened(log.disk)).log.close()
    const past = { segment: 1, offset: end + 8 }
    await assert.rejects(previewTruncation(optionsOf(log.disk, { from: past })), isBadRequest)
    const { groups } = await previewTruncation(
      optionsOf(log.disk, { from: { segment: 2, offset: 4096 } }),
    )
    assert.equal(groups.find(({ group }) => group === 1)?.lastAfter, 5)
  })

  it('is a log that a node used while it was looked at', async () => {
    const { disk } = await voter()
    const busy = new BusyDisk(disk)
    await assert.rejects(truncate(busy, { at: [[1, 4]] }), /a node has used \/log in the meantime/)
    assert.ok(![...busy.files.keys()].some((name) => name.endsWith('.copy')))
  })
})

function configurationAt(index: number): ModelStep {
  const entry = entryOf(index, 9, { kind: 'configuration' })
  return {
    kind: 'write',
    write: { group: 1, hardState: null, entries: [entry], snapshot: null },
  }
}

/** Between the first lock and the second a node starts and ends. */
class BusyDisk extends MemoryDisk {
  #locks = 0

  constructor(other: MemoryDisk) {
    super()
    for (const [path, inode] of other.copy().files) this.files.set(path, inode)
  }

  override async lock(path: string): Promise<DiskLock> {
    this.#locks += 1
    if (this.#locks === 2) await (await reopened(this)).log.close()
    return super.lock(path)
  }
}
