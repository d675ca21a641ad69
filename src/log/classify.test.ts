import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { GroupId } from '../raft/index.ts'
import { segmentName } from './format.ts'
import type { MemoryDisk } from './testing/memory-disk.ts'
import { entryOf, type Model, type ModelGroup, type ModelStep, markOf } from './testing/model.ts'
import {
  equalsAll,
  equalsModel,
  type Judged,
  judgeDisk,
  type Layout,
  layoutOf,
  SMALL_DIRECTORY,
  SmallLog,
} from './testing/small-log.ts'

const PATH = `${SMALL_DIRECTORY}/${segmentName(1)}`
const HEADER_USED = 120

function append(group: GroupId, from: number, terms: readonly number[], commit: number): ModelStep {
  const entries = terms.map((term, i) =>
    entryOf(from + i, term, { bytes: 13 + i, kind: from + i === 1 ? 'configuration' : 'command' }),
  )
  const term = terms.at(-1) ?? 1
  const hardState = { term, vote: 2, commit, recovering: false }
  return { kind: 'write', write: { group, hardState, entries, snapshot: null } }
}

/** Several groups, several batches, a replaced suffix, a cut, an installed snapshot. */
async function writeSmallLog(log: SmallLog): Promise<void> {
  await log.open()
  await log.batch([append(1, 1, [1, 1, 1], 0), append(2, 1, [1], 0)])
  await log.batch([append(2, 2, [1, 1], 1), append(3, 1, [2], 0)])
  await log.batch([append(1, 3, [2, 2], 2), { kind: 'cut', group: 2, mark: markOf(1, 1) }])
  await log.batch([
    {
      kind: 'write',
      write: {
        group: 3,
        hardState: { term: 3, vote: 0, commit: 9, recovering: false },
        entries: [entryOf(10, 3)],
        snapshot: markOf(9, 3),
      },
    },
  ])
  await log.batch([append(1, 5, [2], 4), append(2, 4, [1, 4], 3)])
}

interface Flip {
  readonly disk: MemoryDisk
  readonly byte: number
  readonly bit: number
}

async function judgeFlipped({ disk, byte, bit }: Flip): Promise<Judged> {
  const bytes = disk.bytesOf(PATH)
  const before = bytes[byte] as number
  bytes[byte] = before ^ (1 << bit)
  try {
    return await judgeDisk(disk)
  } finally {
    bytes[byte] = before
  }
}

/**
 * What must hold of every verdict, however the log was damaged: a group is as it was, or it is
 * marked and keeps a beginning of what it had, promises included.
 */
function neverWrong({ groups, verdict }: Judged, log: SmallLog, label: string): void {
  for (const [id, expected] of log.model.groups) {
    const group = groups.get(id)
    if (verdict.lost.includes(id)) {
      assert.ok(group?.hardState.recovering, `${label}: group ${id} is marked`)
      const known = group.index
      for (const { index, term } of expected.entries) {
        if (index > group.hardState.commit) break
        assert.ok(index > known.markIndex && known.termAt(index) === term, `${label}: ${id}`)
      }
      keepsPromises(group.hardState, expected, `${label}: promises of ${id}`)
    } else if (verdict.kind !== 'damaged' || group !== undefined) {
      // A cut that is lost only leaves more in the log than is needed.
      const whole = log.uncut.groups.get(id) as ModelGroup
      const same = equalsModel(group, expected) || equalsModel(group, whole)
      assert.ok(same, `${label}: group ${id} is as it was`)
    }
  }
}

function keepsPromises(
  state: { term: number; vote: number },
  { hardState }: ModelGroup,
  label: string,
): void {
  assert.ok(state.term >= hardState.term, label)
  if (state.term === hardState.term) assert.ok(state.vote === hardState.vote || state.vote === 1)
}

describe('every single bit of a small log', () => {
  const log = new SmallLog()
  let layout: Layout
  let acknowledged: MemoryDisk
  let idle: MemoryDisk

  before(async () => {
    await writeSmallLog(log)
    acknowledged = log.disk.copy()
    layout = await layoutOf(acknowledged)
    await log.rest()
    idle = log.disk.copy()
    assert.notDeepEqual(idle.bytesOf(PATH), acknowledged.bytesOf(PATH))
  })

  function batchAt(byte: number): number {
    return layout.batches.findIndex(({ start, end }) => byte >= start && byte < end)
  }

  /** Bytes that fill up to the next multiple of 8 mean nothing. */
  function isPadding(byte: number): boolean {
    return layout.records.some(({ offset, payloadBytes }) => {
      const end = offset + 72 + payloadBytes
      return byte >= end && byte < Math.ceil(end / 8) * 8
    })
  }

  async function flipAll(
    disk: MemoryDisk,
    check: (judged: Judged, place: { byte: number; batch: number; label: string }) => void,
  ): Promise<void> {
    const end = (layout.batches.at(-1)?.end ?? 0) + 200
    for (let byte = 0; byte < end; byte++) {
      if (byte >= HEADER_USED && byte < 4096 && byte % 97 !== 0) continue
      for (let bit = 0; bit < 8; bit++) {
        const judged = await judgeFlipped({ disk, byte, bit })
        const batch = batchAt(byte)
        const label = `byte ${byte} bit ${bit} batch ${batch}: ${judged.verdict.kind}`
        check(judged, { byte, batch, label })
      }
    }
  }

  it('is judged as the table says while nothing shows that the last batch is durable', async () => {
    const last = layout.batches.length - 1
    const before = log.states.at(-2) as Model
    let suspects = 0
    await flipAll(acknowledged, (judged, { byte, batch, label }) => {
      const { kind } = judged.verdict
      const harmless = byte >= HEADER_USED && (batch < 0 || isPadding(byte))
      if (harmless) {
        assert.notEqual(kind, 'damaged', label)
        assert.ok(equalsAll(judged.groups, log.model), label)
      } else if (batch === last) {
        assert.equal(kind, 'tornTail', label)
        assert.ok(equalsAll(judged.groups, before), label)
        if (judged.verdict.reason.startsWith('suspect')) suspects += 1
      } else {
        assert.notEqual(kind, 'tornTail', label)
        if (byte < HEADER_USED) assert.equal(kind, 'damaged', label)
        neverWrong(judged, log, label)
      }
    })
    assert.ok(suspects > 1000, 'a damaged batch whose end is there is told apart')
  })

  it('is never taken for a torn tail once evidence follows the last batch', async () => {
    await flipAll(idle, (judged, { byte, batch, label }) => {
      const { kind } = judged.verdict
      if (byte >= HEADER_USED && (batch < 0 || isPadding(byte))) {
        assert.notEqual(kind, 'damaged', label)
        assert.ok(equalsAll(judged.groups, log.model), label)
        return
      }
      assert.notEqual(kind, 'tornTail', label)
      neverWrong(judged, log, label)
    })
  })

  it('names group and index when only the data of an entry is damaged', async () => {
    let live = 0
    for (const record of layout.records) {
      if (record.type !== 1 || record.payloadBytes === 0) continue
      const judged = await judgeFlipped({ disk: idle, byte: record.offset + 72, bit: 3 })
      const { group, index, offset } = record
      const [damage] = judged.reading.damages
      assert.deepEqual([damage?.group, damage?.index, damage?.offset], [group, index, offset])
      const expected = log.model.groups.get(group) as ModelGroup
      const current = expected.entries.find((entry) => entry.index === index)
      if (current?.term === record.term) {
        live += 1
        assert.deepEqual(judged.verdict.lost, [group])
        assert.equal(judged.groups.get(group)?.index.last, index - 1)
      } else {
        assert.equal(judged.verdict.kind, 'clean')
        assert.ok(equalsAll(judged.groups, log.model))
      }
    }
    assert.ok(live > 5)
  })
})

describe('every byte prefix of a small log', () => {
  const log = new SmallLog()
  let layout: Layout
  let bytes: Uint8Array

  before(async () => {
    await writeSmallLog(log)
    layout = await layoutOf(log.disk)
    bytes = log.disk.bytesOf(PATH).slice()
  })

  it('with nothing written behind it is torn exactly inside a batch', async () => {
    const disk = log.disk.copy()
    const end = (layout.batches.at(-1)?.end ?? 0) + 16
    const target = disk.bytesOf(PATH)
    for (let length = 0; length <= end; length++) {
      target.fill(0)
      target.set(bytes.subarray(0, length))
      const { verdict, groups } = await judgeDisk(disk)
      const label = `prefix of ${length}: ${verdict.kind} ${verdict.reason}`
      const whole = layout.batches.filter((batch) => isWhole(batch, length)).length
      if (whole === 0) {
        assert.equal(verdict.kind, 'damaged', label)
        continue
      }
      const next = layout.batches[whole]
      const begun = next !== undefined && length > next.start
      assert.equal(verdict.kind, begun ? 'tornTail' : 'clean', label)
      assert.ok(equalsAll(groups, log.states[whole - 1] as Model), label)
    }
  })

  /** The last bytes of a batch may be zeros that are there anyway. */
  function isWhole({ end }: { end: number }, length: number): boolean {
    return length >= end || bytes.subarray(length, end).every((byte) => byte === 0)
  }

  it('with the file cut off there is damage: no crash shortens a segment', async () => {
    const disk = log.disk.copy()
    const inode = disk.files.get(PATH)
    assert.ok(inode !== undefined)
    for (let length = 0; length < bytes.length; length += length < 7000 ? 1 : 101) {
      inode.bytes = bytes.slice(0, length)
      const judged = await judgeDisk(disk)
      assert.equal(judged.verdict.kind, 'damaged', `cut to ${length}`)
      if (judged.groups.size === 3) neverWrong(judged, log, `cut to ${length}`)
    }
  })
})
