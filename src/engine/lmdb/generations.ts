import { ByteReader, ByteWriter, crc32c, KvError } from '../../base/index.ts'
import { type Disk, DiskError } from '../../io/index.ts'
import { translated } from '../disk-failure.ts'

/**
 * Which file of the directory is in force: `current` names it, and is replaced by a rename. So a
 * whole store takes the place of another at once. Files it does not name are left from a store that
 * never came into force, or no longer is, and are removed at the next start.
 *
 *      current    magic (64) | number (64) | crc (32)
 */

const MAGIC = new TextEncoder().encode('QUORLMD1')
const CRC_AT = 16
const CURRENT = 'current'
const TEMPORARY = 'current.tmp'
/** Beside each file LMDB keeps one for its locks. */
const NAME = /^data-(\d+)\.mdb(-lock)?$/

export interface Home {
  readonly disk: Disk
  readonly directory: string
}

/** The number of the file in force; null: there is none yet. Makes the directory. */
export function currentNumber(home: Home): Promise<number | null> {
  const { disk, directory } = home
  return translated(async () => {
    await disk.makeDirectory(directory)
    const names = await disk.list(directory)
    if (names.includes(TEMPORARY)) await disk.remove(`${directory}/${TEMPORARY}`)
    const number = names.includes(CURRENT) ? await readCurrent(home) : null
    for (const name of names) {
      const match = NAME.exec(name)
      if (match !== null && Number(match[1]) !== number) await disk.remove(`${directory}/${name}`)
    }
    if (number !== null && !names.includes(dataName(number))) {
      throw damaged(home, `it names ${dataName(number)}, which is not there`)
    }
    return number
  })
}

export function dataPath({ directory }: Home, number: number): string {
  return `${directory}/${dataName(number)}`
}

/** From now on this file is in force, whatever happens; the others are gone. */
export function makeCurrent(home: Home, number: number): Promise<void> {
  const { disk, directory } = home
  return translated(async () => {
    const bytes = new ByteWriter().bytes(MAGIC).uint64(number).take()
    const sealed = new ByteWriter()
      .bytes(bytes)
      .uint32(crc32c(bytes, 0, bytes.length, 0))
      .take()
    const temporary = `${directory}/${TEMPORARY}`
    const file = await disk.open(temporary, { mode: 'create' })
    await file.write(sealed, 0, sealed.length, 0)
    await file.sync()
    await file.close()
    // The data file has its name durably before it is named.
    await disk.syncDirectory(directory)
    await disk.rename(temporary, `${directory}/${CURRENT}`)
    await disk.syncDirectory(directory)
    await removeOthers(home, number)
  })
}

/** What never came into force. */
export async function removeData(home: Home, number: number): Promise<void> {
  for (const suffix of ['', '-lock']) await removeIfThere(home, dataName(number) + suffix)
}

async function removeOthers(home: Home, number: number): Promise<void> {
  for (const name of await home.disk.list(home.directory)) {
    const match = NAME.exec(name)
    if (match !== null && Number(match[1]) !== number) await removeIfThere(home, name)
  }
}

async function removeIfThere({ disk, directory }: Home, name: string): Promise<void> {
  try {
    await disk.remove(`${directory}/${name}`)
  } catch (error) {
    // It is removed at the next start, or was never made.
    if (!(error instanceof DiskError)) throw error
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

function dataName(number: number): string {
  return `data-${number}.mdb`
}

function damaged({ directory }: Home, reason: string): KvError {
  return new KvError('ENGINE_CORRUPT', `${directory}/${CURRENT} is damaged: ${reason}`)
}
