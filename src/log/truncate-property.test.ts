import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Chance, KvError, SeededChance } from '../base/index.ts'
import type { Clock, Disk } from '../io/index.ts'
import type { GroupId } from '../raft/index.ts'
import { type OpenedLog, previewTruncation, type Truncation, truncateLog } from './index.ts'
import { ALONE, damage, live, PEERS } from './testing/damaged-log.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { LogMachine } from './testing/log-machine.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { MemoryDisk, readable } from './testing/memory-disk.ts'
import { Model, type ModelGroup, type ModelStep, NEW_GROUP } from './testing/model.ts'
import { judgeDisk, SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import {
  type Case,
  checkCopies,
  checkEntries,
  checkForeseen,
  checkGroups,
  checkPlace,
} from './testing/truncated-log.ts'
import { examined, failureOf, type Patient, randomWish, type Wish } from './testing/truncations.ts'
import { checkOpened, hasCommitted, lostIn, modelOf } from './testing/what-was.ts'

const SALTS = new SeededChance(2, 'truncation')
const READING: readonly string[] = ['read', 'size', 'list', 'close', 'lock', 'unlock']

interface Done {
  readonly disk: MemoryDisk
  readonly foreseen: Truncation
  readonly opened: OpenedLog
}

function preview(disk: Disk, wish: Wish): Promise<Truncation | KvError> {
  return previewTruncation({ ...wish, disk, directory: SMALL_DIRECTORY }).catch(typed)
}

function truncate(
  disk: Disk,
  wish: Wish,
  clock: Clock = new ManualClock(),
): Promise<KvError | null> {
  const parts = { disk, clock, chance: SALTS, directory: SMALL_DIRECTORY }
  return truncateLog({ ...wish, ...parts }).then(() => null, typed)
}

function typed(error: unknown): KvError {
  if (!(error instanceof KvError)) throw error
  return error
}

/** As a node without peers, which refuses where anything is lost that was not given up. */
async function opened(disk: MemoryDisk): Promise<OpenedLog> {
  const log = new SmallLog(disk)
  const found = await log.open(ALONE)
  await log.log?.close()
  return found
}

function outlineOf({ groups, hidden }: OpenedLog): unknown {
  return { groups: new Map([...groups].sort(([a], [b]) => a - b)), hidden }
}

/** Null when it was refused. */
async function truncated(one: Case): Promise<Done | null> {
  const { patient, wish } = one
  const disk = patient.disk.copy()
  const foreseen = await preview(disk, wish)
  assert.deepEqual(disk.files, patient.disk.files, 'a preview changes nothing')
  const failure = await truncate(disk, wish)
  const code = failure?.code ?? null
  assert.ok(failureOf(patient, wish).includes(code), `${code}: ${failure?.message}`)
  if (foreseen instanceof KvError) {
    assert.deepEqual([foreseen.code, foreseen.message], [code, failure?.message])
    assert.deepEqual(disk.files, patient.disk.files, 'what is refused changes nothing')
    return null
  }
  assert.equal(code, null)
  checkCopies(one, disk, foreseen)
  const found = await opened(disk)
  checkForeseen(foreseen, found)
  if (isFirst(patient)) checkPlace(one, found)
  checkGroups(one, found)
  await checkEntries(disk, found)
  return { disk, foreseen, opened: found }
}

/** Later on an entry may lie in several places: it was given up, and written once more. */
function isFirst({ disk }: Patient): boolean {
  return ![...disk.files.keys()].some((path) => path.endsWith('.copy'))
}

/** What it made of the log is what every start finds, and asking for the same again is harmless. */
async function staysTheSame(one: Case, { disk, opened: first }: Done): Promise<void> {
  assert.deepEqual(outlineOf(await opened(disk)), outlineOf(first))
  const before = disk.copy()
  const failure = await truncate(disk, one.wish)
  if (failure !== null) {
    assert.equal(failure.code, 'BAD_REQUEST')
    assert.deepEqual(disk.files, before.files)
    return
  }
  const second = await opened(disk)
  // The same place may lie before what the first one wrote: that is given up, too.
  if (one.wish.from !== null) checkGroups(one, second)
  else assert.deepEqual(outlineOf(second), outlineOf(first))
}

interface Run {
  readonly chance: Chance
  readonly aloneOfFour: number
  readonly groups: number
  readonly batchesMax: number
  readonly canFailToRead: boolean
  readonly lost: Set<GroupId>
  readonly rewritten: Set<GroupId>
}

function newRun(seed: number, { canFailToRead }: { canFailToRead: boolean }): Run {
  const chance = new SeededChance(seed, 'truncate')
  return {
    chance,
    aloneOfFour: chance.happens(0.5) ? 4 : chance.below(4),
    groups: 2 + chance.below(2),
    batchesMax: chance.happens(0.4) ? 3 : 12,
    canFailToRead,
    lost: new Set(),
    rewritten: new Set(),
  }
}

/** More lives, and mostly damage. */
async function grown(begun: SmallLog, run: Run): Promise<{ patient: Patient; model: Model }> {
  const { chance, lost, groups } = run
  // Who is under repair has peers.
  const options = lost.size === 0 ? ALONE : PEERS
  const log = await live(begun, { ...run, options })
  const damaged = new SmallLog(log.disk.copy())
  if (chance.happens(0.75)) await damage(damaged, chance)
  if (!run.canFailToRead) zeroUnreadable(damaged.disk)
  return { patient: await examined(damaged.disk), model: withAll(log.model, groups) }
}

/** As the disk of a simulated machine gives what it has lost. */
function zeroUnreadable({ files }: MemoryDisk): void {
  for (const [path, inode] of files) files.set(path, { bytes: readable(inode) })
}

/** A number that nobody wrote to yet may be taken for one that somebody did. */
function withAll(model: Model, count: number): Model {
  const ids = Array.from({ length: count }, (_, at): [GroupId, ModelGroup] => [at + 1, NEW_GROUP])
  return new Model(new Map([...ids, ...model.groups]))
}

/** Null when all that was tried was refused. */
async function truncatedAnyhow({ chance, ...run }: Run, log: SmallLog) {
  const { patient, model } = await grown(log, { chance, ...run })
  for (let wishes = 2; wishes > 0; wishes--) {
    const one = { ...run, patient, model, wish: randomWish(patient, chance) }
    const done = await truncated(one)
    if (done === null) continue
    await staysTheSame(one, done)
    return { one, done }
  }
  return null
}

async function truncateAgain(seed: number, rounds: number): Promise<void> {
  const run = newRun(seed, { canFailToRead: true })
  let log = new SmallLog()
  await log.open()
  for (let left = rounds; left > 0; left--) {
    const last = await truncatedAnyhow(run, log)
    if (last === null) return
    const next = await goneOn(run, last)
    if (next === null) return
    log = next
  }
}

/**
 * The node starts; a leader sends what groups under repair need: all that was there before. Null
 * when there is none who could, because nobody else ever had what the group wrote.
 */
async function goneOn(run: Run, { one, done }: { one: Case; done: Done }) {
  const { model } = one
  const log = new SmallLog(done.disk)
  const found = await log.open(PEERS)
  for (const id of lostIn(found, model)) run.lost.add(id)
  for (const [id, was] of model.groups) {
    const replica = found.groups.get(id)
    const isWhole = replica !== undefined && !replica.hardState.recovering
    if (isWhole && !hasCommitted(replica, was)) run.rewritten.add(id)
    if (!isWhole && run.rewritten.has(id)) return null
  }
  log.states = [modelOf(found, model)]
  checkOpened(found, log.model, run.lost)
  await log.batch(repairsOf(log.model, model))
  return log
}

function repairsOf(found: Model, before: Model): ModelStep[] {
  const steps: ModelStep[] = []
  for (const [group, { hardState, mark }] of found.groups) {
    const was = before.groups.get(group) ?? NEW_GROUP
    if (!hardState.recovering) continue
    const certain = Math.max(hardState.commit, mark?.index ?? 0)
    const snapshot = (was.mark?.index ?? 0) > certain ? was.mark : null
    const base = snapshot?.index ?? certain
    const entries = was.entries.filter(({ index }) => index > base)
    const term = Math.max(hardState.term, was.hardState.term)
    const commit = Math.max(was.hardState.commit, certain)
    const whole = { ...hardState, term, commit, recovering: false }
    steps.push({ kind: 'write', write: { group, hardState: whole, entries, snapshot } })
  }
  return steps
}

/** What is on the disk after a power failure in the middle of the truncation, or behind it. */
async function crashed({ patient, wish }: Case, chance: Chance): Promise<MemoryDisk> {
  const machine = new LogMachine({ seed: chance.uint32() })
  await machine.run(() => install(machine.io, patient.disk))
  const phase = chance.happens(0.5) ? 'started' : 'done'
  let left = 1 + chance.below(60)
  let over = false
  machine.disk.onOperation = (moment) => {
    if (over || moment.phase !== phase || READING.includes(moment.operation)) return
    left -= 1
    over = left === 0
    if (over) machine.life.end('powerLost')
  }
  void truncate(machine.io, wish, machine.clock).then(() => {
    over = true
  })
  await machine.world.run({ stop: () => over })
  machine.disk.onOperation = null
  machine.restart('powerLost')
  const disk = new MemoryDisk()
  for (const path of machine.disk.files('durable').keys()) {
    disk.files.set(path, { bytes: machine.disk.bytesOf(path, 'durable') ?? new Uint8Array(0) })
  }
  return disk
}

/** What is on the disk after it refused something in the middle, if it came to that. */
async function refused({ patient, wish }: Case, chance: Chance): Promise<MemoryDisk> {
  const disk = patient.disk.copy()
  const faulty = new FaultyDisk(disk)
  let left = 1 + chance.below(400)
  const code = chance.happens(0.5) ? 'io' : 'full'
  faulty.refusal = ({ operation }) => {
    if (code === 'full' && READING.includes(operation)) return null
    left -= 1
    return left === 0 ? code : null
  }
  await truncate(faulty, wish)
  return disk
}

async function install(disk: Disk, { files }: MemoryDisk): Promise<void> {
  await disk.makeDirectory(SMALL_DIRECTORY)
  for (const [path, { bytes }] of files) {
    const file = await disk.open(path, { mode: 'create' })
    await file.write(bytes, 0, bytes.length, 0)
    await file.sync()
    await file.close()
  }
  await disk.syncDirectory(SMALL_DIRECTORY)
}

/** Nothing has happened yet, and it can be done again, or all has. */
async function isAllOrNothing(one: Case, done: Done, disk: MemoryDisk): Promise<void> {
  const before = await recovered(one.patient.disk)
  if (isEqual(await recovered(disk), before)) {
    const again = await truncated({ ...one, patient: await examined(disk) })
    assert.deepEqual(again && outlineOf(again.opened), outlineOf(done.opened))
    return
  }
  checkCopies(one, disk, done.foreseen)
  const found = await opened(disk)
  assert.deepEqual(outlineOf(found), outlineOf(done.opened))
  await staysTheSame(one, { ...done, disk, opened: found })
}

async function recovered(disk: MemoryDisk): Promise<unknown> {
  const { reading, verdict, groups } = await judgeDisk(disk)
  const outlines = [...groups].map(([id, { hardState, index }]) => {
    const { last, mark } = index
    return [id, hardState, last, mark, index.termRuns()]
  })
  return [
    verdict,
    reading.replay.hiddenTerm,
    reading.chain.chain.map(({ number }) => number),
    outlines,
  ]
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

async function interrupt(
  seed: number,
  interruption: (one: Case, chance: Chance) => Promise<MemoryDisk>,
): Promise<void> {
  const run = newRun(seed, { canFailToRead: false })
  const log = new SmallLog()
  await log.open()
  const last = await truncatedAnyhow(run, log)
  if (last === null) return
  const pristine = await truncated(last.one)
  assert.ok(pristine !== null)
  await isAllOrNothing(last.one, pristine, await interruption(last.one, run.chance))
}

describe('a log that is truncated anywhere', () => {
  it('gives up what it says and what was asked for, and no promise', async () => {
    const again = (seed: number): Promise<void> => truncateAgain(seed, seed % 4 === 0 ? 3 : 1)
    await fc.assert(fc.asyncProperty(fc.nat(), again), { numRuns: 80 })
  })

  it('is as it was or as it was to be when the power fails in the middle', async () => {
    const crash = (seed: number): Promise<void> => interrupt(seed, crashed)
    await fc.assert(fc.asyncProperty(fc.nat(), crash), { numRuns: 35 })
  })

  it('is as it was or as it was to be when the disk refuses something', async () => {
    const refuse = (seed: number): Promise<void> => interrupt(seed, refused)
    await fc.assert(fc.asyncProperty(fc.nat(), refuse), { numRuns: 35 })
  })
})
