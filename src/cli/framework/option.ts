/** Options of commands: what each takes, what it becomes, and what a person reads of it. */

import { parseDuration } from '../config/duration.ts'

/** `Value` is what a command gets of it. */
export interface Option<Value> {
  readonly summary: string
  /** What stands for its value in the help; null for a flag, which takes none. */
  readonly takes: string | null
  /** The end of a sentence: "a number from 1 to 7". */
  readonly wanted: string
  /** One letter. */
  readonly short: string | null
  /** What is read when nobody says anything; null when it is then absent. */
  readonly fallback: string | null
  /** The variable that is read when it is not on the command line; null for none. */
  readonly variable: string | null
  /** For completion. */
  readonly choices: readonly string[]
  readonly completes: 'nothing' | 'files' | 'directories'
  readonly isMany: boolean
  /** Of all that was said of it, in order; null for what makes no sense. */
  readonly read: (texts: readonly string[]) => { readonly value: Value } | null
}

export type Options = Readonly<Record<string, Option<unknown>>>

export type ValuesOf<Some extends Options> = {
  readonly [Name in keyof Some]: Some[Name] extends Option<infer Value> ? Value : never
}

export interface More {
  readonly short?: string
  readonly variable?: string
  readonly completes?: 'files' | 'directories'
}

/** `keysOnly` is `--keys-only` on the command line. */
export function spelled(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

export function flag(summary: string, more: More = {}): Option<boolean> {
  return {
    ...common(summary, more),
    takes: null,
    wanted: 'no value',
    read: (texts) => (texts.length === 0 ? { value: false } : yesOrNo(texts.at(-1) ?? '')),
  }
}

function yesOrNo(text: string): { readonly value: boolean } | null {
  if (/^(|1|true|yes|on)$/.test(text)) return { value: true }
  return /^(0|false|no|off)$/.test(text) ? { value: false } : null
}

/** Of something that a text is read as; the last one on the line counts. */
interface Kind<Value> {
  readonly takes: string
  readonly wanted: string
  readonly read: (text: string) => Value | null
}

export function optional<Value>(
  kind: Kind<Value>,
  summary: string,
  more: More = {},
): Option<Value | undefined> {
  return {
    ...common(summary, more),
    takes: kind.takes,
    wanted: kind.wanted,
    read: (texts) => {
      const text = texts.at(-1)
      if (text === undefined) return { value: undefined }
      const value = kind.read(text)
      return value === null ? null : { value }
    },
  }
}

export function withDefault<Value>(
  kind: Kind<Value>,
  summary: string,
  more: More & { readonly fallback: string },
): Option<Value> {
  return {
    ...common(summary, more),
    takes: kind.takes,
    wanted: kind.wanted,
    fallback: more.fallback,
    read: (texts) => {
      const value = kind.read(texts.at(-1) ?? more.fallback)
      return value === null ? null : { value }
    },
  }
}

/** What may be said more than once. */
export function many<Value>(
  kind: Kind<Value>,
  summary: string,
  more: More = {},
): Option<readonly Value[]> {
  return {
    ...common(summary, more),
    takes: kind.takes,
    wanted: kind.wanted,
    isMany: true,
    read: (texts) => {
      const values = texts.map(kind.read)
      return values.some((value) => value === null) ? null : { value: values as Value[] }
    },
  }
}

export function choice<Name extends string>(
  names: readonly Name[],
  summary: string,
  more: More & { readonly fallback: Name },
): Option<Name> {
  const kind: Kind<Name> = {
    takes: names.join('|'),
    wanted: names.join(', '),
    read: (text) => names.find((name) => name === text) ?? null,
  }
  return { ...withDefault(kind, summary, more), choices: names }
}

function common(summary: string, { short, variable, completes }: More) {
  return {
    summary,
    short: short ?? null,
    variable: variable ?? null,
    fallback: null,
    choices: [],
    completes: completes ?? 'nothing',
    isMany: false,
  } as const
}

export function text(takes: string): Kind<string> {
  return {
    takes,
    wanted: `a ${takes.toLowerCase()}`,
    read: (given) => (given === '' ? null : given),
  }
}

/** A text that may be empty. */
export function anyText(takes: string): Kind<string> {
  return { takes, wanted: `a ${takes.toLowerCase()}`, read: (given) => given }
}

export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  const end = max === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${max}`
  return {
    takes: 'N',
    wanted: end.startsWith(' to') ? `a number from ${min}${end}` : `a number, ${min}${end}`,
    read: (given) => {
      const value = Number(given)
      const fits = /^\d{1,16}$/.test(given) && value >= min && value <= max
      return fits ? value : null
    },
  }
}

const TIME_MS_MAX = 366 * 24 * 3_600_000

/** Of the units that are most used; `60` are seconds, as for etcd's own tools and in REST. */
const SECONDS = /^\d+(\.\d+)?$/

const DAYS = /^(\d+)d(.*)$/
const DAY_MS = 24 * 3_600_000

/** Of days as well, as in REST; the settings of nodes, which are Go's, have none. */
function timeOf(given: string): number | null {
  const [, days, rest = ''] = DAYS.exec(given) ?? []
  if (days === undefined) return parseDuration(given)
  const more = rest === '' ? 0 : parseDuration(rest)
  return more === null ? null : Number(days) * DAY_MS + more
}

/** In milliseconds. */
export function duration(minMs: number): Kind<number> {
  const least = minMs >= 1000 ? `${minMs / 1000}s` : `${minMs}ms`
  const example = minMs >= 1000 ? '90s' : '500ms'
  const bounds = `${minMs === 0 ? '' : `${least} or more and `}at most a year`
  return {
    takes: 'TIME',
    wanted: `a time such as 10 (seconds), ${example} or 1h30m, ${bounds}`,
    read: (given) => {
      const value = timeOf(SECONDS.test(given) ? `${given}s` : given)
      return value === null || value < minMs || value > TIME_MS_MAX ? null : value
    },
  }
}

const SIZE = /^(\d{1,12})(B|KiB|MiB|GiB|K|M|G)?$/i
const FACTORS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

export function size(max: number): Kind<number> {
  return {
    takes: 'SIZE',
    wanted: 'a size such as 100, 64KiB or 1MiB',
    read: (given) => {
      const [, count = '', unit = 'b'] = SIZE.exec(given) ?? []
      const value = Number(count) * (FACTORS[unit.charAt(0).toLowerCase()] ?? 1)
      return count === '' || value > max ? null : value
    },
  }
}

const LEASE = /^[0-9a-f]{1,16}$/i

/** As the tables and etcd's own tools print it: hexadecimal. */
export const leaseId: Kind<bigint> = {
  takes: 'LEASE',
  wanted: 'the id of a lease, as "quorate lease list" prints it',
  read: (given) => {
    if (!LEASE.test(given)) return null
    // Those that a cluster makes for keys with a time of their own have the highest bit.
    const value = BigInt.asIntN(64, BigInt(`0x${given}`))
    return value === 0n ? null : value
  },
}
