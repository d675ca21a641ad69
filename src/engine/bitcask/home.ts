import { assert, KvError } from '../../base/index.ts'
import type { Disk } from '../../io/index.ts'
import { DataFile } from './data-file.ts'
import { dataName, hintName, MANIFEST_NAME, MANIFEST_TEMPORARY_NAME } from './format.ts'
import { StoredFile } from './stored-file.ts'

/** The directory of a store: what its files are called, and whether their names are durable. */
export class Home {
  readonly disk: Disk
  readonly directory: string
  readonly salt: number
  #nextNumber: number
  #isDirty = false

  constructor({
    disk,
    directory,
    salt,
    nextNumber,
  }: {
    disk: Disk
    directory: string
    salt: number
    nextNumber: number
  }) {
    this.disk = disk
    this.directory = directory
    this.salt = salt
    this.#nextNumber = nextNumber
  }

  /** No file had it before. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  get manifestPath(): string {
    return `${this.directory}/${MANIFEST_NAME}`
  }

  get temporaryPath(): string {
    return `${this.directory}/${MANIFEST_TEMPORARY_NAME}`
  }

  newFile(): DataFile {
    const number = this.#nextNumber
    assert(number < 2 ** 32, 'the number of a file has 32 bits')
    this.#nextNumber += 1
    return this.fileOf(number)
  }

  fileOf(number: number): DataFile {
    const { salt } = this
    // Each write of a chunk is durable. Otherwise a checkpoint would have a whole segment of the
    // log to sync at once, and every write of the log would wait behind it.
    const data = this.#stored(dataName(number), { durable: true })
    const hint = this.#stored(hintName(number), { durable: false })
    return new DataFile({ number, salt, data, hint })
  }

  /** Every file that was made before the call has its name for good. */
  async syncNames(): Promise<void> {
    if (!this.#isDirty) return
    this.#isDirty = false
    await this.disk.syncDirectory(this.directory)
  }

  #stored(name: string, { durable }: { readonly durable: boolean }): StoredFile {
    return new StoredFile({
      disk: this.disk,
      path: `${this.directory}/${name}`,
      durable,
      onCreated: () => {
        this.#isDirty = true
      },
    })
  }
}

/** A file is not what was written. Nothing of it is handed out. */
export function damaged(
  path: string,
  { offset, what }: { readonly offset?: number; readonly what: string },
): KvError {
  const text = `${path} is damaged${offset === undefined ? '' : ` at offset ${offset}`}: ${what}`
  return new KvError('ENGINE_CORRUPT', `${text}; replace this node's copy of the data`)
}
