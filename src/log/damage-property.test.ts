import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Chance, KvError, SeededChance } from '../base/index.ts'
import type { GroupId, HardState, RecoveredReplica } from '../raft/index.ts'
import { SEGMENT_HEADER_BYTES } from './format.ts'
import type { OpenedLog } from './index.ts'
import { HISTORY, nextStep } from './testing/history.ts'
import {
  entryOf,
  firstOf,
  lastOf,
  Model,
  type ModelGroup,
  type ModelStep,
  NEW_GROUP,
  termOf,
} from './testing/model.ts'
import { judgeDisk, SmallLog } from './testing/small-log.ts'

const NODE = 1
const SECTOR_BYTES = 512
/** Of three groups. */
const HEAD_BYTES = 1024
const PEERS = { repairable: true, create: false }
const ALONE = { repairable: false, create: false }
/**
 * No number is given to a second group: what damage leaves of the first cannot be told from it.
 */
const SHAPE = { ...HISTORY, entryBytesMax: 300, cuts: 25, drops: 0 }

interface Living {
  readonly chance: Chance
  readonly options: typeof PEERS
  /** Groups that were under repair once: see `check`. */
  readonly lost: ReadonlySet<GroupId>
}

/**
 * More lives of a log of several segments, of which those go that nobody needs; idle at the end.
 */
async function live(begun: SmallLog, { chance, options, lost }: Living): Promise<SmallLog> {
  let log = begun
  for (let lives = 1 + chance.below(3); ; lives--) {
    for (let batches = 1 + chance.below(40); batches > 0; batches--) {
      await log.batch(stepsAfter(log.model, chance))
      release(log, chance)
    }
    await log.rest()
    if (lives === 1) return log
    await log.log?.close()
    const next = new SmallLog(log.disk)
    const opened = await next.open(options)
    check(opened, log.model, lost)
    next.states = [modelOf(opened, log.model)]
    log = next
  }
}

function stepsAfter(before: Model, chance: Chance): ModelStep[] {
  const steps: ModelStep[] = []
  let model = before
  for (let left = 1 + chance.below(3); left > 0; left--) {
    const step = withPromises(nextStep(model, chance, SHAPE), model)
    model = model.after(step)
    steps.push(step)
  }
  return steps
}

/** As a replica does, which writes nothing without them. */
function withPromises(step: ModelStep, { groups }: Model): ModelStep {
  if (step.kind !== 'write') return step
  const { write } = step
  const hardState = write.hardState ?? (groups.get(write.group) ?? NEW_GROUP).hardState
  return { ...step, write: { ...write, hardState } }
}

/** The state covers what a mark covers; so much of the log is not needed any more. */
function release(log: SmallLog, chance: Chance): void {
  for (const [id, group] of log.model.groups) {
    if (chance.happens(0.5)) log.log?.release(id, firstOf(group))
  }
}

/**
 * Rot, sectors that are gone or hold something else, and files that are not there; not in the
 * newest batch, which without what follows it looks as if it had never been durable.
 */
async function damage({ disk }: SmallLog, chance: Chance): Promise<void> {
  const paths = [...disk.files.keys()].filter((path) => path.endsWith('.log')).sort()
  const newestStart = (await judgeDisk(disk)).reading.lastBatch?.start ?? 0
  for (let places = 1 + chance.below(3); places > 0; places--) {
    const path = paths[chance.below(paths.length)] as string
    const bytes = disk.files.get(path)?.bytes ?? new Uint8Array(0)
    const end = path === paths.at(-1) ? newestStart : bytes.length
    if (end === 0) continue
    // As often in the head, where for some groups all stands that is known.
    const inHead = chance.happens(0.5) && end > SEGMENT_HEADER_BYTES + HEAD_BYTES
    const at = inHead ? SEGMENT_HEADER_BYTES + chance.below(HEAD_BYTES) : chance.below(end)
    const kind = chance.below(20)
    if (kind === 0 && path !== paths.at(-1)) disk.files.delete(path)
    else if (kind < 10) bytes[at] = (bytes[at] as number) ^ (1 << chance.below(8))
    else {
      const from = at - (at % SECTOR_BYTES)
      const to = Math.min(end, from + SECTOR_BYTES * (1 + chance.below(4)))
      for (let byte = from; byte < to; byte++) bytes[byte] = kind < 15 ? 0 : chance.below(256)
    }
  }
}

/** What was promised: a log never begins in a term below that of its entries. */
function promisesOf(group: ModelGroup): { term: number; vote: number } {
  const { term, vote } = group.hardState
  const lastTerm = termOf(group, lastOf(group))
  return term < lastTerm ? { term: lastTerm, vote: 0 } : { term, vote }
}

function keeps(state: HardState, group: ModelGroup): boolean {
  const { term, vote } = promisesOf(group)
  return state.term > term || (state.term === term && [vote, NODE].includes(state.vote))
}

function termIn({ terms, snapshot }: RecoveredReplica, index: number): number {
  let term = snapshot?.term ?? 0
  for (const run of terms) if (run.index <= index) term = run.term
  return term
}

/** As it was; a cut that was lost only leaves more. */
function isWhole(replica: RecoveredReplica, group: ModelGroup): boolean {
  const { hardState, last, snapshot } = replica
  const { term, vote } = promisesOf(group)
  const base = snapshot?.index ?? 0
  if (hardState.term !== term || hardState.vote !== vote) return false
  if (last !== lastOf(group) || base > firstOf(group) - 1) return false
  return group.entries.every((entry) => termIn(replica, entry.index) === entry.term)
}

/** Under repair: what it calls committed is what was. */
function isBeginning(replica: RecoveredReplica, group: ModelGroup): boolean {
  const { hardState, last, snapshot } = replica
  if (!keeps(hardState, group)) return false
  if (hardState.commit > last) return false
  const base = Math.max(snapshot?.index ?? 0, firstOf(group) - 1)
  return group.entries.every(
    ({ index, term }) =>
      index <= base || index > hardState.commit || termIn(replica, index) === term,
  )
}

/**
 * Without new damage a group that has lost nothing is whole at every start. One that did may be
 * taken for damaged again, as long as the log has something of before.
 */
function check(
  { groups, hidden }: OpenedLog,
  model: Model,
  mayBeLost: ReadonlySet<GroupId> | null = null,
): void {
  for (const [id, group] of model.groups) {
    const replica = groups.get(id)
    const label = `group ${id}: ${JSON.stringify(replica ?? hidden)}, was ${told(id, group)}`
    const isLost = replica === undefined || replica.hardState.recovering
    assert.ok(!isLost || mayBeLost === null || mayBeLost.has(id), label)
    if (replica === undefined) {
      assert.ok(hidden?.recovering === true && keeps(hidden, group), label)
    } else if (replica.hardState.recovering) assert.ok(isBeginning(replica, group), label)
    else assert.ok(!group.hardState.recovering && isWhole(replica, group), label)
  }
}

function lostIn({ groups }: OpenedLog, model: Model): GroupId[] {
  const all = new Set([...model.groups.keys(), ...groups.keys()])
  return [...all].filter((id) => groups.get(id)?.hardState.recovering !== false)
}

/** What a node goes on with. */
function modelOf({ groups, hidden }: OpenedLog, before: Model): Model {
  const found = new Map<GroupId, ModelGroup>()
  for (const id of new Set([...before.groups.keys(), ...groups.keys()])) {
    const replica = groups.get(id)
    if (replica === undefined) {
      assert.ok(hidden !== null && hidden !== undefined)
      found.set(id, { hardState: hidden, mark: null, entries: [] })
      continue
    }
    const { hardState, snapshot: mark, last } = replica
    const base = mark?.index ?? 0
    const entries = Array.from({ length: last - base }, (_, at) =>
      entryOf(base + 1 + at, termIn(replica, base + 1 + at)),
    )
    found.set(id, { hardState, mark, entries })
  }
  return new Model(found)
}

function told(id: GroupId, group: ModelGroup): string {
  const { hardState, mark } = group
  const terms = group.entries.map(({ index, term }) => `${index}:${term}`)
  return JSON.stringify({ id, hardState, mark: [mark?.index, mark?.term], terms })
}

/** Null: a node without peers refuses, and may do so wherever something is lost. */
async function openDamaged(log: SmallLog, options: typeof PEERS): Promise<OpenedLog | null> {
  try {
    return await log.open(options)
  } catch (error) {
    if (options.repairable || !(error instanceof KvError) || error.code !== 'LOG_CORRUPT')
      throw error
    return null
  }
}

describe('a log that is damaged anywhere, again and again', () => {
  it('keeps a group as it was, or has it repaired with its promises fenced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const chance = new SeededChance(seed, 'damage')
        const options = chance.happens(0.7) ? PEERS : ALONE
        let log = new SmallLog()
        await log.open()
        const lost = new Set<GroupId>()
        for (let rounds = 1 + chance.below(3); rounds > 0; rounds--) {
          const { disk, model } = await live(log, { chance, options, lost })
          const damaged = new SmallLog(disk.copy())
          await damage(damaged, chance)
          const found = await openDamaged(damaged, options)
          if (found === null) return
          check(found, model)
          // What it made of that is what the next start finds.
          log = new SmallLog(damaged.disk)
          const opened = await log.open(options)
          for (const id of lostIn(found, model)) lost.add(id)
          check(opened, model, lost)
          log.states = [modelOf(opened, model)]
        }
      }),
      { numRuns: 150 },
    )
  })
})
