/** What watching costs a client, each with its reason. */

export interface WatchLimits {
  readonly bufferBytesMax: number
  readonly bufferEventsMax: number
  readonly readersMax: number
  readonly watchesPerStreamMax: number
  readonly unsentMax: number
  readonly backoffMsMin: number
  readonly backoffMsMax: number
  readonly progressMs: number
}

/**
 * `bufferBytesMax`, `bufferEventsMax`: what waits for the reader of one watch, and one answer more
 * (2 MiB); beyond it the watch is ended at the server and begun again when half of it is read, so
 * that a slow reader costs memory of nobody. `readersMax`: calls of `next` that wait at a time.
 * `watchesPerStreamMax`: half of what a server takes, for those that are being ended count, too.
 * `unsentMax`: what is asked of a server that reads nothing; beyond it another one is asked.
 * `backoffMs*`: between streams that fail at once; the longest is what a reader waits in addition
 * when a cluster comes back. `progressMs`: so old may be where a silent watch begins again, which
 * matters only where compaction comes closer than that to the present.
 */
export const WATCH_LIMITS: WatchLimits = {
  bufferBytesMax: 1_048_576,
  bufferEventsMax: 8192,
  readersMax: 1024,
  watchesPerStreamMax: 512,
  unsentMax: 4096,
  backoffMsMin: 20,
  backoffMsMax: 1000,
  progressMs: 10_000,
}
