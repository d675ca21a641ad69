import { alignUp } from '../../base/index.ts'
import type { DataFile, FileCut } from './data-file.ts'
import { FILE_HEADER_BYTES, SECTOR_BYTES } from './format.ts'
import type { BitcaskLimits } from './limits.ts'

/**
 * One file less is worth this share of a full one: else a store would end in a thousand of them.
 */
const FILES_PER_FULL_FILE = 32

export interface MergeLimits extends Pick<BitcaskLimits, 'fileBytes' | 'mergeGainMin'> {
  /** No more than this may be copied. */
  readonly costMax: number
}

/**
 * The neighbours whose merge gives back most, of those that give back enough for what they cost;
 * null: none does. Only files that are full and durable to the last record take part, since what a
 * merge leaves out must be what the manifest says is dropped.
 */
export function planMerge(
  files: readonly DataFile[],
  { fileBytes, mergeGainMin, costMax }: MergeLimits,
): readonly DataFile[] | null {
  let best: { from: number; to: number; gain: number } | null = null
  for (let from = 0; from < files.length - 1; from++) {
    let length = 0
    let cost = 0
    for (let to = from; to < files.length - 1; to++) {
      const cut = mergeable(files[to] as DataFile)
      if (cut === null) break
      length += cut.length
      cost += (files[to] as DataFile).space - cut.deadBytes
      if (cost > costMax || (to > from && FILE_HEADER_BYTES + cost > fileBytes)) break
      const bonus = ((to - from) * fileBytes) / FILES_PER_FULL_FILE
      const gain = length - mergedLength(cost) + bonus
      const isWorthIt = gain > 0 && gain >= mergeGainMin * cost
      if (isWorthIt && gain > (best?.gain ?? 0)) best = { from, to, gain }
    }
  }
  return best === null ? null : files.slice(best.from, best.to + 1)
}

/** Null: it may not be merged now. */
function mergeable({ durable, index, isDamaged }: DataFile): FileCut | null {
  return durable !== null && !isDamaged && durable.records === index.length ? durable : null
}

/** How long the file becomes into which so much is copied. */
function mergedLength(space: number): number {
  return space === 0 ? 0 : alignUp(FILE_HEADER_BYTES + space, SECTOR_BYTES)
}
