/** What a truncation may make of a log, of whose groups it is known what they were. */

import assert from 'node:assert/strict'
import type { GroupId, HardState, RecoveredReplica } from '../../raft/index.ts'
import { type Place, segmentName } from '../format.ts'
import type { OpenedLog, Truncation } from '../index.ts'
import { ALONE, isAlone } from './damaged-log.ts'
import { type Inode, type MemoryDisk, readable } from './memory-disk.ts'
import { entryOf, lastOf, type Model, type ModelGroup, NEW_GROUP } from './model.ts'
import { SMALL_DIRECTORY, SmallLog } from './small-log.ts'
import type { Patient, Wish } from './truncations.ts'
import { isCommittedRight, isWhole, keeps, promisesOf, termIn, told } from './what-was.ts'

export interface Case {
  readonly patient: Patient
  readonly wish: Wish
  /** What was written, before any damage. */
  readonly model: Model
  readonly aloneOfFour: number
  /** Groups that gave up what was committed before, and wrote something else since. */
  readonly rewritten: ReadonlySet<GroupId>
}

export function checkForeseen({ groups, hiddenTerm }: Truncation, found: OpenedLog): void {
  assert.equal(found.hidden?.term ?? null, hiddenTerm)
  for (const { group, lastAfter, recovering } of groups) {
    const replica = found.groups.get(group)
    assert.equal(replica?.last ?? null, lastAfter)
    assert.equal(replica?.hardState.recovering ?? hiddenTerm !== null, recovering)
  }
  const foreseen = new Set(groups.map(({ group }) => group))
  for (const id of found.groups.keys()) assert.ok(foreseen.has(id), `group ${id} was foreseen`)
}

/** Whatever is gone from the log can still be found beside it. */
export function checkCopies(one: Case, disk: MemoryDisk, foreseen: Truncation): void {
  for (const number of givenUp(one, foreseen)) {
    const name = segmentName(number)
    const path = `${SMALL_DIRECTORY}/${name}`
    const original = readable(one.patient.disk.files.get(path) as Inode)
    const copies = [...disk.files].filter(([other]) => other.endsWith(`-${name}.copy`))
    const same = copies.some(([, { bytes }]) => Buffer.compare(bytes, original) === 0)
    assert.ok(same, `segment ${number} is copied`)
  }
}

/** Segments of which something does not count any more. */
function givenUp({ patient, wish }: Case, { groups }: Truncation): ReadonlySet<number> {
  const { judged, unsettled } = patient
  const numbers = new Set<number>()
  for (const { number } of judged.reading.chain.chain) {
    if (wish.from !== null && number >= wish.from.segment) numbers.add(number)
    if (judged.verdict.lost.length > 0 && judged.reading.damaged.has(number)) numbers.add(number)
  }
  for (const [id, { index }] of unsettled.replay.groups) {
    const last = groups.find(({ group }) => group === id)?.lastAfter ?? 0
    const { positions, markIndex } = index
    const first = Math.max(last, markIndex, positions.first - 1) + 1
    for (let at = first; at <= index.last; at++) numbers.add(positions.segmentOf(at))
  }
  return numbers
}

/** Of a log cut off at a place: nothing behind it counts, and all that can be read before it. */
export function checkPlace({ patient, wish }: Case, { groups }: OpenedLog): void {
  const { from } = wish
  if (from === null) return
  const { borders, judged, unsettled } = patient
  const isWhole = judged.reading.damaged.size === 0 && borders.some((at) => isSame(at, from))
  for (const [id, { index }] of unsettled.replay.groups) {
    const { positions } = index
    const replica = groups.get(id)
    const { last = 0, snapshot = null } = replica ?? {}
    // The mark that covered what is gone from the log may be what is given up.
    const hasBeginning = (snapshot?.index ?? 0) >= positions.first - 1
    for (let at = positions.first; at <= index.last; at++) {
      const place = { segment: positions.segmentOf(at), offset: positions.offsetOf(at) }
      const label = `entry ${at} of group ${id}, which ends at ${last}`
      if (!isBefore(place, from)) {
        const isOlder = replica !== undefined && termIn(replica, at) !== index.termAt(at)
        assert.ok(at > last || isOlder, `${label}, lies behind the place`)
      } else if (isWhole && hasBeginning) assert.ok(at <= last, `${label}, lies before the place`)
    }
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.segment === other.segment && one.offset === other.offset
}

function isBefore(one: Place, other: Place): boolean {
  return one.segment === other.segment ? one.offset < other.offset : one.segment < other.segment
}

export function checkGroups(one: Case, { groups, hidden = null }: OpenedLog): void {
  for (const id of groups.keys()) assert.ok(one.model.groups.has(id), `group ${id} is made up`)
  for (const [id, group] of one.model.groups) {
    const replica = groups.get(id)
    const right =
      replica === undefined ? mayBeGone(one, group, hidden) : isRight(one, { id, group, replica })
    assert.ok(right, `group ${id}: ${JSON.stringify(replica ?? hidden)}, was ${told(id, group)}`)
  }
}

/** Nothing is known of it: it is fenced, unless nobody else votes in it. */
function mayBeGone(one: Case, group: ModelGroup, hidden: HardState | null): boolean {
  const { from } = one.wish
  if (from !== null && one.wish.isAlone) return true
  if (hidden !== null) return hidden.recovering && keeps(hidden, group)
  return group === NEW_GROUP || (from !== null && isAlone(group, one.aloneOfFour))
}

interface Found {
  readonly id: GroupId
  /** What it was. */
  readonly group: ModelGroup
  /** What it is. */
  readonly replica: RecoveredReplica
}

function isRight(one: Case, found: Found): boolean {
  const { id, group, replica } = found
  const { wish, patient, aloneOfFour } = one
  const { hardState } = replica
  if (wish.from === null) {
    const kept = wish.groups.get(id) ?? lastOf(group)
    const isLost = patient.judged.verdict.lost.includes(id)
    if (!isLost && kept === lastOf(group)) return isUntouched(one, found)
    if (replica.last !== wish.groups.get(id)) return false
    if (!(isLost ? keeps(hardState, group) : isShorter(found))) return false
  }
  if (!one.rewritten.has(id) && !isCommittedRight(replica, group)) return false
  if (wish.isAlone) return !hardState.recovering
  if (hardState.recovering) return keeps(hardState, group)
  return isAlone(group, aloneOfFour) && isAloneIn(replica, aloneOfFour)
}

/** It has lost nothing, and nothing was to be given up. */
function isUntouched({ wish }: Case, { id, group, replica }: Found): boolean {
  const { hardState, snapshot } = replica
  const recovering = group.hardState.recovering && !(wish.isAlone && wish.groups.has(id))
  const commit = Math.max(group.hardState.commit, snapshot?.index ?? 0)
  if (hardState.recovering !== recovering || hardState.commit !== commit) return false
  return isWhole(replica, group)
}

/** Nothing but entries is given up. */
function isShorter({ group, replica }: Found): boolean {
  const { hardState, last, snapshot } = replica
  const { term, vote } = promisesOf(group)
  const commit = Math.max(Math.min(group.hardState.commit, last), snapshot?.index ?? 0)
  return hardState.term === term && hardState.vote === vote && hardState.commit === commit
}

/** By what is left of it, which is in force again. */
function isAloneIn({ configurations, snapshot, hardState }: RecoveredReplica, of: number): boolean {
  return isAlone({ hardState, mark: snapshot, entries: [...configurations] }, of)
}

/** All that the log says it has can be read, and is what was written. */
export async function checkEntries(disk: MemoryDisk, { groups }: OpenedLog): Promise<void> {
  const log = new SmallLog(disk.copy())
  await log.open(ALONE)
  for (const [id, replica] of groups) {
    const { last, snapshot } = replica
    for (let from = (snapshot?.index ?? 0) + 1; from <= last; ) {
      const entries = (await log.log?.load(id, from, last, 2000)) ?? []
      assert.ok(entries.length > 0, `entry ${from} of group ${id} is there`)
      for (const { index, term, data } of entries) {
        assert.equal(term, termIn(replica, index))
        const written = [0, id].map((salt) => entryOf(index, term, { bytes: data.length, salt }))
        assert.ok(written.some((entry) => Buffer.compare(entry.data, data) === 0))
      }
      from += entries.length
    }
  }
  await log.log?.close()
}
