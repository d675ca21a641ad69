import { assert } from '../../base/index.ts'
import type { Clock, Disk } from '../../io/index.ts'
import { EngineSlot } from '../engine-slot.ts'
import { Pauses } from '../pauses.ts'
import type { Checkpoint, Engine, EngineFactory, RevisionRecord } from '../types.ts'
import { BitcaskEngine } from './bitcask-engine.ts'
import type { DataFile } from './data-file.ts'
import { WriterMemory } from './data-writer.ts'
import { FileList } from './file-list.ts'
import { BITCASK_LIMITS, type BitcaskLimits } from './limits.ts'
import { type FoundStore, findStore, openFiles, type Place } from './open-store.ts'
import { RecordCache } from './record-cache.ts'
import { writeReplacement } from './replacement.ts'
import { WriteQueue } from './write-queue.ts'

export interface BitcaskOptions {
  readonly disk: Disk
  readonly clock: Clock
  /** Of this engine alone; it is made when it is missing. */
  readonly directory: string
  readonly limits?: Partial<BitcaskLimits>
}

export function createBitcask(options: BitcaskOptions): EngineFactory {
  return new BitcaskFactory(options)
}

/** Opens one engine at a time, and holds the lock of the directory for it. */
class BitcaskFactory implements EngineFactory {
  readonly name = 'bitcask'
  readonly #place: Place
  readonly #limits: BitcaskLimits
  readonly #slot: EngineSlot<BitcaskEngine>

  constructor({ disk, clock, directory, limits = {} }: BitcaskOptions) {
    this.#place = { disk, clock, directory }
    this.#limits = { ...BITCASK_LIMITS, ...limits }
    this.#slot = new EngineSlot(this.#place)
  }

  open(): Promise<Engine> {
    return this.#slot.alone(() => this.#open())
  }

  replace(
    checkpoint: Checkpoint,
    records: AsyncIterable<readonly RevisionRecord[]>,
  ): Promise<Engine> {
    const slot = this.#slot
    return slot.alone(async () => {
      await writeReplacement(
        { checkpoint, records },
        {
          place: this.#place,
          limits: this.#limits,
          // The engine that is open serves until its files go.
          home: slot.engine?.home ?? null,
          beforeSwitch: async () => {
            await slot.engine?.close()
          },
        },
      )
      return this.#open()
    })
  }

  async #open(): Promise<Engine> {
    assert(this.#slot.engine === null, 'one engine is open at a time')
    const { clock } = this.#place
    const pauses = new Pauses(clock)
    // Before anything is open: the system may not have so much memory.
    const loaded = new RecordCache(this.#limits.loadedCacheBytes)
    const found = await findStore(this.#place, pauses)
    const memory = new WriterMemory(this.#limits.chunkBytes)
    let engine: BitcaskEngine | null = null
    const queue = new WriteQueue({
      pauses,
      spaceRetryMs: this.#limits.spaceRetryMs,
      onProgress: () => engine?.progress(),
      onFailed: (error) => engine?.fail(error),
    })
    const files = await openFiles(found, { queue, pool: memory.hints, pauses })
    engine = new BitcaskEngine({
      home: found.home,
      limits: this.#limits,
      clock,
      pauses,
      queue,
      memory,
      loaded,
      files: new FileList(withActive(files, { found, limits: this.#limits })),
      durable: found.manifest.checkpoint,
      manifestBytes: found.bytes,
      onClosed: this.#slot.closed,
    })
    this.#slot.fill(engine)
    engine.start()
    return engine
  }
}

/** Goes on in the last file while it has room. */
function withActive(
  files: readonly DataFile[],
  { found, limits }: { found: FoundStore; limits: BitcaskLimits },
): readonly DataFile[] {
  const last = files.at(-1)
  const hasRoom = last !== undefined && last.length < limits.fileBytes
  if (hasRoom) return files
  last?.index.trim()
  return [...files, found.home.newFile()]
}
