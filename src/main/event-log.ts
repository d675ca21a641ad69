/**
 * What a node tells whoever runs it: a line of JSON for each event, with the names that etcd gives
 * them, because programs that start an `etcd` wait for some of its lines.
 */

import type { LogLevel } from '../cli/index.ts'

export type EventLevel = 'debug' | 'info' | 'warn' | 'error'

export type EventFields = Readonly<Record<string, unknown>>

const RANKS: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  dpanic: 3,
  panic: 3,
  fatal: 3,
}

export interface EventLogOptions {
  readonly level: LogLevel
  readonly wallMs: () => number
  /** Takes whole lines. */
  readonly write: (line: string) => void
}

export class EventLog {
  readonly #options: EventLogOptions

  constructor(options: EventLogOptions) {
    this.#options = options
  }

  tell(level: EventLevel, text: string, fields: EventFields = {}): void {
    const { write, wallMs, level: least } = this.#options
    if (RANKS[level] < RANKS[least]) return
    const ts = new Date(wallMs()).toISOString()
    write(`${JSON.stringify({ level, ts, msg: text, ...fields })}\n`)
  }

  info(text: string, fields?: EventFields): void {
    this.tell('info', text, fields)
  }

  warn(text: string, fields?: EventFields): void {
    this.tell('warn', text, fields)
  }

  error(text: string, fields?: EventFields): void {
    this.tell('error', text, fields)
  }
}
