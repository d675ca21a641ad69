/**
 * The words of the format on disk: sizes, record types, file names. docs/format/log.md draws it.
 */

import { alignUp } from '../base/index.ts'

export const FORMAT = 1

export const SEGMENT_HEADER_BYTES = 4096
export const RECORD_HEADER_BYTES = 72
/** Every record begins on a multiple of this. */
export const RECORD_ALIGNMENT = 8

/** Record types. A reader that meets one it does not know treats the record as damaged. */
export const TYPE_ENTRY = 1
export const TYPE_HARD_STATE = 2
export const TYPE_SNAPSHOT_MARK = 3
export const TYPE_GROUP_DROPPED = 4
/** All there is to know about one group, at the head of a segment. */
export const TYPE_GROUP_STATE = 5
/** A promise of groups nobody remembers, at the head of a segment; see docs/format/log.md. */
export const TYPE_FENCE = 6
export const TYPE_BATCH_END = 7
/** Says that the last batch is durable. The next batch is written over it. */
export const TYPE_EVIDENCE = 8
export const TYPE_LAST = TYPE_EVIDENCE

/** Kinds of a snapshot mark. */
export const MARK_CUT = 0
export const MARK_INSTALLED = 1

/** Kinds of evidence: the log was idle, was closed, or goes on in the next segment. */
export const EVIDENCE_IDLE = 0
export const EVIDENCE_CLOSED = 1
export const EVIDENCE_CONTINUED = 2

/** Where a record or a batch begins. */
export interface Place {
  readonly segment: number
  readonly offset: number
}

export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER_BYTES + alignUp(payloadBytes, RECORD_ALIGNMENT)
}

const NUMBER_DIGITS = 10
const SEGMENT_NAME = /^(\d{10})\.log$/
const FREE_NAME = /^(\d{10})\.free$/
const DAMAGED_NAME = /^(\d{10})\.damaged$/

export const TEMPORARY_SUFFIX = '.tmp'
export const TORN_NAME = /^torn-\d{10}-\d+\.bin$/

export function segmentName(number: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, '0')}.log`
}

/** A file of the right size that waits to become a segment: zeros, or what an old segment held. */
export function freeName(number: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, '0')}.free`
}

export function damagedName(number: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, '0')}.damaged`
}

export function tornName(segment: number, offset: number): string {
  return `torn-${String(segment).padStart(NUMBER_DIGITS, '0')}-${offset}.bin`
}

export function segmentNumber(name: string): number | null {
  return numberIn(name, SEGMENT_NAME)
}

export function freeNumber(name: string): number | null {
  return numberIn(name, FREE_NAME)
}

export function damagedNumber(name: string): number | null {
  return numberIn(name, DAMAGED_NAME)
}

function numberIn(name: string, pattern: RegExp): number | null {
  const digits = pattern.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}
