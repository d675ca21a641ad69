/** What watching may cost, each with its reason. */

export interface WatchLimits {
  readonly ringBytesMax: number
  readonly answerBytes: number
  readonly fragmentBytes: number
  readonly answerBytesMax: number
  readonly historyBytes: number
  readonly loadBytes: number
  readonly sliceEvents: number
  readonly watchersPerStreamMax: number
  readonly watchersMax: number
  readonly progressIntervalMs: number
}

const KIB = 1024
const MIB = 1024 * KIB

/**
 * `ringBytesMax`: recent events of one group, kept once for all watchers; half a second at the
 * highest rate of writes, which is what a watcher may pause without costing a read of the disk.
 * `answerBytes`: where an answer of several revisions is cut; clients of gRPC take 4 MiB by
 * default. `fragmentBytes`: where one revision is cut for those who asked for fragments; as in etcd
 * the largest request, 1.5 MiB, and 512 KiB on top.
 * `answerBytesMax`: where one revision is cut for everybody else, marked as a fragment all the
 * same: a transaction or a range of deletes may make more events than a process could hold.
 * `historyBytes`: one read of the past; `loadBytes`: previous values brought from disk at once.
 * `sliceEvents`: looked at before anything is handed out, beyond which only one revision goes on.
 * `progressIntervalMs`: etcd's ten minutes.
 */
export const WATCH_LIMITS: WatchLimits = {
  ringBytesMax: 16 * MIB,
  answerBytes: 1 * MIB,
  fragmentBytes: 2 * MIB,
  answerBytesMax: 64 * MIB,
  historyBytes: 1 * MIB,
  loadBytes: 4 * MIB,
  sliceEvents: 1024,
  watchersPerStreamMax: 1024,
  watchersMax: 10_000,
  progressIntervalMs: 600_000,
}
