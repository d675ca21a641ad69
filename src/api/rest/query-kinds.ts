/** The kinds of values that parameters have, and how each is read. */

import { KvError } from '../../base/index.ts'
import { decodePercent } from './percent.ts'

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const SECONDS = /^\d{1,12}(?:\.\d{1,6})?$/
/** One or several, as in `1h30m`. */
const DURATION = /^(?:(?:\d{1,12}(?:\.\d{1,6})?|\.\d{1,6})(?:ms|s|m|h|d))+$/
const DURATION_PARTS = /([\d.]+)(ms|s|m|h|d)/g
const INTEGER = /^-?\d{1,19}$/
const LEASE_ID = /^[0-9a-f]{1,16}$/i

/** What each kind becomes. */
export interface KindValues {
  bytes: Uint8Array
  flag: boolean
  number: number
  /** Of 64 bits with a sign. */
  integer: bigint
  /** In milliseconds. */
  duration: number
  lease: bigint
  choice: string
  text: string
}

export type Kind = keyof KindValues

export interface Parameter {
  readonly kind: Kind
  /** A sentence for people. */
  readonly what: string
  readonly example: string
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  /** What it is when it is left out, in words or as it would be written. */
  readonly preset?: string
}

/** Fails with `PARAMETER_INVALID`. The text is as it came, percent-encoded. */
export function readValue(name: string, parameter: Parameter, encoded: string): unknown {
  const bytes = decodePercent(encoded, name, true)
  if (parameter.kind === 'bytes') return bytes
  const text = Buffer.from(bytes.buffer, 0, bytes.length).toString('latin1')
  const value = readText(parameter, text)
  if (value !== undefined) return value
  throw new KvError('PARAMETER_INVALID', `${name}=${shown(text)}: ${ruleOf(parameter)}`)
}

function readText(parameter: Parameter, text: string): unknown {
  switch (parameter.kind) {
    case 'flag':
      return readFlag(text)
    case 'number':
      return readNumber(parameter, text)
    case 'integer':
      return readInteger(text)
    case 'duration':
      return readDuration(text)
    case 'lease':
      return readLeaseId(text)
    case 'choice':
      return parameter.choices?.includes(text) ? text : undefined
    default:
      return text === '' ? undefined : text
  }
}

function readFlag(text: string): boolean | undefined {
  if (text === '' || text === '1' || text === 'true') return true
  return text === '0' || text === 'false' ? false : undefined
}

function readNumber({ min = 0, max = Number.MAX_SAFE_INTEGER }: Parameter, text: string) {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

function readInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(text)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

/** `1.5s`, `500ms`, `1h30m`; a number alone is seconds. At least a millisecond, whole ones. */
export function readDuration(text: string): number | undefined {
  const written = SECONDS.test(text) ? `${text}s` : text
  if (!DURATION.test(written)) return undefined
  let value = 0
  for (const [, number, unit = ''] of written.matchAll(DURATION_PARTS)) {
    value += Number(number) * (MS_PER_UNIT[unit] as number)
  }
  // Beyond a microsecond of rounding it was no whole number of milliseconds.
  const ms = Math.round(value)
  return ms >= 1 && Math.abs(ms - value) < 1e-3 && Number.isSafeInteger(ms) ? ms : undefined
}

/** Hexadecimal, as etcdctl shows them. */
export function readLeaseId(text: string): bigint | undefined {
  const id = LEASE_ID.test(text) ? BigInt.asIntN(64, BigInt(`0x${text}`)) : 0n
  return id === 0n ? undefined : id
}

export function leaseIdText(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16)
}

/** What a value must be like, in words. */
export function ruleOf({ kind, min = 0, max, choices = [], example }: Parameter): string {
  switch (kind) {
    case 'flag':
      return 'it is 1 or 0, or stands alone'
    case 'number':
      return max === undefined
        ? `it is a whole number from ${min}`
        : `it is a whole number from ${min} to ${max}`
    case 'integer':
      return 'it is a whole number of 64 bits with a sign'
    case 'duration':
      return 'it is a time such as 500ms, 1.5s, 1h30m or 1d, or a number of seconds; 1ms or more'
    case 'lease':
      return `it is the id of a lease in hexadecimal digits, such as ${example}`
    case 'choice':
      return `it is one of ${choices.join(', ')}`
    default:
      return `it is a text such as ${example}`
  }
}

export const SHOWN_MAX = 40

/** As much of what somebody sent as helps them to find it. */
export function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, SHOWN_MAX))
  return text.length > SHOWN_MAX ? `${quoted}…` : quoted
}
