/**
 * Merges files in the background: what is not dropped is copied into a new file, which takes the
 * place of the old ones.
 *
 * The rule: a merge leaves out what the durable manifest says is dropped, and nothing else. So at
 * every moment a manifest on disk and the files it names hold the same records that it held before
 * the merge, wherever a crash comes; and what it said was dropped, the next one does not have.
 */

import { assert } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import type { Pauses } from '../pauses.ts'
import { Bits } from './bits.ts'
import type { DataFile, FileCut } from './data-file.ts'
import { DataWriter, type WriterMemory } from './data-writer.ts'
import type { FileReader } from './file-reader.ts'
import { recordSpace } from './format.ts'
import type { Home } from './home.ts'
import type { BitcaskLimits } from './limits.ts'
import { removeIfThere } from './manifest-store.ts'
import { WriteQueue } from './write-queue.ts'

/** What is left out of a file, as of when its copy began. */
interface Source {
  readonly file: DataFile
  readonly omitted: Bits
}

export interface MergerOptions {
  readonly home: Home
  readonly limits: BitcaskLimits
  readonly pauses: Pauses
  readonly reader: FileReader
  readonly memory: WriterMemory
  /** Neighbours to merge for which no more than this is copied; null: there are none. */
  readonly plan: (costMax: number) => readonly DataFile[] | null
  /** Puts the merged file in their place, at once in memory; durable when it resolves. */
  readonly replace: (run: readonly DataFile[], merged: DataFile | null) => Promise<void>
  readonly onFatal: (error: unknown) => void
}

export class Merger {
  readonly #options: MergerOptions
  readonly #mayCopyFrom: { ms: number } = { ms: 0 }
  #running: Promise<void> | null = null
  #again = false

  constructor(options: MergerOptions) {
    this.#options = options
  }

  /** There may be something to merge. */
  kick(): void {
    this.#again = true
    if (this.#running !== null || this.#options.pauses.stopped) return
    this.#running = this.#run()
  }

  /** Resolves when nothing is under way. Pauses end it. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    const { pauses, limits, onFatal } = this.#options
    try {
      while (this.#again && !pauses.stopped) {
        this.#again = false
        if ((await this.#mergeNext(Number.POSITIVE_INFINITY)) !== 'failed') continue
        // Mostly for want of room: files in which nothing is left take none to go.
        while ((await this.#mergeNext(0)) === 'merged');
        this.#again = true
        await pauses.pause(limits.spaceRetryMs)
      }
    } catch (error) {
      if (!pauses.stopped) onFatal(error)
    } finally {
      this.#running = null
    }
  }

  async #mergeNext(costMax: number): Promise<'nothing' | 'merged' | 'failed'> {
    const run = this.#options.plan(costMax)
    if (run === null) return 'nothing'
    this.#again = true
    const sources = run.map((file) => ({ file, omitted: durableOf(file).dead }))
    for (const { file } of sources) file.pin()
    try {
      const isEmpty = sources.every(({ file, omitted }) => omitted.count === file.index.length)
      if (isEmpty) {
        await this.#options.replace(run, null)
        return 'merged'
      }
      const merged = await this.#copy(sources)
      if (merged === null) return 'failed'
      settle(merged, sources)
      await this.#options.replace(run, merged)
      return 'merged'
    } finally {
      for (const { file } of sources) file.unpin()
    }
  }

  /** The merged file, durable to the last record; null: it could not be made. */
  async #copy(sources: readonly Source[]): Promise<DataFile | null> {
    const { home, pauses, memory } = this.#options
    const file = home.newFile()
    const queue = new WriteQueue({
      pauses,
      spaceRetryMs: null,
      onProgress: () => {},
      onFailed: () => {},
    })
    const writer = new DataWriter(file, { salt: home.salt, queue, memory, recent: null })
    try {
      for (const source of sources) {
        if (!(await this.#copyFile(source, { writer, queue }))) {
          await this.#abandon(file, queue)
          return null
        }
      }
      writer.flush()
      await queue.idle()
      await file.data.sync()
      await file.hint.sync()
      file.index.trim()
      return file
    } catch (error) {
      await this.#abandon(file, queue)
      const isFull = error instanceof DiskError && error.code === 'full'
      if (isFull || sources.some((source) => source.file.isDamaged)) return null
      throw error
    }
  }

  /** False: the engine is being closed. */
  async #copyFile(
    { file, omitted }: Source,
    { writer, queue }: { writer: DataWriter; queue: WriteQueue },
  ): Promise<boolean> {
    const { index } = file
    for (let number = omitted.nextAbsent(0); number < index.length; ) {
      const numbers: number[] = []
      let bytes = 0
      while (number < index.length && bytes < this.#options.limits.mergeSliceBytes) {
        numbers.push(number)
        bytes += recordSpace(index.bytes(number))
        number = omitted.nextAbsent(number + 1)
      }
      if (!(await this.#pace(bytes))) return false
      const records = await this.#read(file, numbers)
      records.forEach((record, at) => {
        const from = numbers[at] as number
        writer.append(index.main(from), index.sub(from), record)
      })
      await queue.idle()
    }
    return true
  }

  async #read(file: DataFile, numbers: readonly number[]): Promise<readonly Uint8Array[]> {
    try {
      return await this.#options.reader.read(file, numbers)
    } catch (error) {
      // It stays as it is, and whoever needs what is damaged in it hears of that.
      file.isDamaged = true
      throw error
    }
  }

  /** Waits until so much may be copied; false: the engine is being closed. */
  async #pace(bytes: number): Promise<boolean> {
    const { pauses, limits } = this.#options
    const now = pauses.nowMs()
    const from = Math.max(this.#mayCopyFrom.ms, now)
    this.#mayCopyFrom.ms = from + (bytes / limits.mergeBytesPerSecond) * 1000
    if (from > now) await pauses.pause(from - now)
    return !pauses.stopped
  }

  async #abandon(file: DataFile, queue: WriteQueue): Promise<void> {
    await queue.close()
    await file.close()
    // What is left of it is removed at the next start: no manifest names it.
    for (const { path } of [file.data, file.hint]) {
      await removeIfThere(this.#options.home, path).catch(() => {})
    }
  }
}

function durableOf({ durable }: DataFile): FileCut {
  assert(durable !== null, 'what is merged is durable')
  return durable
}

/** What is dropped in the merged file, now and in every manifest, follows from the sources. */
function settle(merged: DataFile, sources: readonly Source[]): void {
  const squeezed = (deadOf: (file: DataFile) => Bits): Bits => {
    const bits = new Bits()
    let base = 0
    for (const { file, omitted } of sources) {
      const limit = file.index.length
      bits.addSqueezed(deadOf(file), omitted, { limit, base })
      base += limit - omitted.count
    }
    assert(base === merged.index.length, 'a merge copies all that is not left out')
    return bits
  }
  merged.dropAll(squeezed((file) => file.dead))
  merged.durable = merged.cutWith(squeezed((file) => durableOf(file).dead))
  const isCheckpointing = sources.some(({ file }) => file.coming !== null)
  if (!isCheckpointing) return
  merged.coming = merged.cutWith(
    squeezed((file) => {
      assert(file.coming !== null, 'a checkpoint is of all files')
      return file.coming.dead
    }),
  )
}
