import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { crc32c, KvError, LOG_DAMAGES_REPORTED_MAX } from '../base/index.ts'
import type { GroupId, NodeId, Term } from '../raft/index.ts'
import { SEGMENT_HEADER_BYTES, segmentName, TYPE_ENTRY, TYPE_GROUP_STATE } from './format.ts'
import type { LogOptions, OpenedLog } from './index.ts'
import type { ScannedRecord } from './scan.ts'
import { settle } from './testing/manual-clock.ts'
import type { MemoryDisk } from './testing/memory-disk.ts'
import { lastOf, type ModelStep } from './testing/model.ts'
import { judgeDisk, layoutOf, SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { cut, entries, hardState, hardStateOf } from './testing/steps.ts'

const PEERS = { repairable: true, create: false }
const ALONE = { repairable: false, create: false }

function pathOf(segment: number): string {
  return `${SMALL_DIRECTORY}/${segmentName(segment)}`
}

function rot(disk: MemoryDisk, path: string, offset: number): void {
  const bytes = disk.bytesOf(path)
  bytes[offset] = (bytes[offset] as number) ^ 0x10
}

function stateOf(opened: OpenedLog, group: GroupId) {
  const replica = opened.groups.get(group)
  assert.ok(replica !== undefined, `group ${group} is known`)
  return { ...replica.hardState, last: replica.last }
}

/** Three groups, the second one in the middle only, and evidence at the end. */
async function threeGroups(): Promise<SmallLog> {
  const log = new SmallLog()
  await log.open()
  await log.batch([hardState(1, hardStateOf(5, 0, 3)), entries(1, 1, { count: 3, term: 5 })])
  await log.batch([hardState(2, hardStateOf(8, 0, 3)), entries(2, 1, { count: 3, term: 8 })])
  await log.batch([entries(3, 1, { count: 2, term: 2 }), hardState(3, hardStateOf(2, 0, 1))])
  await log.batch([entries(1, 4, { term: 5 }), hardState(1, hardStateOf(5, 3, 3))])
  await log.rest()
  return log
}

async function recordOf(
  log: SmallLog,
  find: (record: ScannedRecord) => boolean,
): Promise<ScannedRecord> {
  const { records } = await layoutOf(log.disk)
  const record = records.find(find)
  assert.ok(record !== undefined)
  return record
}

function again(log: SmallLog, options: Partial<LogOptions> = PEERS): Promise<OpenedLog> {
  return new SmallLog(log.disk).open(options)
}

describe('a damaged entry in a node that has peers', () => {
  it('costs its group what follows it, marks it, and leaves the others alone', async () => {
    const log = await threeGroups()
    const record = await recordOf(log, ({ group, index }) => group === 2 && index === 2)
    rot(log.disk, pathOf(1), record.offset + 72)
    const opened = await again(log)
    assert.equal(opened.report.verdict, 'damaged')
    assert.deepEqual(opened.report.groups, [2])
    assert.equal(opened.report.file, pathOf(1))
    assert.equal(opened.report.offset, record.offset)
    assert.deepEqual(stateOf(opened, 2), {
      ...{ term: 8, vote: 3, commit: 0, recovering: true },
      last: 1,
    })
    assert.deepEqual(stateOf(opened, 1), { ...hardStateOf(5, 3, 3), last: 4 })
    assert.deepEqual(stateOf(opened, 3), { ...hardStateOf(2, 0, 1), last: 2 })
    assert.equal(opened.hidden, null)
  })

  it('stays marked over restarts until it is whole again', async () => {
    const log = await threeGroups()
    const record = await recordOf(log, ({ group, index }) => group === 2 && index === 2)
    rot(log.disk, pathOf(1), record.offset + 72)
    for (let life = 0; life < 3; life++) {
      const opened = await again(log)
      assert.equal(opened.report.verdict, life === 0 ? 'damaged' : 'clean')
      assert.equal(stateOf(opened, 2).recovering, true)
    }
    const repaired = new SmallLog(log.disk)
    await repaired.open(PEERS)
    await repaired.batch([entries(2, 2, { count: 3, term: 9 }), hardState(2, hardStateOf(9, 3))])
    const opened = await again(log, { repairable: false })
    assert.deepEqual(stateOf(opened, 2), { ...hardStateOf(9, 3), last: 4 })
  })

  it('is no loss when it was replaced or cut since', async () => {
    for (const later of [cut(2, 2, 8), entries(2, 2, { count: 2, term: 9 })]) {
      const log = await threeGroups()
      await log.batch([later, hardState(2, hardStateOf(9, 2))])
      await log.rest()
      const find = ({ group, index, term }: ScannedRecord): boolean =>
        group === 2 && index === 2 && term === 8
      rot(log.disk, pathOf(1), (await recordOf(log, find)).offset + 72)
      const opened = await again(log, { repairable: false })
      assert.equal(opened.report.verdict, 'clean')
      assert.match(opened.report.reason, /no longer needed/)
      assert.equal(stateOf(opened, 2).recovering, false)
    }
  })
})

describe('damage of unknown extent in a node that has peers', () => {
  it('fences every group whose promises may be in it, with a vote for itself', async () => {
    const log = await threeGroups()
    const record = await recordOf(log, ({ group, index }) => group === 2 && index === 1)
    rot(log.disk, pathOf(1), record.offset + 20)
    const opened = await again(log)
    // Group 2 lost its first entry and so all of them; what follows names 8 as the highest term.
    const fenced = stateOf(opened, 2)
    assert.deepEqual(fenced, { term: 8, vote: 1, commit: 0, recovering: true, last: 0 })
    // The others have later records that continue what they had.
    assert.equal(stateOf(opened, 1).recovering, false)
    assert.equal(stateOf(opened, 3).recovering, false)
    assert.deepEqual(opened.hidden, { term: 8, vote: 1, commit: 0, recovering: true })
    const next = await again(log)
    assert.equal(next.report.verdict, 'clean')
    assert.deepEqual(next.hidden, { term: 8, vote: 1, commit: 0, recovering: true })
    assert.deepEqual(stateOf(next, 2), fenced)
  })

  it('that swallowed a hard state raises the term to the highest ever written', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(4, 0, 3)), entries(1, 1, { term: 4 })])
    await log.batch([hardState(1, hardStateOf(6, 0, 2))])
    await log.batch([hardState(2, hardStateOf(7, 0, 2)), entries(2, 1, { term: 7 })])
    await log.rest()
    const { records } = await layoutOf(log.disk)
    const lost = records.find(({ type, term }) => type === 2 && term === 6)
    assert.ok(lost !== undefined)
    rot(log.disk, pathOf(1), lost.offset + 8)
    const opened = await again(log)
    // The end of the damaged batch names term 6: what was lost before it is not above that.
    assert.deepEqual(stateOf(opened, 1), { term: 6, vote: 1, commit: 0, recovering: true, last: 1 })
  })

  it('that swallowed entries is not made good by a cut that does not cover them all', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([entries(1, 1, { count: 2 }), hardState(1, hardStateOf(1, 2))])
    await log.batch([entries(1, 3, { count: 4 })])
    await log.batch([cut(1, 4), hardState(1, hardStateOf(1, 4))])
    await log.rest()
    const { batches } = await layoutOf(log.disk)
    const lost = batches[2]
    assert.ok(lost !== undefined)
    log.disk.bytesOf(pathOf(1)).fill(0, lost.start, lost.end)
    const opened = await again(log)
    assert.deepEqual(opened.report.groups, [1])
    const state = stateOf(opened, 1)
    assert.ok(state.recovering, 'entries 5 and 6 were acknowledged')
    assert.equal(state.last, 4)
  })

  it('never joins entries across a replacement that was lost', async () => {
    // Entries 2 and 3 of term 1 were replaced by 2' and 3' of term 2, and that batch is damaged:
    // 4' stands at the right index and must not be joined to the old 3.
    const log = new SmallLog()
    await log.open()
    await log.batch([entries(1, 1, { count: 3 }), hardState(1, hardStateOf(1, 1))])
    await log.batch([entries(1, 2, { count: 2, term: 2, bytes: 5 })])
    await log.batch([entries(1, 4, { term: 2 }), hardState(1, hardStateOf(2, 4))])
    await log.rest()
    const { batches } = await layoutOf(log.disk)
    const lost = batches[2]
    assert.ok(lost !== undefined)
    log.disk.bytesOf(pathOf(1)).fill(0, lost.start, lost.end)
    const opened = await again(log)
    const state = stateOf(opened, 1)
    assert.ok(state.recovering && state.last <= 3)
    assert.equal(state.commit, 1, 'only what was committed before is certain')
  })

  it('that took the beginning of a group leaves nothing of it that is believed', async () => {
    // A mark that says what there was, a term without its vote, a vote without its entries, and
    // entries that continue others.
    const remains: readonly (readonly [ModelStep, { term: Term; vote: NodeId }])[] = [
      [cut(2, 3, 8), { term: 8, vote: 1 }],
      [cut(2, 1, 7), { term: 8, vote: 1 }],
      [hardState(2, hardStateOf(9, 0, 2)), { term: 9, vote: 2 }],
      [entries(2, 4, { term: 8 }), { term: 8, vote: 1 }],
    ]
    for (const [later, promise] of remains) {
      const log = new SmallLog()
      await log.open()
      await log.batch([hardState(1, hardStateOf(5, 0, 3)), entries(1, 1, { term: 5 })])
      await log.batch([
        entries(2, 1, { term: 7 }),
        entries(2, 2, { count: 2, term: 8 }),
        hardState(2, hardStateOf(8, 0, 3)),
      ])
      await log.batch([later, entries(1, 2, { term: 5 }), hardState(1, hardStateOf(5, 2, 3))])
      await log.rest()
      const lost = (await layoutOf(log.disk)).batches[2]
      assert.ok(lost !== undefined)
      log.disk.bytesOf(pathOf(1)).fill(0, lost.start, lost.end)
      const opened = await again(log)
      assert.deepEqual(opened.report.groups, [2])
      const { term, vote, recovering } = stateOf(opened, 2)
      assert.deepEqual({ term, vote, recovering }, { ...promise, recovering: true })
      assert.equal(stateOf(opened, 1).recovering, false)
    }
  })

  it('leaves a group that nobody remembers in doubt until its promises are written', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([hardState(2, hardStateOf(8, 0, 3)), entries(2, 1, { count: 3, term: 8 })])
    await log.batch([hardState(1, hardStateOf(5, 0, 3)), entries(1, 1, { term: 5 })])
    await log.rest()
    const lost = (await layoutOf(log.disk)).batches[1]
    assert.ok(lost !== undefined)
    log.disk.bytesOf(pathOf(1)).fill(0, lost.start, lost.end)
    const repaired = new SmallLog(log.disk)
    const { groups, hidden } = await repaired.open(PEERS)
    assert.equal(groups.has(2), false)
    assert.ok(hidden !== null && hidden !== undefined)
    await repaired.batch([entries(2, 1, { count: 2, term: hidden.term })])
    const opened = await again(log)
    assert.deepEqual(stateOf(opened, 2), { ...hidden, last: 2 })
    const whole = new SmallLog(log.disk)
    await whole.open(PEERS)
    await whole.batch([hardState(2, hardStateOf(hidden.term + 1, 1, 3))])
    const { recovering, vote } = stateOf(await again(log), 2)
    assert.deepEqual({ recovering, vote }, { recovering: false, vote: 3 })
  })

  it('at the end of the log assumes a term nobody can have reached', async () => {
    const log = await threeGroups()
    const { batches } = await layoutOf(log.disk)
    const inode = log.disk.files.get(pathOf(1))
    assert.ok(inode !== undefined)
    inode.bytes = inode.bytes.slice(0, (batches[2] as { start: number }).start)
    const opened = await again(log)
    assert.deepEqual(opened.report.groups, [1])
    assert.ok(stateOf(opened, 1).term > 1_000_000)
    assert.ok((opened.hidden?.term ?? 0) > 1_000_000)
  })
})

describe('missing and exchanged segments', () => {
  async function manySegments(): Promise<SmallLog> {
    const log = new SmallLog()
    await log.open()
    for (let i = 1; i <= 12; i++) {
      await log.batch([
        entries(1 + (i % 2), Math.ceil(i / 2), { bytes: 1500 }),
        hardState(1 + (i % 2), hardStateOf(1, 0)),
      ])
    }
    await log.rest()
    return log
  }

  it('are damage wherever they are: no gap is ever applied', async () => {
    const whole = await manySegments()
    const segments = [...whole.disk.files.keys()].filter((name) => name.endsWith('.log'))
    assert.ok(segments.length >= 5)
    for (const path of segments) {
      const log = new SmallLog(whole.disk.copy())
      log.disk.files.delete(path)
      await assert.rejects(again(log, { repairable: false, create: false }), isCorrupt, path)
      const opened = await again(log)
      assert.equal(opened.report.verdict, 'damaged', path)
      for (const [id, group] of opened.groups) {
        const expected = whole.model.groups.get(id)
        assert.ok(expected !== undefined)
        if (group.last < lastOf(expected)) assert.equal(group.hardState.recovering, true)
      }
      assert.ok(opened.report.groups.length > 0)
    }
  })

  it('are told from each other by more than their names', async () => {
    const log = await manySegments()
    const { files } = log.disk
    const [second, third] = [files.get(pathOf(2)), files.get(pathOf(3))]
    assert.ok(second !== undefined && third !== undefined)
    files.set(pathOf(2), third)
    files.set(pathOf(3), second)
    const judged = await judgeDisk(log.disk)
    assert.equal(judged.verdict.kind, 'damaged')
    assert.match(judged.reading.damages[0]?.reason ?? '', /holds segment 3/)
  })

  it('hold no record that is valid anywhere but in its place', async () => {
    const log = await threeGroups()
    const { records } = await layoutOf(log.disk)
    const bytes = log.disk.bytesOf(pathOf(1))
    const [first, second] = [records[1], records[2]]
    assert.ok(first !== undefined && second !== undefined)
    assert.equal(first.payloadBytes, second.payloadBytes)
    const length = 72 + first.payloadBytes
    bytes.copyWithin(second.offset, first.offset, first.offset + length)
    const judged = await judgeDisk(log.disk)
    assert.notEqual(judged.verdict.kind, 'clean')
    assert.notEqual(judged.verdict.kind, 'tornTail')
  })

  it('with damage are kept aside, not used again', async () => {
    const log = await manySegments()
    rot(log.disk, pathOf(2), 4096 + 300)
    const damaged = new SmallLog(log.disk, { recycledSegmentsMax: 9 })
    const opened = await damaged.open(PEERS)
    for (const [group, { last }] of opened.groups) {
      await damaged.batch([
        { kind: 'cut', group, mark: { ...markAt(last), term: last === 0 ? 0 : 1 } },
        hardState(group, hardStateOf(2, last)),
      ])
    }
    await damaged.batch([hardState(1, hardStateOf(3, 0))])
    assert.ok(log.disk.files.has(`${SMALL_DIRECTORY}/0000000002.damaged`))
    assert.ok(!log.disk.files.has(pathOf(2)))
  })
})

function markAt(index: number) {
  const configuration = { voters: [1], outgoing: [], learners: [] }
  return { index, term: 1, configuration, configurationIndex: 0 }
}

function isCorrupt(error: unknown): boolean {
  return error instanceof KvError && error.code === 'LOG_CORRUPT'
}

describe('damage in a node without peers', () => {
  it('is refused with file, offset, entry and reason, and nothing is changed', async () => {
    const log = await threeGroups()
    const record = await recordOf(log, ({ group, index }) => group === 2 && index === 2)
    rot(log.disk, pathOf(1), record.offset + 72)
    const before = log.disk.copy()
    await assert.rejects(again(log, { repairable: false }), (error) => {
      assert.ok(isCorrupt(error))
      const text = (error as Error).message
      assert.ok(text.includes(`${pathOf(1)} at offset ${record.offset}`))
      assert.match(text, /entry 2 of group 2: the payload does not match its checksum/)
      assert.match(text, /quorate log check/)
      return true
    })
    assert.deepEqual(log.disk.files, before.files)
  })

  it('is refused also when it is not known that anything is lost', async () => {
    const log = new SmallLog()
    await log.open()
    await log.rest()
    rot(log.disk, pathOf(1), 50)
    await assert.rejects(again(log, { repairable: false }), isCorrupt)
  })

  it('in a last batch that is complete is dropped, or refused when that is wanted', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([entries(1, 1, { count: 2 })])
    await log.batch([entries(1, 3, { count: 2 })])
    const { records } = await layoutOf(log.disk)
    rot(log.disk, pathOf(1), (records.at(-1)?.offset ?? 0) + 72)
    await assert.rejects(again(log, { repairable: false, suspectTail: 'refuse' }), isCorrupt)
    const opened = await again(log, { repairable: false })
    assert.equal(opened.report.verdict, 'tornTail')
    assert.match(opened.report.reason, /suspect tail/)
    assert.equal(opened.groups.get(1)?.last, 2)
    const copies = [...log.disk.files.keys()].filter((name) => name.includes('/torn-'))
    assert.equal(copies.length, 1)
  })
})

describe('a log of which nothing in order can be read', () => {
  it('has made promises in no term above what older segments speak of', async () => {
    const term = 2 ** 21
    let log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(term, 0, 3)), entries(1, 1, { term })])
    await log.batch([entries(1, 2, { term })])
    for (let lives = 3; lives > 0; lives--) log = await restarted(log)
    await log.log?.close()
    log.disk.files.delete(pathOf(3))
    log.disk.bytesOf(pathOf(4)).fill(0, 0, SEGMENT_HEADER_BYTES)
    const { hidden, groups } = await again(log)
    assert.equal(groups.size, 0)
    assert.ok((hidden?.term ?? 0) > term)
  })
})

describe('damage that matters to nobody', () => {
  it('is never what a log begins with when older segments go', async () => {
    let log = new SmallLog()
    await log.open()
    await log.batch([hardState(2, hardStateOf(8, 0, 3)), entries(2, 1, { count: 3, term: 8 })])
    await log.batch([hardState(1, hardStateOf(5, 0, 3)), entries(1, 1, { term: 5 })])
    log = await restarted(log)
    await log.batch([entries(2, 4, { term: 8 }), hardState(2, hardStateOf(8, 4, 3))])
    await log.batch([entries(1, 2, { term: 5 })])
    log = await restarted(log)
    const isHead = ({ type, segment, group }: ScannedRecord): boolean =>
      type === TYPE_GROUP_STATE && segment === 2 && group === 2
    rot(log.disk, pathOf(2), (await recordOf(log, isHead)).offset + 8)

    // Entry 4 is needed, and nothing before it.
    log = await restarted(log)
    await log.batch([cut(1, 2, 5), cut(2, 3, 8), entries(1, 3, { term: 5 })])
    await log.rest()
    const opened = await new SmallLog(log.disk.copy()).open(ALONE)
    assert.match(opened.report.reason, /no longer needed/)
    assert.deepEqual(stateOf(opened, 2), { ...hardStateOf(8, 4, 3), last: 4 })

    // They go together, when nothing in either is needed or being loaded any more.
    const { promise, resolve } = Promise.withResolvers<void>()
    log.faulty.before = ({ operation, path }) =>
      operation === 'read' && path === pathOf(2) ? promise : null
    const loading = log.log?.load(2, 4, 4, 10_000)
    await settle()
    await log.batch([cut(2, 4, 8), entries(1, 4, { term: 5 })])
    await log.rest()
    const left = () => [1, 2].filter((segment) => log.disk.files.has(pathOf(segment)))
    assert.deepEqual(left(), [1, 2])
    resolve()
    assert.equal((await loading)?.length, 1)
    await settle()
    assert.deepEqual(left(), [])
  })

  it('follows no segment of a life without a word when that has become the first', async () => {
    let log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(5, 0, 3)), entries(1, 1, { count: 3, term: 5 })])
    await log.batch([hardState(1, hardStateOf(5, 3, 3))])
    // Of this one not even the head counts: the next says that the log ends before it.
    log = await restarted(log)
    log = await restarted(log)
    await log.batch([entries(1, 4, { count: 2, term: 5 })])
    await log.batch([hardState(1, hardStateOf(5, 4, 3))])
    log = await restarted(log)
    rot(log.disk, pathOf(3), SEGMENT_HEADER_BYTES + 8)

    log = await restarted(log)
    await log.batch([cut(1, 3, 5), entries(1, 6, { term: 5 })])
    await log.rest()
    const opened = await new SmallLog(log.disk.copy()).open(ALONE)
    assert.deepEqual(stateOf(opened, 1), { ...hardStateOf(5, 4, 3), last: 6 })
  })

  it('is known of a segment, however much there is in others', async () => {
    let log = new SmallLog()
    await log.open()
    // Which keeps the first segment.
    await log.batch([entries(2, 1), hardState(2, hardStateOf(1, 0))])
    const count = LOG_DAMAGES_REPORTED_MAX + 1
    await log.batch([entries(1, 1, { count, bytes: 8 }), hardState(1, hardStateOf(1, count))])
    await log.batch([cut(1, count), entries(1, count + 1)])
    log = await restarted(log)
    await log.batch([entries(1, count + 2), hardState(1, hardStateOf(1, count))])
    await log.batch([cut(1, count + 2), entries(1, count + 3)])
    await log.rest()
    const { records } = await layoutOf(log.disk)
    const [last] = records.map(({ segment }) => segment).slice(-1)
    const isGone = ({ type, group, index }: ScannedRecord): boolean =>
      type === TYPE_ENTRY && group === 1 && (index <= count || index === count + 2)
    for (const { segment, offset } of records.filter(isGone)) {
      rot(log.disk, pathOf(segment), offset + 72)
    }
    const { reading, verdict } = await judgeDisk(log.disk)
    assert.equal(verdict.kind, 'clean')
    assert.equal(reading.damages.length, LOG_DAMAGES_REPORTED_MAX)
    assert.ok(!reading.damages.some(({ segment }) => segment === last))
    assert.ok(reading.damaged.has(last as number))
  })
})

/** The next life of the log of a node without peers. */
async function restarted(log: SmallLog): Promise<SmallLog> {
  await log.log?.close()
  const next = new SmallLog(log.disk)
  await next.open(ALONE)
  return next
}

describe('what a segment was born with', () => {
  it('is durable without further evidence: head, and what was carried over', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([hardState(1, hardStateOf(1, 0)), entries(1, 1, { count: 2 })])
    const next = new SmallLog(log.disk)
    await next.open({ create: false })
    const path = pathOf(2)
    for (let byte = 4096; byte < 4096 + 400; byte += 8) {
      const disk = log.disk.copy()
      rot(disk, path, byte)
      const { verdict, groups } = await judgeDisk(disk)
      assert.notEqual(verdict.kind, 'tornTail', `byte ${byte}`)
      if (verdict.kind === 'clean') assert.equal(groups.get(1)?.index.last, 2)
    }
  })
})

describe('a log of a later format', () => {
  it('is refused whatever the node could repair', async () => {
    const log = await threeGroups()
    const bytes = log.disk.bytesOf(pathOf(1))
    const view = new DataView(bytes.buffer)
    view.setUint16(12, 2, true)
    view.setUint32(8, crc32c(bytes, 12, 120, 0), true)
    await assert.rejects(again(log), (error) => {
      assert.ok(error instanceof KvError && error.code === 'LOG_FOREIGN')
      return true
    })
  })
})

describe('whatever bytes a segment holds', () => {
  it('recovery ends, allocates for no length it read, and invents no entries', async () => {
    const log = await threeGroups()
    const size = log.disk.bytesOf(pathOf(1)).length
    const damage = fc.record({
      offset: fc.nat({ max: size - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (damages) => {
        const disk = log.disk.copy()
        const target = disk.bytesOf(pathOf(1))
        for (const { offset, bytes } of damages) {
          target.set(bytes.subarray(0, size - offset), offset)
        }
        const { groups } = await judgeDisk(disk)
        for (const [id, group] of groups) {
          const expected = log.model.groups.get(id)?.entries ?? []
          for (let at = 1; at <= group.index.last; at++) {
            assert.equal(group.index.termAt(at), expected[at - 1]?.term)
          }
        }
      }),
      { numRuns: 1500 },
    )
  })

  it('a header with any length and a right checksum is not followed out of the file', async () => {
    const log = await threeGroups()
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 20 }), async (length, at) => {
        const disk = log.disk.copy()
        const { records } = await layoutOf(disk)
        const record = records[at % records.length]
        assert.ok(record !== undefined)
        const bytes = disk.bytesOf(pathOf(1))
        const view = new DataView(bytes.buffer)
        view.setUint32(record.offset + 12, length, true)
        const seed = view.getUint32(8, true) ^ Math.imul(record.offset >>> 3, 0x9e3779b1)
        const crc = crc32c(bytes, record.offset + 8, record.offset + 72, seed >>> 0)
        view.setUint32(record.offset + 4, crc, true)
        const { verdict } = await judgeDisk(disk)
        assert.ok(length === record.payloadBytes || verdict.kind !== 'tornTail')
      }),
      { numRuns: 300 },
    )
  })
})
