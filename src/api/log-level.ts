/** Of the events that a node tells, while it runs. */
export interface LogLevelControl {
  /** From the one that tells most. */
  readonly levels: readonly string[]
  read(): string
  /** Fails with `BAD_REQUEST` for what is none of `levels`. */
  write(level: string): void
}
