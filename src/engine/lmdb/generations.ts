import { ByteReader, ByteWriter, crc32c, KvError } from '../../base/index.ts'
import { type Disk, DiskError } from '../../io/index.ts'

/**
 * Which file of the directory is in force: `current` names it, and is replaced by a rename. So a
 * whole store takes the place of another at once. Files it does not name are left from a store that
 * never came into force, or no longer is, and are removed at the next start.
 *
 *      current    magic (64) | number (64) | crc (32)
 *
 * Number 0 is a store without a file. It is named before the first file is made, so that files
 * without `current` are one that was lost, and never the trace of a crash.
 */

const MAGIC = new TextEncoder().encode('QUORLMD1')
const CRC_AT = 16
const CURRENT = 'current'
const TEMPORARY = 'current.tmp'
const PROBE = 'probe.tmp'
/** What the largest transaction may write: 4,096 pages. */
const PROBE_BYTES = 16 * 1024 * 1024
const PROBE_PART_BYTES = 1024 * 1024
/** Beside each file LMDB keeps one for its locks. */
const NAME = /^data-(\d+)\.mdb(-lock)?$/

export const NO_FILE = 0

export interface Home {
  readonly disk: Disk
  readonly directory: string
}

/** The number of the file in force, or `NO_FILE`. What is not in force is removed. */
export async function currentNumber(home: Home): Promise<number> {
  const { disk, directory } = home
  const names = await disk.list(directory)
  if (!names.includes(CURRENT)) {
    if (names.some((name) => NAME.test(name))) throw damaged(home, 'it is missing')
    await name(home, NO_FILE)
    return NO_FILE
  }
  const number = await readCurrent(home)
  if (number !== NO_FILE && !names.includes(dataName(number))) {
    throw damaged(home, `it names ${dataName(number)}, which is not there`)
  }
  await secure(home, number)
  await removeIfThere(home, PROBE)
  await removeOthers(home, number)
  return number
}

/** No file in the directory has it, or a later one. */
export async function freeNumber({ disk, directory }: Home): Promise<number> {
  let last = NO_FILE
  for (const name of await disk.list(directory)) last = Math.max(last, numberOf(name) ?? 0)
  return last + 1
}

export function dataPath({ directory }: Home, number: number): string {
  return `${directory}/${dataName(number)}`
}

/** From now on this file is in force, whatever happens; the others are gone. */
export async function makeCurrent(home: Home, number: number): Promise<void> {
  await name(home, number)
  await removeOthers(home, number)
}

/** Whether the disk has no room for another transaction. */
export async function isFull(home: Home): Promise<boolean> {
  await removeIfThere(home, PROBE)
  const file = await home.disk.open(`${home.directory}/${PROBE}`, { mode: 'create' })
  try {
    const part = new Uint8Array(PROBE_PART_BYTES)
    for (let at = 0; at < PROBE_BYTES; at += part.length) {
      await file.write(part, 0, part.length, at)
    }
    return false
  } catch (error) {
    if (error instanceof DiskError) return error.code === 'full'
    throw error
  } finally {
    await file.close()
    await removeIfThere(home, PROBE)
  }
}

/** What never came into force. */
export async function removeData(home: Home, number: number): Promise<void> {
  for (const suffix of ['', '-lock']) await removeIfThere(home, dataName(number) + suffix)
}

async function name(home: Home, number: number): Promise<void> {
  const { disk, directory } = home
  const bytes = new ByteWriter().bytes(MAGIC).uint64(number).take()
  const sealed = new ByteWriter()
    .bytes(bytes)
    .uint32(crc32c(bytes, 0, bytes.length, 0))
    .take()
  const temporary = `${directory}/${TEMPORARY}`
  await removeIfThere(home, TEMPORARY)
  const file = await disk.open(temporary, { mode: 'create' })
  try {
    await file.write(sealed, 0, sealed.length, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  // The data file has its name durably before it is named.
  await disk.syncDirectory(directory)
  await disk.rename(temporary, `${directory}/${CURRENT}`)
  await disk.syncDirectory(directory)
}

/**
 * A life that was killed may have named the file without having made the name durable, and what a
 * disk refused to make durable is lost: it is named anew.
 */
async function secure(home: Home, number: number): Promise<void> {
  try {
    await name(home, number)
  } catch (error) {
    // A store opens on a full disk, too.
    if (!(error instanceof DiskError && error.code === 'full')) throw error
    await home.disk.syncDirectory(home.directory)
  }
}

async function removeOthers(home: Home, number: number): Promise<void> {
  for (const name of await home.disk.list(home.directory)) {
    const other = numberOf(name)
    if (other !== null && other !== number) await removeIfThere(home, name)
  }
}

async function removeIfThere({ disk, directory }: Home, name: string): Promise<void> {
  try {
    await disk.remove(`${directory}/${name}`)
  } catch (error) {
    if (!(error instanceof DiskError && error.code === 'notFound')) throw error
  }
}

async function readCurrent(home: Home): Promise<number> {
  const file = await home.disk.open(`${home.directory}/${CURRENT}`, { mode: 'read' })
  try {
    const bytes = new Uint8Array(await file.size())
    await file.read(bytes, 0, bytes.length, 0)
    const reader = new ByteReader(bytes)
    const magic = reader.bytes(MAGIC.length)
    const number = reader.uint64()
    const crc = reader.uint32()
    const known = reader.complete && MAGIC.every((byte, at) => magic[at] === byte)
    if (!known || crc32c(bytes, 0, CRC_AT, 0) !== crc) {
      throw damaged(home, 'its checksum does not match')
    }
    return number
  } finally {
    await file.close()
  }
}

function numberOf(name: string): number | null {
  const digits = NAME.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}

function dataName(number: number): string {
  return `data-${number}.mdb`
}

function damaged({ directory }: Home, reason: string): KvError {
  const path = `${directory}/${CURRENT}`
  return new KvError('ENGINE_CORRUPT', `${path} is damaged at offset 0: ${reason}`)
}
