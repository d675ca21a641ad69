/** Logs of several groups, segments and lives, and damage anywhere in them. */

import type { Chance } from '../../base/index.ts'
import type { GroupId, SnapshotMark } from '../../raft/index.ts'
import { SEGMENT_HEADER_BYTES } from '../format.ts'
import type { OpenedLog } from '../index.ts'
import { HISTORY, nextStep } from './history.ts'
import { PAGE_BYTES } from './memory-disk.ts'
import {
  CONFIGURATION,
  firstOf,
  type Model,
  type ModelGroup,
  type ModelStep,
  NEW_GROUP,
} from './model.ts'
import { judgeDisk, SmallLog } from './small-log.ts'
import { checkOpened, modelOf, NODE } from './what-was.ts'

export const PEERS = { repairable: true, create: false }
export const ALONE = { repairable: false, create: false }

const SECTOR_BYTES = 512
/** Of three groups. */
const HEAD_BYTES = 1024
/**
 * No number is given to a second group: what damage leaves of the first cannot be told from it.
 */
const SHAPE = { ...HISTORY, entryBytesMax: 300, cuts: 25, drops: 0 }
const CONFIGURATION_ALONE = { ...CONFIGURATION, voters: [NODE] }

export interface Living {
  readonly chance: Chance
  readonly options: typeof PEERS
  /** Groups that were under repair once: see `checkOpened`. */
  readonly lost: ReadonlySet<GroupId>
  /** Of four configurations so many name this node as the only voter. */
  readonly aloneOfFour: number
  readonly groups: number
  readonly batchesMax: number
}

/**
 * More lives of a log of several segments, of which those go that nobody needs; idle at the end.
 */
export async function live(begun: SmallLog, living: Living): Promise<SmallLog> {
  const { chance, options, lost, batchesMax } = living
  let log = begun
  for (let lives = 1 + chance.below(3); ; lives--) {
    for (let batches = 1 + chance.below(batchesMax); batches > 0; batches--) {
      await log.batch(stepsAfter(log.model, living))
      release(log, chance)
    }
    await log.rest()
    if (lives === 1) return log
    await log.log?.close()
    const next = new SmallLog(log.disk)
    const opened: OpenedLog = await next.open(options)
    checkOpened(opened, log.model, lost)
    next.states = [modelOf(opened, log.model)]
    log = next
  }
}

function stepsAfter(before: Model, { chance, groups, aloneOfFour }: Living): ModelStep[] {
  const steps: ModelStep[] = []
  let model = before
  for (let left = 1 + chance.below(3); left > 0; left--) {
    const plain = withPromises(nextStep(model, chance, { ...SHAPE, groups }), model)
    const step = withConfiguration(plain, { model, aloneOfFour })
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

/** Marks name the configuration that is in force where they stand. */
function withConfiguration(
  step: ModelStep,
  { model, aloneOfFour }: { model: Model; aloneOfFour: number },
): ModelStep {
  const named = (mark: SnapshotMark, isOnlyVoter: boolean): SnapshotMark => ({
    ...mark,
    configuration: isOnlyVoter ? CONFIGURATION_ALONE : CONFIGURATION,
  })
  if (step.kind === 'cut') {
    const group = model.groups.get(step.group) ?? NEW_GROUP
    const below = group.entries.filter(({ index }) => index <= step.mark.index)
    const mark = named(step.mark, isAlone({ ...group, entries: below }, aloneOfFour))
    return { ...step, mark }
  }
  if (step.kind !== 'write' || step.write.snapshot === null) return step
  const { write } = step
  const snapshot = named(step.write.snapshot, namesNobodyElse(step.write.snapshot, aloneOfFour))
  return { ...step, write: { ...write, snapshot } }
}

/** Whether no other node votes in the group, by its newest configuration. */
export function isAlone({ entries, mark }: ModelGroup, aloneOfFour: number): boolean {
  const newest = entries.findLast(({ kind }) => kind === 'configuration')
  if (newest !== undefined) return namesNobodyElse(newest, aloneOfFour)
  if (mark === null) return aloneOfFour > 2
  return mark.configuration.voters.every((voter) => voter === NODE)
}

function namesNobodyElse(
  { index, term }: { index: number; term: number },
  aloneOfFour: number,
): boolean {
  return (7 * index + 3 * term) % 4 < aloneOfFour
}

/** The state covers what a mark covers; so much of the log is not needed any more. */
function release(log: SmallLog, chance: Chance): void {
  for (const [id, group] of log.model.groups) {
    if (chance.happens(0.5)) log.log?.release(id, firstOf(group))
  }
}

/**
 * Rot, sectors that are gone or hold something else, pages that cannot be read, and files that are
 * not there; not in the newest batch, which without what follows it looks as if it had never been
 * durable.
 */
export async function damage({ disk }: SmallLog, chance: Chance): Promise<void> {
  const paths = [...disk.files.keys()].filter((path) => path.endsWith('.log')).sort()
  const newestStart = (await judgeDisk(disk)).reading.lastBatch?.start ?? 0
  for (let places = 1 + chance.below(3); places > 0; places--) {
    const path = paths[chance.below(paths.length)] as string
    const inode = disk.files.get(path)
    const end = path === paths.at(-1) ? newestStart : (inode?.bytes.length ?? 0)
    if (inode === undefined || end === 0) continue
    // As often in the head, where for some groups all stands that is known.
    const inHead = chance.happens(0.5) && end > SEGMENT_HEADER_BYTES + HEAD_BYTES
    const at = inHead ? SEGMENT_HEADER_BYTES + chance.below(HEAD_BYTES) : chance.below(end)
    const kind = chance.below(20)
    const page = at - (at % PAGE_BYTES)
    if (kind === 0 && path !== paths.at(-1)) disk.files.delete(path)
    else if (kind < 3 && page + PAGE_BYTES <= end) inode.unreadable = page
    else if (kind < 10) inode.bytes[at] = (inode.bytes[at] as number) ^ (1 << chance.below(8))
    else overwrite(inode.bytes, { at, end, zeros: kind < 15 }, chance)
  }
}

/** Whole sectors, with zeros or with anything. */
function overwrite(
  bytes: Uint8Array,
  { at, end, zeros }: { at: number; end: number; zeros: boolean },
  chance: Chance,
): void {
  const from = at - (at % SECTOR_BYTES)
  const to = Math.min(end, from + SECTOR_BYTES * (1 + chance.below(4)))
  for (let byte = from; byte < to; byte++) bytes[byte] = zeros ? 0 : chance.below(256)
}
