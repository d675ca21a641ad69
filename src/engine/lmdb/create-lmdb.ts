import { assert } from '../../base/index.ts'
import type { Clock, Disk } from '../../io/index.ts'
import { EngineSlot } from '../engine-slot.ts'
import { Pauses } from '../pauses.ts'
import type { Checkpoint, Engine, EngineFactory, RevisionRecord } from '../types.ts'
import { decodeCheckpoint, type StoredCheckpoint } from './format.ts'
import {
  currentNumber,
  dataPath,
  freeNumber,
  type Home,
  isFull,
  makeCurrent,
  NO_FILE,
  removeData,
} from './generations.ts'
import { type FileOptions, LmdbFile, loadLibrary } from './library.ts'
import { LMDB_LIMITS, type LmdbLimits } from './limits.ts'
import { LmdbEngine } from './lmdb-engine.ts'
import { damaged } from './record-file.ts'
import { removeBehind } from './remove-behind.ts'
import { fillFile } from './replacement.ts'

export interface LmdbOptions {
  /** The disk of the machine itself: LMDB opens its file by itself. */
  readonly disk: Disk
  readonly clock: Clock
  /** Of this engine alone; it is made when it is missing. */
  readonly directory: string
  readonly limits?: Partial<LmdbLimits>
}

export function createLmdb(options: LmdbOptions): EngineFactory {
  return new LmdbFactory(options)
}

/** Opens one engine at a time, and holds the lock of the directory for it. */
class LmdbFactory implements EngineFactory {
  readonly name = 'lmdb'
  readonly #home: Home
  readonly #clock: Clock
  readonly #limits: LmdbLimits
  readonly #slot: EngineSlot<LmdbEngine>

  constructor({ disk, clock, directory, limits = {} }: LmdbOptions) {
    this.#home = { disk, directory }
    this.#clock = clock
    this.#limits = { ...LMDB_LIMITS, ...limits }
    this.#slot = new EngineSlot(this.#home)
  }

  async open(): Promise<Engine> {
    // Before anything is touched: it may not be installed.
    await loadLibrary()
    return this.#slot.alone(() => this.#open())
  }

  async replace(
    checkpoint: Checkpoint,
    records: AsyncIterable<readonly RevisionRecord[]>,
  ): Promise<Engine> {
    await loadLibrary()
    return this.#slot.alone(async () => {
      const home = this.#home
      const number = await freeNumber(home)
      try {
        const options = this.#fileOptions(dataPath(home, number))
        await fillFile(options, { checkpoint, records, limits: this.#limits })
      } catch (error) {
        await removeData(home, number)
        throw error
      }
      await this.#slot.engine?.close()
      await makeCurrent(home, number)
      return this.#open()
    })
  }

  async #open(): Promise<Engine> {
    assert(this.#slot.engine === null, 'one engine is open at a time')
    const home = this.#home
    let number = await currentNumber(home)
    const isNew = number === NO_FILE
    if (isNew) number = 1
    const path = dataPath(home, number)
    // A life that was killed may have left its last transaction in the memory of the system only.
    if (!isNew) await syncFile(home, path)
    const file = await LmdbFile.open(this.#fileOptions(path))
    const pauses = new Pauses(this.#clock)
    try {
      if (isNew) await makeCurrent(home, number)
      const stored = checkpointOf(file, path)
      const clock = this.#clock
      await removeBehind(file, stored?.last ?? null, { clock, limits: this.#limits })
      const limits = this.#limits
      const onClosed = this.#slot.closed
      const parts = { file, path, stored, clock, pauses, limits, onClosed }
      return this.#slot.fill(new LmdbEngine(parts))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  #fileOptions(path: string): FileOptions {
    return { path, mapBytes: this.#limits.mapBytes, isFull: () => isFull(this.#home) }
  }
}

function checkpointOf(file: LmdbFile, path: string): StoredCheckpoint | null {
  const bytes = file.checkpoint()
  if (bytes === null) return null
  const stored = decodeCheckpoint(bytes)
  if (stored !== null) return stored
  throw damaged(path, 'the checkpoint does not match its checksum')
}

async function syncFile({ disk }: Home, path: string): Promise<void> {
  const file = await disk.open(path, { mode: 'readWrite' })
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
