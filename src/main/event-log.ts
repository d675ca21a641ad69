/**
 * What a node tells whoever runs it: events with a level, a text and named facts, in lines of JSON
 * with the names that etcd gives them, because programs that start an `etcd` wait for some of them;
 * or for people, at a terminal.
 */

import { KvError } from '../base/index.ts'
import type { LogLevel } from '../cli/index.ts'

export type EventLevel = LogLevel

export type EventFields = Readonly<Record<string, unknown>>

/** From the one that tells most. */
export const EVENT_LEVELS: readonly EventLevel[] = ['debug', 'info', 'warn', 'error']

export interface EventSink {
  /** For people instead of programs. */
  readonly isPretty: boolean
  /** Only of a pretty one. */
  readonly isColoured: boolean
  /** Takes whole lines. */
  readonly write: (line: string) => void
}

export interface EventLogOptions {
  readonly level: EventLevel
  readonly wallMs: () => number
  readonly sinks: readonly EventSink[]
}

interface Event {
  readonly level: EventLevel
  readonly at: Date
  readonly text: string
  readonly fields: EventFields
}

export class EventLog {
  readonly #configured: EventLevel
  readonly #wallMs: () => number
  readonly #sinks: readonly EventSink[]
  #level: EventLevel

  constructor({ level, wallMs, sinks }: EventLogOptions) {
    this.#configured = level
    this.#level = level
    this.#wallMs = wallMs
    this.#sinks = sinks
  }

  get level(): EventLevel {
    return this.#level
  }

  /** From now on. Whoever reads the events sees it, whatever the levels are. */
  changeLevel(level: string, reason: string): void {
    const wanted = EVENT_LEVELS.find((one) => one === level)
    if (wanted === undefined) {
      const words = EVENT_LEVELS.join(', ')
      throw new KvError('BAD_REQUEST', `a level of events is one of ${words}, and not "${level}"`)
    }
    const before = this.#level
    this.#level = wanted
    if (before !== wanted)
      this.#write('info', 'log level changed', { from: before, to: wanted, reason })
  }

  /** To everything, and back to what was configured: what a signal can say. */
  toggleDebug(reason: string): void {
    const usual = this.#configured === 'debug' ? 'info' : this.#configured
    this.changeLevel(this.#level === 'debug' ? usual : 'debug', reason)
  }

  tell(level: EventLevel, text: string, fields: EventFields = {}): void {
    if (EVENT_LEVELS.indexOf(level) >= EVENT_LEVELS.indexOf(this.#level)) {
      this.#write(level, text, fields)
    }
  }

  debug(text: string, fields?: EventFields): void {
    this.tell('debug', text, fields)
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

  #write(level: EventLevel, text: string, fields: EventFields): void {
    const event: Event = { level, at: new Date(this.#wallMs()), text, fields }
    for (const { isPretty, isColoured, write } of this.#sinks) {
      write(isPretty ? prettyLine(event, isColoured) : jsonLine(event))
    }
  }
}

function jsonLine({ level, at, text, fields }: Event): string {
  return `${JSON.stringify({ level, ts: at.toISOString(), msg: text, ...fields })}\n`
}

const COLOURS: Readonly<Record<EventLevel, string>> = {
  debug: '\x1b[2m',
  info: '\x1b[32m',
  warn: '\x1b[33m',
  error: '\x1b[31m',
}
const DIM = '\x1b[2m'
const PLAIN = '\x1b[0m'
/** Values behind each other stand below each other, so that the eye finds them. */
const TEXT_WIDTH = 30

/** `18:49:36.120 info  started                        members=m1,m2 life=3` */
function prettyLine({ level, at, text, fields }: Event, isColoured: boolean): string {
  const paint = (colour: string, words: string): string =>
    isColoured ? `${colour}${words}${PLAIN}` : words
  const two = (number: number, digits = 2): string => String(number).padStart(digits, '0')
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((one) => two(one)).join(':')
  const time = paint(DIM, `${clock}.${two(at.getMilliseconds(), 3)}`)
  const facts = Object.entries(fields).map(
    ([name, value]) => `${paint(DIM, `${name}=`)}${shown(value)}`,
  )
  const padded = facts.length === 0 ? text : text.padEnd(TEXT_WIDTH)
  return `${[time, paint(COLOURS[level], level.padEnd(5)), padded, ...facts].join(' ')}\n`
}

/** Whatever would end the line, or be taken for the next fact, is quoted. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text === '' || /[\s"\p{Cc}]/u.test(text) ? JSON.stringify(text) : text
}
