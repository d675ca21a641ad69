/**
 * Records that are about to be asked for are looked at together, as their keys were before: see
 * `Foresight` of the state. Only where they are as a rule is looked at: those in blocks of memory,
 * behind each other in a file of one record a revision.
 *
 * A processor goes on for some two hundred instructions beyond the first that waits for memory. So
 * whatever waits has a loop of its own, and that is short.
 */

import { LINE_WORDS } from '../../base/index.ts'
import type { RevisionList } from '../../state/index.ts'
import type { BlockCache } from './block-cache.ts'
import type { DataFile } from './data-file.ts'
import type { FileList } from './file-list.ts'

/** Records that are looked at together. */
const FORESEEN_MAX = 64
const NO_WORDS = new Int32Array(0)

export class RecordForesight {
  readonly #blocks: BlockCache
  readonly #files: (DataFile | null)[] = new Array(FORESEEN_MAX).fill(null)
  readonly #numbers = new Int32Array(FORESEEN_MAX)
  readonly #offsets = new Float64Array(FORESEEN_MAX)
  readonly #memory: Int32Array[] = new Array(FORESEEN_MAX).fill(NO_WORDS)
  readonly #words = new Int32Array(FORESEEN_MAX)
  /** It means nothing, but that something was looked at. */
  seen = 0

  constructor(blocks: BlockCache) {
    this.#blocks = blocks
  }

  look(revisions: RevisionList, list: FileList): void {
    const blocks = this.#blocks
    const files = this.#files
    const numbers = this.#numbers
    const offsets = this.#offsets
    const memory = this.#memory
    const words = this.#words
    const count = Math.min(revisions.length, FORESEEN_MAX)
    let found = 0
    for (let at = 0; at < count; at++) {
      const main = revisions.main(at)
      const file = list.all[list.indexOf(main, 0)]
      if (file === undefined) continue
      files[found] = file
      numbers[found] = file.index.likelyNumber(main)
      found += 1
    }
    for (let at = 0; at < found; at++) {
      offsets[at] = (files[at] as DataFile).index.offset(numbers[at] as number)
    }
    for (let at = 0; at < found; at++) {
      const file = files[at] as DataFile
      const offset = offsets[at] as number
      memory[at] = blocks.wordsOf(file, offset) ?? NO_WORDS
      words[at] = blocks.wordOf(file, offset)
      // It may be replaced and go before others are foreseen.
      files[at] = null
    }
    let seen = 0
    for (let at = 0; at < found; at++)
      seen ^= touched(memory[at] as Int32Array, words[at] as number)
    this.seen = seen
  }
}

/** Looks at what is there; of a longer record more comes by itself. */
function touched(words: Int32Array, first: number): number {
  if (first + 4 * LINE_WORDS >= words.length) return 0
  return (
    (words[first] as number) ^
    (words[first + LINE_WORDS] as number) ^
    (words[first + 2 * LINE_WORDS] as number) ^
    (words[first + 3 * LINE_WORDS] as number) ^
    (words[first + 4 * LINE_WORDS] as number)
  )
}
