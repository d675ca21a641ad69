/**
 * Snapshot files of all groups of a node: the whole state of a group at one index.
 *
 * Invariants: a file has its final name only when all of it is durable, so every snapshot that is
 * listed was complete; what a reader hands out was verified; the log may be cut only after `finish`
 * has returned.
 */

import { assert, crc32c, KvError } from '../base/index.ts'
import { type Disk, DiskError, type DiskFile } from '../io/index.ts'
import type { GroupId, SnapshotMark } from '../raft/index.ts'
import { TEMPORARY_SUFFIX } from './format.ts'
import {
  CHUNK_HEADER_BYTES,
  decodeEnd,
  decodePartHeader,
  decodeSnapshotHeader,
  END_BYTES,
  encodeChunk,
  encodeEnd,
  encodeSnapshotHeader,
  HEADER_BYTES_MAX,
} from './snapshot-format.ts'
import { readFully } from './window.ts'

const NAME = /^snapshot-(\d+)-(\d+)\.snap$/
const READ_ATTEMPTS = 3
const TEMPORARY = /^snapshot-\d+-\d+\.snap\.\d+\.tmp$/

export interface SnapshotStoreOptions {
  readonly disk: Disk
  readonly directory: string
  readonly clusterId: number
}

/** Finds the snapshots there are and removes what a crash left half-written. */
export async function openSnapshots(options: SnapshotStoreOptions): Promise<SnapshotStore> {
  const { disk, directory, clusterId } = options
  return translated(directory, async () => {
    await disk.makeDirectory(directory)
    const marks = new Map<GroupId, SnapshotMark[]>()
    for (const name of await disk.list(directory)) {
      // Only its own: the log beside it prepares files under temporary names, too.
      if (TEMPORARY.test(name)) await disk.remove(`${directory}/${name}`)
      if (!NAME.test(name)) continue
      const header = await readHeader(disk, `${directory}/${name}`)
      // A snapshot that cannot be read is none; its file stays until one of its name replaces it.
      if (header === null || header.clusterId !== clusterId) continue
      if (name !== snapshotName(header.group, header.mark)) continue
      marks.set(header.group, insert(marks.get(header.group) ?? [], header.mark))
    }
    return new SnapshotStore(options, marks)
  })
}

export class SnapshotStore {
  readonly #disk: Disk
  readonly #directory: string
  readonly #clusterId: number
  readonly #marks: Map<GroupId, SnapshotMark[]>
  #temporaries = 0

  constructor(options: SnapshotStoreOptions, marks: Map<GroupId, SnapshotMark[]>) {
    this.#disk = options.disk
    this.#directory = options.directory
    this.#clusterId = options.clusterId
    this.#marks = marks
  }

  /** Marks of the complete snapshots of a group, ascending by index. */
  async list(group: GroupId): Promise<readonly SnapshotMark[]> {
    return [...(this.#marks.get(group) ?? [])]
  }

  async latest(group: GroupId): Promise<SnapshotMark | null> {
    return this.#marks.get(group)?.at(-1) ?? null
  }

  /** A new snapshot. Nothing of it is seen by anybody before `finish`. */
  async begin(group: GroupId, mark: SnapshotMark): Promise<SnapshotFileWriter> {
    this.#temporaries += 1
    const path = this.#path(group, mark)
    const temporary = `${path}.${this.#temporaries}${TEMPORARY_SUFFIX}`
    const header = encodeSnapshotHeader({ clusterId: this.#clusterId, group, mark })
    return translated(temporary, async () => {
      const file = await this.#disk.open(temporary, { mode: 'create' })
      const writer = new SnapshotFileWriter(
        { disk: this.#disk, directory: this.#directory, file, temporary, path, crc: header.crc },
        () => this.#marks.set(group, insert(this.#marks.get(group) ?? [], mark)),
      )
      await writer.start(header.bytes)
      return writer
    })
  }

  /** The chunks as they were written, each verified before it is handed out. */
  async *open(group: GroupId, mark: SnapshotMark): AsyncGenerator<Uint8Array, void, undefined> {
    const path = this.#path(group, mark)
    const file = await this.#openFile(path)
    try {
      const reader = new SnapshotFileReader(file, path)
      await reader.begin({ clusterId: this.#clusterId, group, mark })
      for (let chunk = await reader.next(); chunk !== null; chunk = await reader.next()) yield chunk
    } finally {
      await file.close()
    }
  }

  /** Forgets one snapshot. */
  async remove(group: GroupId, mark: SnapshotMark): Promise<void> {
    const marks = this.#marks.get(group) ?? []
    const kept = marks.filter(({ index, term }) => index !== mark.index || term !== mark.term)
    if (kept.length === marks.length) return
    this.#marks.set(group, kept)
    const path = this.#path(group, mark)
    await translated(path, async () => {
      await this.#disk.remove(path)
      await this.#disk.syncDirectory(this.#directory)
    })
  }

  /** Forgets every snapshot of the group below the mark. */
  async removeOlder(group: GroupId, mark: SnapshotMark): Promise<void> {
    for (const older of await this.list(group)) {
      if (older.index < mark.index) await this.remove(group, older)
    }
  }

  async #openFile(path: string): Promise<DiskFile> {
    try {
      return await this.#disk.open(path, { mode: 'read' })
    } catch (error) {
      if (error instanceof DiskError && error.code === 'notFound') {
        throw corrupt(path, 'there is no such snapshot')
      }
      throw asKvError(error, path)
    }
  }

  #path(group: GroupId, mark: SnapshotMark): string {
    return `${this.#directory}/${snapshotName(group, mark)}`
  }
}

interface WriterParts {
  readonly disk: Disk
  readonly directory: string
  readonly file: DiskFile
  readonly temporary: string
  readonly path: string
  readonly crc: number
}

/** Writes one snapshot, one chunk after the other. */
export class SnapshotFileWriter {
  readonly #parts: WriterParts
  readonly #finished: () => void
  #crc: number
  #position = 0
  #chunks = 0
  #dataBytes = 0
  #ended = false

  constructor(parts: WriterParts, finished: () => void) {
    this.#parts = parts
    this.#finished = finished
    this.#crc = parts.crc
  }

  async start(header: Uint8Array): Promise<void> {
    await this.#guarded(() => this.#append(header))
  }

  async write(chunk: Uint8Array): Promise<void> {
    assert(!this.#ended, 'a finished snapshot is not written to')
    const part = encodeChunk(chunk, this.#crc)
    this.#crc = part.crc
    this.#chunks += 1
    this.#dataBytes += chunk.length
    await this.#guarded(() => this.#append(part.bytes))
  }

  /** Durable, and listed, when it returns. */
  async finish(): Promise<void> {
    assert(!this.#ended, 'a snapshot is finished once')
    const { disk, directory, file, temporary, path } = this.#parts
    const end = encodeEnd({ chunks: this.#chunks, dataBytes: this.#dataBytes }, this.#crc)
    await this.#guarded(async () => {
      await this.#append(end)
      await file.sync()
      await file.close()
      await disk.rename(temporary, path)
      await disk.syncDirectory(directory)
    })
    this.#ended = true
    this.#finished()
  }

  /** Removes what was written. Idempotent; does nothing once finished. */
  async abort(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await translated(this.#parts.temporary, () => this.#discard())
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const position = this.#position
    this.#position += bytes.length
    await this.#parts.file.write(bytes, 0, bytes.length, position)
  }

  /** A snapshot that failed gives its room back, as far as the disk still works. */
  async #guarded(body: () => Promise<void>): Promise<void> {
    await translated(this.#parts.temporary, async () => {
      try {
        await body()
      } catch (error) {
        if (this.#ended) throw error
        this.#ended = true
        await this.#discard().catch(() => {
          // The first failure is the one to tell; the rest is removed at the next start.
        })
        throw error
      }
    })
  }

  async #discard(): Promise<void> {
    const { disk, file, temporary } = this.#parts
    await file.close()
    try {
      await disk.remove(temporary)
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'notFound') throw error
    }
  }
}

class SnapshotFileReader {
  readonly #file: DiskFile
  readonly #path: string
  #position = 0
  #crc = 0
  #size = 0
  #chunks = 0
  #dataBytes = 0

  constructor(file: DiskFile, path: string) {
    this.#file = file
    this.#path = path
  }

  async begin(expected: { clusterId: number; group: GroupId; mark: SnapshotMark }): Promise<void> {
    this.#size = await translated(this.#path, () => this.#file.size())
    const bytes = await this.#read(Math.min(HEADER_BYTES_MAX, this.#size))
    const header = decodeSnapshotHeader(bytes)
    if (header === null) throw corrupt(this.#path, 'its header is damaged')
    const same =
      header.clusterId === expected.clusterId &&
      header.group === expected.group &&
      header.mark.index === expected.mark.index &&
      header.mark.term === expected.mark.term
    if (!same) throw corrupt(this.#path, 'it is of another group or place in the log')
    this.#position = header.length
    this.#crc = header.crc
  }

  /** Null after the last one. */
  async next(): Promise<Uint8Array | null> {
    const part = decodePartHeader(await this.#read(CHUNK_HEADER_BYTES))
    this.#position += CHUNK_HEADER_BYTES
    if (part.kind === 'bad') throw this.#damaged()
    if (part.kind === 'end') {
      await this.#checkEnd(part.crc)
      return null
    }
    // Nothing is allocated for a length the file does not have.
    if (part.length > this.#size - this.#position) throw this.#damaged()
    const chunk = await this.#read(part.length)
    if (chunk.length < part.length) throw this.#damaged()
    if (crc32c(chunk, 0, chunk.length, this.#crc) !== part.crc) throw this.#damaged()
    this.#position += part.length
    this.#crc = part.crc
    this.#chunks += 1
    this.#dataBytes += part.length
    return chunk
  }

  async #checkEnd(crc: number): Promise<void> {
    const bytes = await this.#read(END_BYTES - CHUNK_HEADER_BYTES)
    const end = decodeEnd(bytes)
    const intact = end !== null && crc32c(bytes, 0, bytes.length, this.#crc) === crc
    if (!intact || end.chunks !== this.#chunks || end.dataBytes !== this.#dataBytes) {
      throw this.#damaged()
    }
  }

  async #read(length: number): Promise<Uint8Array> {
    const target = new Uint8Array(length)
    const position = this.#position
    try {
      return target.subarray(0, await readAgain(this.#file, { target, length, position }))
    } catch (error) {
      // Like rot: this snapshot is of no use, and there may be another.
      if (isUnreadable(error)) throw corrupt(this.#path, `it cannot be read at offset ${position}`)
      throw asKvError(error, this.#path)
    }
  }

  #damaged(): KvError {
    return corrupt(this.#path, `it is damaged at offset ${this.#position}`)
  }
}

/** Some failures pass: a snapshot is given up only when it fails each time. */
async function readAgain(
  file: DiskFile,
  range: { target: Uint8Array; length: number; position: number },
): Promise<number> {
  for (let left = READ_ATTEMPTS; ; left--) {
    try {
      return await readFully(file, range)
    } catch (error) {
      if (left === 1 || !isUnreadable(error)) throw error
    }
  }
}

/** The medium does not give the bytes back. A file that may not be opened is another matter. */
function isUnreadable(error: unknown): boolean {
  return error instanceof DiskError && error.code === 'io' && error.operation === 'read'
}

/** Null when it cannot be read, or is no header. */
async function readHeader(disk: Disk, path: string) {
  const file = await disk.open(path, { mode: 'read' })
  try {
    const target = new Uint8Array(HEADER_BYTES_MAX)
    const length = await readAgain(file, { target, length: target.length, position: 0 })
    return decodeSnapshotHeader(target.subarray(0, length))
  } catch (error) {
    if (isUnreadable(error)) return null
    throw error
  } finally {
    await file.close()
  }
}

function snapshotName(group: GroupId, mark: SnapshotMark): string {
  return `snapshot-${group}-${mark.index}.snap`
}

function insert(marks: readonly SnapshotMark[], mark: SnapshotMark): SnapshotMark[] {
  const others = marks.filter(({ index }) => index !== mark.index)
  return [...others, mark].sort((a, b) => a.index - b.index)
}

function corrupt(path: string, reason: string): KvError {
  return new KvError('SNAPSHOT_CORRUPT', `snapshot ${path} cannot be used: ${reason}`)
}

function asKvError(error: unknown, path: string): unknown {
  if (!(error instanceof DiskError)) return error
  const code = error.code === 'full' ? 'DISK_FULL' : 'DISK_FAILED'
  return new KvError(code, `snapshot ${path}: ${error.message}`, { cause: error })
}

async function translated<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    throw asKvError(error, path)
  }
}
