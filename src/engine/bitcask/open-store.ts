/**
 * Opens what a directory holds: the manifest, then the files it names. Everything is verified
 * before anything is changed.
 */

import { crc32c, crc32cNumber, KvError } from '../../base/index.ts'
import { type Clock, type Disk, DiskError } from '../../io/index.ts'
import type { Pauses } from '../pauses.ts'
import { refuseMarked } from './damage-mark.ts'
import type { DataFile } from './data-file.ts'
import { checkFileHeader, readData } from './data-reader.ts'
import { hintWriter } from './data-writer.ts'
import {
  damageNumber,
  dataNumber,
  hintNumber,
  MANIFEST_NAME,
  READ_ATTEMPTS,
  TEMPORARY_SUFFIX,
} from './format.ts'
import { type Entry, emptyHint } from './hint.ts'
import { readHint } from './hint-reader.ts'
import { damaged, Home } from './home.ts'
import type { Manifest, ManifestFile } from './manifest.ts'
import {
  ManifestStore,
  readManifest,
  removeIfThere,
  type StoredManifest,
} from './manifest-store.ts'
import type { MemoryPool } from './memory-pool.ts'
import type { WriteQueue } from './write-queue.ts'

export interface Place {
  readonly disk: Disk
  readonly clock: Clock
  readonly directory: string
}

export interface FoundStore extends StoredManifest {
  readonly home: Home
}

/** What is there; a directory with nothing in it becomes an empty store. */
export async function findStore(place: Place, pauses: Pauses): Promise<FoundStore> {
  const { disk, directory } = place
  const manifestPath = `${directory}/${MANIFEST_NAME}`
  const stored = await readManifest({ disk, manifestPath })
  const names = await disk.list(directory)
  if (stored !== null) {
    return { ...stored, home: homeOf(place, { manifest: stored.manifest, names }) }
  }
  if (names.some((name) => dataNumber(name) !== null)) {
    throw damaged(manifestPath, { offset: 0, what: 'there is no manifest for the files beside it' })
  }
  return createStore(place, pauses)
}

/** Where new files go: also beside a manifest that is damaged, which they are to replace. */
export async function findHome(place: Place, pauses: Pauses): Promise<Home> {
  try {
    return (await findStore(place, pauses)).home
  } catch (error) {
    if (!(error instanceof KvError && error.code === 'ENGINE_CORRUPT')) throw error
    return homeOf(place, {
      manifest: emptyManifest(place),
      names: await place.disk.list(place.directory),
    })
  }
}

/** The manifest comes first, so that files without one are a manifest that was lost. */
async function createStore(place: Place, pauses: Pauses): Promise<FoundStore> {
  const manifest = emptyManifest(place)
  const home = homeOf(place, { manifest, names: [] })
  const store = new ManifestStore({ home, pauses, spaceRetryMs: null, bytes: 0 })
  await store.publish(() => manifest)
  return { home, manifest, bytes: store.bytes }
}

function emptyManifest(place: Place): Manifest {
  return { salt: newSalt(place), nextNumber: 1, checkpoint: null, files: [] }
}

function homeOf(
  { disk, directory }: Place,
  { manifest, names }: { manifest: Manifest; names: readonly string[] },
): Home {
  const numbers = names.map((name) => numberOf(name) ?? 0)
  // Also files that no manifest names: no number is used twice, as far as anybody can tell.
  const nextNumber = Math.max(manifest.nextNumber, 1 + Math.max(0, ...numbers))
  return new Home({ disk, directory, salt: manifest.salt, nextNumber })
}

/** Of the data file to which a file belongs. */
function numberOf(name: string): number | null {
  return dataNumber(name) ?? hintNumber(name) ?? damageNumber(name)
}

/** Tells stores apart, in case a disk mixes them up. Nothing depends on its being unique. */
function newSalt({ clock, directory }: Place): number {
  const path = new TextEncoder().encode(directory)
  return crc32cNumber(clock.wallMs() >>> 0, crc32c(path, 0, path.length, 0))
}

/** The files that the manifest names, with their records, in its order. */
export async function openFiles(
  { home, manifest, bytes }: FoundStore,
  { queue, pool, pauses }: { queue: WriteQueue; pool: MemoryPool; pauses: Pauses },
): Promise<DataFile[]> {
  const files: DataFile[] = []
  const names = await home.disk.list(home.directory)
  try {
    for (const named of manifest.files) {
      const file = home.fileOf(named.number)
      files.push(file)
      await refuseMarked(home, { names, file })
      await openFile(file, { named, salt: home.salt })
      file.hasRightHint = await fillFromHint(file, named)
      if (!file.hasRightHint) await fillFromData(file, named)
      checkOrder(files)
    }
    await secureManifest({ home, manifest, bytes }, pauses)
    await tidy(home, { manifest, files })
    for (const file of files) if (!file.hasRightHint) await renewHint(file, { queue, pool })
    return files
  } catch (error) {
    for (const file of files) await file.close()
    throw error
  }
}

/**
 * The life before may have ended when its manifest was named and the name was not durable, or when
 * the disk had refused to make it so: then what is read here is in the memory of the system only.
 * What is written anew can be trusted.
 */
async function secureManifest(
  { home, manifest, bytes }: FoundStore,
  pauses: Pauses,
): Promise<void> {
  const store = new ManifestStore({ home, pauses, bytes, spaceRetryMs: null })
  try {
    await store.publish(() => manifest)
  } catch (error) {
    // A store opens on a full disk, too; then the name it has is all there is to save.
    if (!(error instanceof DiskError && error.code === 'full')) throw error
    await home.disk.syncDirectory(home.directory)
  }
}

async function openFile(
  file: DataFile,
  { named, salt }: { named: ManifestFile; salt: number },
): Promise<void> {
  const { path } = file.data
  const size = await openOr(() => file.data.open(), -1)
  if (size < 0) throw damaged(path, { offset: 0, what: 'the file is missing' })
  if (size < named.length) throw damaged(path, { offset: size, what: 'the file ends there' })
  await openOr(() => file.hint.open(), 0)
  await checkFileHeader(file, salt)
}

async function openOr(open: () => Promise<number>, missing: number): Promise<number> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof DiskError && error.code === 'notFound') return missing
    throw error
  }
}

async function fillFromHint(file: DataFile, named: ManifestFile): Promise<boolean> {
  let fits = true
  const isRight = await readHint(file, named.hint, (entry) => {
    fits &&= follows(file, entry)
    if (fits) file.add(entry.main, entry.sub, entry.offset, entry.bytes)
  })
  fits &&= isRight && file.index.length === named.records && endOf(file) <= named.length
  file.hintEnd = fits ? named.hint : emptyHint(file.seed)
  if (fits) settle(file, named)
  else file.clear()
  return fits
}

async function fillFromData(file: DataFile, named: ManifestFile): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await readData(file, named.length, (entry) => {
      if (!follows(file, entry)) throw disorder(file, entry.offset)
      file.add(entry.main, entry.sub, entry.offset, entry.bytes)
    })
    const { length } = file.index
    if (length === named.records) break
    if (attempt === READ_ATTEMPTS) {
      const what = `it has ${length} records instead of ${named.records}`
      throw damaged(file.data.path, { offset: named.length, what })
    }
    // A disk that gives the bytes of another, empty place makes records be passed over.
    file.clear()
  }
  settle(file, named)
}

function settle(file: DataFile, named: ManifestFile): void {
  file.length = named.length
  file.dropAll(named.dead)
  file.durable = file.cut()
}

function follows({ index }: DataFile, { main, sub, offset }: Entry): boolean {
  const last = index.length - 1
  if (last < 0) return true
  const distance = main - index.main(last)
  const ascends = distance > 0 || (distance === 0 && sub > index.sub(last))
  return ascends && offset >= index.end(last)
}

function endOf({ index }: DataFile): number {
  return index.length === 0 ? 0 : index.end(index.length - 1)
}

/** The first record of the last file comes behind the last one of the file before. */
function checkOrder(files: readonly DataFile[]): void {
  const file = files.at(-1)
  const before = files.at(-2)
  if (file === undefined || before === undefined) return
  const first = { main: file.index.main(0), sub: file.index.sub(0) }
  const last = before.index.length - 1
  const distance = first.main - before.index.main(last)
  if (distance > 0 || (distance === 0 && first.sub > before.index.sub(last))) return
  throw disorder(file, file.index.offset(0))
}

function disorder(file: DataFile, offset: number): Error {
  return damaged(file.data.path, { offset, what: 'its records are not in order' })
}

/** What an earlier life left behind its last checkpoint goes. */
async function tidy(
  home: Home,
  { manifest, files }: { manifest: Manifest; files: readonly DataFile[] },
): Promise<void> {
  for (const file of files) {
    await file.data.cut(file.length)
    await file.hint.cut(file.hintEnd.length)
  }
  const numbers = new Set(manifest.files.map(({ number }) => number))
  for (const name of await home.disk.list(home.directory)) {
    const number = numberOf(name)
    const isLeftOver = number === null ? name.endsWith(TEMPORARY_SUFFIX) : !numbers.has(number)
    if (isLeftOver) await removeIfThere(home, `${home.directory}/${name}`)
  }
}

/** Writes the hint anew, in the background. */
async function renewHint(
  file: DataFile,
  { queue, pool }: { queue: WriteQueue; pool: MemoryPool },
): Promise<void> {
  const writer = hintWriter(file, { queue, pool })
  let number = 0
  await readData(file, file.length, ({ main, sub, offset, header }) => {
    writer.add(main, sub, { offset, record: header })
    number += 1
  })
  const end = writer.flush()
  // What was passed over is in the data all the same; a hint that misses it is none.
  file.hintEnd = number === file.index.length ? end : emptyHint(file.seed)
}
