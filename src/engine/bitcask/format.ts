/** The words of the format on disk: sizes and names. docs/format/bitcask.md draws it. */

import { alignUp, crc32cNumber } from '../../base/index.ts'

export const FORMAT = 1

/** Every record begins on a multiple of this. */
export const UNIT_BYTES = 8
export const FILE_HEADER_BYTES = 64
export const RECORD_HEADER_BYTES = 24
/** `QKVR`: what begins like this is a record, and not the room that a checkpoint left empty. */
export const RECORD_MAGIC = 0x52564b51
/**
 * What is written after a checkpoint begins on a multiple of this, so that no later write touches a
 * sector that the checkpoint made durable.
 */
export const SECTOR_BYTES = 4096

/** What a disk gives wrong once it may give right the next time. */
export const READ_ATTEMPTS = 3

export const MANIFEST_NAME = 'manifest'
export const TEMPORARY_SUFFIX = '.tmp'
export const MANIFEST_TEMPORARY_NAME = MANIFEST_NAME + TEMPORARY_SUFFIX

const NUMBER_DIGITS = 10
const DATA_NAME = /^(\d{10})\.data$/
const HINT_NAME = /^(\d{10})\.hint$/
const DAMAGE_NAME = /^(\d{10})\.damaged$/

export function dataName(number: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, '0')}.data`
}

export function hintName(number: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, '0')}.hint`
}

/** Of the mark that a data file was found damaged. */
export function damageName(number: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, '0')}.damaged`
}

export function dataNumber(name: string): number | null {
  return numberIn(name, DATA_NAME)
}

export function hintNumber(name: string): number | null {
  return numberIn(name, HINT_NAME)
}

export function damageNumber(name: string): number | null {
  return numberIn(name, DAMAGE_NAME)
}

/** What a record of `bytes` takes in a file. */
export function recordSpace(bytes: number): number {
  return alignUp(RECORD_HEADER_BYTES + bytes, UNIT_BYTES)
}

/**
 * Seeds every checksum of a file: what belongs into another file, or into another store, does not
 * pass for valid where a misdirected write puts it.
 */
export function fileSeed(salt: number, number: number): number {
  return crc32cNumber(number, salt)
}

/** Seeds the checksum of a record, which is so valid at one place only. */
export function placeSeed(seed: number, offset: number): number {
  return crc32cNumber(offset / UNIT_BYTES, seed)
}

function numberIn(name: string, pattern: RegExp): number | null {
  const digits = pattern.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}
