import { put } from '../../contract/index.ts'
import { DataFile } from '../data-file.ts'
import { allocate } from '../memory.ts'
import { encodeRecord } from '../record.ts'
import type { StoredFile } from '../stored-file.ts'

export const BLOCK_BYTES = 1024
export const FILE_BYTES = 8 * BLOCK_BYTES

/** Where records begin: one in each of the first six blocks, */
export const OFFSETS = [64, 1088, 2112, 3136, 4160, 5184, 6104, 7152]
/** and two that go on in the next block, the second with its header already. */
export const CROSSING = [6, 7]

export function recordOf(number: number): Uint8Array {
  return put(number + 1, 0, { valueBytes: 150 }).record
}

/** Until all is done that needs nobody else. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface Read {
  readonly position: number
  readonly finish: (count?: number) => Promise<void>
  readonly fail: (error: unknown) => Promise<void>
}

/** A file that is read when a test says so. */
export class SlowFile {
  readonly memory = allocate(FILE_BYTES)
  readonly reads: Read[] = []
  readonly file: DataFile

  constructor(number = 1, { written = FILE_BYTES, records = OFFSETS.length } = {}) {
    const read = (target: Uint8Array, length: number, position: number) =>
      this.#read(target, length, position)
    const data = { path: '/d', written, read } as unknown as StoredFile
    this.file = new DataFile({ number, salt: 7, data, hint: data })
    for (const [at, offset] of OFFSETS.slice(0, records).entries()) {
      const record = recordOf(at)
      const place = { main: at + 1, sub: 0, offset, seed: this.file.seed }
      encodeRecord(this.memory, offset, { place, record })
      this.file.add(at + 1, 0, offset, record.length)
    }
  }

  get positions(): readonly number[] {
    return this.reads.map(({ position }) => position / BLOCK_BYTES)
  }

  #read(target: Uint8Array, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.reads.splice(this.reads.indexOf(read), 1)
        return turn()
      }
      const finish = (count = length) => {
        target.set(this.memory.bytes.subarray(position, position + count))
        resolve(count)
        return done()
      }
      const fail = (error: unknown) => {
        reject(error)
        return done()
      }
      const read: Read = { position, finish, fail }
      this.reads.push(read)
    })
  }
}
