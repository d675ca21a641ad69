import { assert } from '../../base/index.ts'
import { type Disk, DiskError } from '../../io/index.ts'
import { translated } from '../disk-failure.ts'
import type { Hold } from '../records/index.ts'
import { stopped } from '../stopped.ts'
import type { Checkpoint } from '../types.ts'
import { CheckpointReader, type RecordTaker } from './checkpoint-reader.ts'
import { type CheckpointTarget, CheckpointWriter } from './checkpoint-writer.ts'
import { checkpointNumber, checkpointPath, isTemporary } from './files.ts'

export interface CheckpointStoreOptions {
  readonly disk: Disk
  readonly directory: string
  readonly partBytes: number
}

/**
 * How a long piece of work lets others have their turn, and hears that it is not wanted any more.
 */
export interface WorkControl {
  turn(): Promise<void>
  mustStop(): boolean
}

/**
 * The checkpoint files of one directory. The one with the highest number is in force. A new one
 * gets the next number; those before it are removed only when it is durable.
 */
export class CheckpointStore {
  readonly #options: CheckpointStoreOptions
  #numbers: readonly number[]

  private constructor(options: CheckpointStoreOptions, numbers: readonly number[]) {
    this.#options = options
    this.#numbers = numbers
  }

  /** Finds the files there are, and removes what a crash left half-written. */
  static open(options: CheckpointStoreOptions): Promise<CheckpointStore> {
    const { disk, directory } = options
    return translated(async () => {
      await disk.makeDirectory(directory)
      const numbers: number[] = []
      for (const name of await disk.list(directory)) {
        if (isTemporary(name)) await disk.remove(`${directory}/${name}`)
        const number = checkpointNumber(name)
        if (number !== null) numbers.push(number)
      }
      // A life that was killed may have named a file without having made the name durable.
      await disk.syncDirectory(directory)
      return new CheckpointStore(
        options,
        numbers.sort((a, b) => a - b),
      )
    })
  }

  /**
   * Hands out the checkpoint in force; null when there is none yet. Damage fails with
   * `ENGINE_CORRUPT`, also when there is an older file: the log may be cut above that one.
   */
  read(take: RecordTaker): Promise<Checkpoint | null> {
    const number = this.#numbers.at(-1)
    if (number === undefined) return Promise.resolve(null)
    return translated(async () => {
      const path = checkpointPath(this.#options.directory, number)
      const file = await this.#options.disk.open(path, { mode: 'read' })
      try {
        const reader = new CheckpointReader(file, { path, number })
        const checkpoint = await reader.start()
        while (await reader.next(take)) {
          // Each part is read by itself, so others have their turn.
        }
        return checkpoint
      } finally {
        await file.close()
      }
    })
  }

  /** Durable when it resolves. When it fails, what was in force still is. */
  write(checkpoint: Checkpoint, hold: Hold, control: WorkControl): Promise<void> {
    const number = (this.#numbers.at(-1) ?? 0) + 1
    const target: CheckpointTarget = { ...this.#options, number }
    return translated(async () => {
      const writer = new CheckpointWriter(target)
      try {
        await writer.start(checkpoint.appliedIndex, checkpoint.meta)
        await writeRecords(writer, hold, control)
        await writer.finish()
      } catch (error) {
        await writer.discard()
        throw error
      }
      const older = this.#numbers
      this.#numbers = [...older, number]
      await this.#removeAll(older)
    })
  }

  /** A file that stays behind does no harm: it is not in force, and the next one takes it along. */
  async #removeAll(numbers: readonly number[]): Promise<void> {
    const { disk, directory } = this.#options
    for (const number of numbers) {
      try {
        await disk.remove(checkpointPath(directory, number))
        this.#numbers = this.#numbers.filter((kept) => kept !== number)
      } catch (error) {
        if (!(error instanceof DiskError)) throw error
      }
    }
  }
}

async function writeRecords(
  writer: CheckpointWriter,
  hold: Hold,
  { turn, mustStop }: WorkControl,
): Promise<void> {
  while (hold.next()) {
    const { main, sub, record } = hold
    if (writer.add(main, sub, record)) continue
    if (mustStop()) throw stopped()
    await writer.flush()
    await turn()
    const added = writer.add(main, sub, record)
    assert(added, 'an empty part takes any record')
  }
}
