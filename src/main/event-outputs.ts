/** Where events go: the outputs of the process, and files. */

import { openSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { KvError } from '../base/index.ts'
import type { NodeConfig } from '../cli/index.ts'
import { EventLog, type EventSink } from './event-log.ts'

const EVENTS_MODE = 0o600
const OUTPUT = 1
const ERROR_OUTPUT = 2
/** With etcd's names for places. */
const PLACES: ReadonlyMap<string, number> = new Map([
  ['default', ERROR_OUTPUT],
  ['stderr', ERROR_OUTPUT],
  ['stdout', OUTPUT],
  ['systemd/journal', ERROR_OUTPUT],
])

export interface OpenEvents {
  readonly events: EventLog
  /** What reads standard error reads lines of JSON, and must find nothing else there. */
  readonly areErrorsJson: boolean
}

export function openEvents({ logging }: Pick<NodeConfig, 'logging'>): OpenEvents {
  const places = logging.outputs.length === 0 ? ['default'] : logging.outputs
  const descriptors = [...new Set(places.map(descriptorOf))]
  const sinks = descriptors.map((descriptor) => sinkOf(descriptor, logging.format))
  const errors = sinks[descriptors.indexOf(ERROR_OUTPUT)]
  return {
    events: new EventLog({ level: logging.level, wallMs: () => Date.now(), sinks }),
    areErrorsJson: errors !== undefined && !errors.isPretty,
  }
}

function descriptorOf(place: string): number {
  const known = PLACES.get(place)
  if (known !== undefined) return known
  try {
    return openSync(place, 'a', EVENTS_MODE)
  } catch (cause) {
    throw new KvError('BAD_REQUEST', `events cannot be written to ${place}`, { cause })
  }
}

function sinkOf(descriptor: number, format: NodeConfig['logging']['format']): EventSink {
  const isTerminal = isatty(descriptor)
  return {
    isPretty: format === 'pretty' || (format === 'auto' && isTerminal),
    // As https://no-color.org has it: any value counts, none at all does not.
    isColoured: isTerminal && (process.env['NO_COLOR'] ?? '') === '',
    write: (line) => writeLine(descriptor, line),
  }
}

/** At once, so that the last words of a process that ends are not lost. */
function writeLine(descriptor: number, line: string): void {
  try {
    writeSync(descriptor, line)
  } catch {
    // Nobody reads it any more, or the disk is full: no reason for a database to stop.
  }
}
