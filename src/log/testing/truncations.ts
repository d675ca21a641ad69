/** Random truncations of a log, and what of it they ask for. */

import type { Chance } from '../../base/index.ts'
import type { GroupId, LogIndex } from '../../raft/index.ts'
import { type Place, SEGMENT_HEADER_BYTES } from '../format.ts'
import type { TruncateOptions } from '../index.ts'
import { observer } from '../inspect.ts'
import { type LogReading, readLog } from '../recovery.ts'
import type { ReplayGroup } from '../replay-group.ts'
import { readDirectory } from '../segment-chain.ts'
import type { MemoryDisk } from './memory-disk.ts'
import { type Judged, judgeDisk, SMALL_DIRECTORY } from './small-log.ts'

export type Wish = Pick<TruncateOptions, 'groups' | 'from' | 'isAlone'>

/** What recovery says of a log before it is truncated. */
export interface Patient {
  readonly disk: MemoryDisk
  readonly judged: Judged
  /** As it was read: also what lies behind damage has its place. */
  readonly unsettled: LogReading
  /** Where each batch begins, and where the last one ends. */
  readonly borders: readonly Place[]
}

export async function examined(disk: MemoryDisk): Promise<Patient> {
  const borders: Place[] = []
  let newest = ''
  const observe = observer('', ({ file, offset, batch }) => {
    const segment = Number.parseInt(file.slice(1), 10)
    if (newest !== `${segment} ${batch}`) borders.push({ segment, offset })
    newest = `${segment} ${batch}`
  })
  const directory = await readDirectory(disk, SMALL_DIRECTORY)
  const options = { disk, directory, nodeId: 1, cacheBytesMax: 0, stopAt: null }
  const unsettled = await readLog({ ...options, observe })
  const { end } = unsettled
  if (end.offset >= SEGMENT_HEADER_BYTES) borders.push(end)
  return { disk, judged: await judgeDisk(disk), unsettled, borders }
}

export function randomWish(patient: Patient, chance: Chance): Wish {
  const isAlone = chance.happens(0.3)
  return chance.happens(0.5)
    ? { groups: randomEnds(patient, chance), from: null, isAlone }
    : { groups: new Map(), from: randomPlace(patient, chance), isAlone }
}

/** As "quorate log check" advises, or anything else. */
function randomEnds({ judged }: Patient, chance: Chance): ReadonlyMap<GroupId, LogIndex> {
  const ends = new Map<GroupId, LogIndex>()
  const { lost } = judged.verdict
  const namesLost = chance.happens(0.8)
  for (let id = 1; id <= 4; id++) {
    const group = judged.groups.get(id)
    const asked = group === undefined ? 0.05 : namesLost && lost.includes(id) ? 1 : 0.4
    if (chance.happens(asked)) ends.set(id, randomEnd(group, chance))
  }
  return ends
}

function randomEnd(group: ReplayGroup | undefined, chance: Chance): LogIndex {
  const { markIndex, last } = group?.index ?? { markIndex: 0, last: 3 }
  const draw = chance.below(20)
  if (draw < 9) return last
  if (draw < 18) return markIndex + chance.below(last - markIndex + 1)
  return chance.below(last + 3)
}

function randomPlace({ borders, judged }: Patient, chance: Chance): Place {
  const draw = chance.below(20)
  const border = borders[chance.below(borders.length)]
  if (draw < 11 && border !== undefined) return border
  const { chain, remains } = judged.reading.chain
  const all = [...chain, ...remains]
  const file = all[chance.below(all.length)]
  const segment = draw < 18 ? (file?.number ?? 0) : chance.below(all.length + 9)
  const offset = chance.below((file?.size ?? 0) + 100)
  return { segment, offset: chance.happens(0.5) ? offset - (offset % 8) : offset }
}

/** How it may end: with the code of a failure, or null for none. */
export function failureOf({ judged, borders }: Patient, wish: Wish): readonly (string | null)[] {
  const { chain, remains } = judged.reading.chain
  if ([...chain, ...remains].every(({ header }) => header === null)) return ['LOG_MISSING']
  const { from, groups } = wish
  if (from !== null) {
    const isIn = chain.some(({ number }) => number === from.segment)
    if (!isIn || from.offset < SEGMENT_HEADER_BYTES) return ['BAD_REQUEST']
    const isHere = (place: Place) => place.segment === from.segment && place.offset === from.offset
    return borders.some(isHere) ? [null] : [null, 'BAD_REQUEST']
  }
  for (const [id, kept] of groups) {
    const index = judged.groups.get(id)?.index
    if (index === undefined || kept < index.markIndex || kept > index.last) return ['BAD_REQUEST']
  }
  return judged.verdict.lost.every((id) => groups.has(id)) ? [null] : ['LOG_CORRUPT']
}
