/**
 * watch: who wants to hear of which changes, and what of it was told. Built next.
 */
export interface WatchHub {
  /** Changes up to here may be handed out. */
  readonly revision: number
}
