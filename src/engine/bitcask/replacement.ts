/**
 * Writes a whole new content beside the old one. The manifest that names the new files instead of
 * the old ones is the switch: before it is durable, a crash leaves the old content, after it the
 * new.
 */

import { KvError } from '../../base/index.ts'
import { Pauses } from '../pauses.ts'
import type { Checkpoint, RevisionRecord } from '../types.ts'
import type { DataFile } from './data-file.ts'
import { DataWriter, WriterMemory } from './data-writer.ts'
import { recordSpace } from './format.ts'
import type { Home } from './home.ts'
import type { BitcaskLimits } from './limits.ts'
import type { ManifestFile } from './manifest.ts'
import { ManifestStore, removeIfThere } from './manifest-store.ts'
import { findHome, type Place } from './open-store.ts'
import { WriteQueue } from './write-queue.ts'

export interface ReplacementOptions {
  readonly place: Place
  readonly limits: BitcaskLimits
  /** Of the engine that is open, so that both never make a file of the same number. */
  readonly home: Home | null
  /** The old content is not used any more when it resolves. */
  readonly beforeSwitch: () => Promise<void>
}

export async function writeReplacement(
  content: {
    readonly checkpoint: Checkpoint
    readonly records: AsyncIterable<readonly RevisionRecord[]>
  },
  { place, limits, home: open, beforeSwitch }: ReplacementOptions,
): Promise<void> {
  const pauses = new Pauses(place.clock)
  const home = open ?? (await findHome(place, pauses))
  const replacement = new Replacement(home, { limits, pauses })
  try {
    await replacement.fill(content.records)
    await beforeSwitch()
  } catch (error) {
    await replacement.abandon()
    throw error
  }
  await replacement.publish(content.checkpoint)
}

class Replacement {
  readonly #home: Home
  readonly #limits: BitcaskLimits
  readonly #memory: WriterMemory
  readonly #queue: WriteQueue
  readonly #manifests: ManifestStore
  readonly #files: DataFile[] = []
  #writer: DataWriter | null = null
  #lastMain = -1
  #lastSub = 0

  constructor(home: Home, { limits, pauses }: { limits: BitcaskLimits; pauses: Pauses }) {
    this.#home = home
    this.#limits = limits
    this.#memory = new WriterMemory(limits.chunkBytes)
    this.#queue = new WriteQueue({
      pauses,
      // Whoever sends the records learns that there is no room, and may try again.
      spaceRetryMs: null,
      onProgress: () => {},
      onFailed: () => {},
    })
    this.#manifests = new ManifestStore({ home, pauses, spaceRetryMs: null, bytes: 0 })
  }

  /** Durable when it resolves, but for the names. */
  async fill(records: AsyncIterable<readonly RevisionRecord[]>): Promise<void> {
    for await (const piece of records) {
      for (const record of piece) this.#append(record)
      if (this.#queue.bytes > this.#limits.queuedBytesMax) await this.#queue.idle()
    }
    this.#writer?.flush()
    await this.#queue.idle()
    for (const file of this.#files) {
      await file.data.sync()
      await file.hint.sync()
    }
  }

  async publish(checkpoint: Checkpoint): Promise<void> {
    const { salt, nextNumber } = this.#home
    const files: ManifestFile[] = this.#files.map((file) => ({
      number: file.number,
      ...file.cut(),
    }))
    try {
      await this.#manifests.publish(() => ({ salt, nextNumber, checkpoint, files }))
    } finally {
      await this.#close()
    }
  }

  /** Gives back what it took, as far as the disk still works; the rest goes at the next start. */
  async abandon(): Promise<void> {
    await this.#close()
    for (const { data, hint } of this.#files) {
      await removeIfThere(this.#home, data.path).catch(() => {})
      await removeIfThere(this.#home, hint.path).catch(() => {})
    }
  }

  #append({ main, sub, record }: RevisionRecord): void {
    const ascends = main > this.#lastMain || (main === this.#lastMain && sub > this.#lastSub)
    // They come from another node.
    if (!ascends) throw new KvError('SNAPSHOT_CORRUPT', 'records of a snapshot are not in order')
    this.#lastMain = main
    this.#lastSub = sub
    this.#writerFor(record).append(main, sub, record)
  }

  #writerFor(record: Uint8Array): DataWriter {
    const writer = this.#writer
    const space = recordSpace(record.length)
    if (writer !== null && writer.file.length + space <= this.#limits.fileBytes) return writer
    writer?.flush()
    const file = this.#home.newFile()
    this.#files.push(file)
    const { salt } = this.#home
    const shared = { queue: this.#queue, memory: this.#memory, recent: null }
    const next = new DataWriter(file, { salt, ...shared })
    this.#writer = next
    return next
  }

  async #close(): Promise<void> {
    await this.#queue.close()
    for (const file of this.#files) {
      await file.close()
      file.index.free()
    }
  }
}
