/** What a node has done, for those who measure. */
export class Counters {
  /** Refused, or left open; whatever the state said of them is no failure. */
  writesFailed = 0
  /** Reads whose index nobody told in time. */
  readsTimedOut = 0
  /** By this node as the leader. */
  leasesExpired = 0
}

export interface NodeCounters extends Readonly<Counters> {
  /** Writes that somebody waits for. */
  readonly writesPending: number
}
