/** What rots on the disk of a member. */

import type { Chance } from '../../base/index.ts'
import type { Disk } from '../../io/index.ts'
import { inspectLog } from '../../log/index.ts'
import type { Bench, Member } from './bench.ts'

const LOG = '/data/log'
const SECTOR_BYTES = 512

interface Place {
  readonly path: string
  /** Not behind it. */
  readonly end: number
}

/** Rot, sectors that are gone or hold something else, and files that are not there. */
export async function damageDisk(bench: Bench, member: Member, chance: Chance): Promise<void> {
  const { disk } = member
  const isRunning = member.group !== null
  if (!isRunning) disk.failPower()
  const life = bench.world.createLife('damage')
  const direct = disk.diskFor(life)
  const files = filesOf(disk.files('durable'))
  const places = isRunning ? olderThanTail(files) : await beforeNewestBatch(files, direct)
  for (let left = 1 + chance.below(chance.happens(0.5) ? 3 : 10); left > 0; left--) {
    const { path, end } = places[chance.below(places.length)] as Place
    const bytes = disk.bytesOf(path, 'durable')
    if (bytes === null) continue
    const kind = chance.below(20)
    const at = chance.below(end)
    const from = at - (at % SECTOR_BYTES)
    const length = Math.min(end, from + SECTOR_BYTES * (1 + chance.below(4))) - from
    if (kind === 0 && end === bytes.length && !isRunning) {
      await direct.remove(path)
      await direct.syncDirectory(path.slice(0, path.lastIndexOf('/')))
    } else if (kind < 10) disk.rot(path, at)
    else {
      const other = Uint8Array.from({ length }, () => (kind < 15 ? 0 : chance.below(256)))
      disk.damage(path, from, { bytes: other })
    }
  }
  life.end()
}

function filesOf(sizes: ReadonlyMap<string, number>): Place[] {
  const files = [...sizes].map(([path, end]) => ({ path, end })).filter(({ end }) => end > 0)
  return files.sort((left, right) => (left.path < right.path ? -1 : 1))
}

/** Without what follows it the newest batch of the log looks as if it had never been durable. */
async function beforeNewestBatch(files: readonly Place[], disk: Disk): Promise<Place[]> {
  let newest = { batch: -1, file: '', offset: 0 }
  await inspectLog({
    disk,
    directory: LOG,
    onRecord: ({ batch, file, offset }) => {
      if (batch > newest.batch) newest = { batch, file, offset }
    },
  })
  return files
    .filter((place) => !(isSegment(place) && place.path > newest.file))
    .map((place) => (place.path === newest.file ? { ...place, end: newest.offset } : place))
}

/** The log of a member that runs goes on meanwhile. */
function olderThanTail(files: readonly Place[]): Place[] {
  const tail = files.filter(isSegment).slice(-2)
  return files.filter((place) => !tail.includes(place))
}

function isSegment({ path }: Place): boolean {
  return path.startsWith(LOG) && path.endsWith('.log')
}
