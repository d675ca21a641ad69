import { assert } from '../../base/index.ts'
import type { DataFile } from './data-file.ts'

/**
 * The files of a store. Their records ascend by revision, within a file and from one to the next; a
 * merge puts one file in the place of neighbours, which keeps it so. The last one is written to.
 */
export class FileList {
  #files: DataFile[]
  /** What `find` found. */
  file: DataFile
  number = 0

  /** The last one is that which is written to; it may be empty. */
  constructor(files: readonly DataFile[]) {
    const active = files.at(-1)
    assert(active !== undefined, 'a store has a file to write to')
    this.#files = [...files]
    this.file = active
  }

  get all(): readonly DataFile[] {
    return this.#files
  }

  get active(): DataFile {
    return this.#files[this.#files.length - 1] as DataFile
  }

  /** The next file to write to. */
  push(file: DataFile): void {
    assert(this.active.index.length > 0, 'only the last file may be empty')
    this.#files.push(file)
  }

  /** False when there is no such record; else `file` and `number` say which it is. */
  find(main: number, sub: number): boolean {
    const file = this.#files[this.indexOf(main, sub)]
    if (file === undefined) return false
    const number = file.index.find(main, sub)
    if (number < 0) return false
    this.file = file
    this.number = number
    return true
  }

  /** The last file that does not begin behind the revision; -1: all do. */
  indexOf(main: number, sub: number): number {
    let low = 0
    let high = this.#files.length
    if (this.active.index.length === 0) high -= 1
    while (low < high) {
      const middle = (low + high) >>> 1
      const { index } = this.#files[middle] as DataFile
      const distance = index.firstMain - main
      if (distance < 0 || (distance === 0 && index.firstSub <= sub)) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Puts one file, or none, in the place of neighbours, of which the last is not written to. */
  replace(run: readonly DataFile[], merged: DataFile | null): void {
    const at = this.#files.indexOf(run[0] as DataFile)
    assert(at >= 0 && at + run.length < this.#files.length, 'only full files are replaced')
    assert(
      run.every((file, number) => this.#files[at + number] === file),
      'what is replaced stands side by side',
    )
    this.#files.splice(at, run.length, ...(merged === null ? [] : [merged]))
  }
}
