/** What a setting may be: how a kind of value is read, whatever it was written in. */

import { resolve } from 'node:path'
import { parseDuration } from './duration.ts'
import {
  LISTEN_URL_WANTED,
  MEMBER_URL_WANTED,
  type MemberUrl,
  parseListenUrl,
  parseMemberUrl,
} from './urls.ts'

export interface Kind<T> {
  /** In a word or two, for the reference. */
  readonly name: string
  /** Of text, or of a value of a file; null for what is no such value. */
  readonly parse: (raw: unknown) => T | null
  /** What it takes, as the end of a sentence. */
  readonly wanted: string
  /** What it is when nobody says. */
  readonly empty: T
  /** `wanted` names all there is: an example would only repeat it. */
  readonly isListed?: boolean
  /** It may stand alone as a flag, and then means `true`. */
  readonly isSwitch?: boolean
}

export interface Range {
  readonly min: number
  readonly max: number
}

const BYTES = /^(-?\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)?$/
const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** What Go takes for a truth value. */
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
])

export const TEXT: Kind<string> = {
  name: 'text',
  parse: (raw) => (typeof raw === 'string' || typeof raw === 'number' ? String(raw) : null),
  wanted: 'a text',
  empty: '',
}

const NAME_BYTES_MAX = 256

export const NAME: Kind<string> = {
  name: 'name',
  parse: (raw) => {
    const name = TEXT.parse(raw)
    if (name === null || name === '' || /[=,]/.test(name)) return null
    return Buffer.byteLength(name) > NAME_BYTES_MAX ? null : name
  },
  wanted: `a name of at most ${NAME_BYTES_MAX} bytes without a comma or "="`,
  empty: '',
}

/** Absolute; null: none. */
export const DIRECTORY: Kind<string | null> = path('directory')
export const FILE: Kind<string | null> = path('file')

function path(name: string): Kind<string | null> {
  const parse = (raw: unknown): string | null => {
    const text = TEXT.parse(raw)
    return text === null || text === '' ? null : resolve(text)
  }
  return { name, parse, wanted: `the path of a ${name}`, empty: null }
}

export const BOOLEAN: Kind<boolean> = {
  name: 'true or false',
  parse: (raw) => (typeof raw === 'boolean' ? raw : (TRUTH.get(scalar(raw)) ?? null)),
  wanted: 'true or false',
  empty: false,
  isListed: true,
  isSwitch: true,
}

/** The aliases are taken and not told of. */
export function choice<const Word extends string>(
  words: readonly [Word, ...Word[]],
  aliases: Readonly<Record<string, NoInfer<Word>>> = {},
): Kind<Word> {
  const known = new Map<string, Word>(Object.entries(aliases))
  return {
    name: words.map((word) => `\`${word}\``).join(', '),
    parse: (raw) => words.find((word) => word === raw) ?? known.get(scalar(raw)) ?? null,
    wanted: words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
    empty: words[0],
    isListed: true,
  }
}

export function integer({ min, max }: Range): Kind<number> {
  return {
    name: `${min} to ${max}`,
    parse: (raw) => {
      const value = typeof raw === 'string' && /^-?\d+$/.test(raw) ? Number(raw) : raw
      return isWithin(value, { min, max }) ? value : null
    },
    wanted: `a whole number from ${min} to ${max}`,
    empty: min,
  }
}

export function bytes(range: Range): Kind<number> {
  const isBounded = range.min !== Number.MIN_SAFE_INTEGER
  const [min, max] = [bytesText(range.min), bytesText(range.max)]
  return {
    name: isBounded ? `size, ${min} to ${max}` : 'size',
    parse: (raw) => {
      const match = BYTES.exec(scalar(raw))
      const value = match === null ? null : Number(match[1]) * (BYTE_UNITS[match[2] ?? 'B'] ?? 1)
      return isWithin(value, range) ? value : null
    },
    wanted: isBounded ? `a number of bytes from ${min} to ${max}` : 'a number of bytes',
    empty: 0,
  }
}

/** In milliseconds, at least so many. */
export function duration(least?: string): Kind<number> {
  const leastMs = least === undefined ? 0 : (parseDuration(least) ?? 0)
  return {
    name: least === undefined ? 'duration' : `duration, at least ${least}`,
    parse: (raw) => {
      const valueMs = parseDuration(scalar(raw))
      return valueMs === null || valueMs < leastMs ? null : valueMs
    },
    wanted: least === undefined ? 'a duration' : `a duration of at least ${least}`,
    empty: 0,
  }
}

/** Whole ones; a bare number, as etcd writes it, or a duration. Null: not written. */
export function milliseconds({ min, max }: Range): Kind<number | null> {
  return {
    name: `duration, ${min}ms to ${durationText(max)}`,
    parse: (raw) => {
      const text = scalar(raw)
      const value = /^\d+$/.test(text) ? Number(text) : parseDuration(text)
      return isWithin(value, { min, max }) ? value : null
    },
    wanted: `a duration of whole milliseconds from ${min}ms to ${durationText(max)}`,
    empty: null,
  }
}

export const WORDS: Kind<readonly string[]> = {
  name: 'words',
  parse: wordsOf,
  wanted: 'words, separated by commas',
  empty: [],
}

export const LISTEN_URLS: Kind<readonly MemberUrl[]> = urls(LISTEN_URL_WANTED, parseListenUrl)
export const MEMBER_URLS: Kind<readonly MemberUrl[]> = urls(MEMBER_URL_WANTED, parseMemberUrl)

function urls(
  wanted: string,
  parse: (text: string) => MemberUrl | null,
): Kind<readonly MemberUrl[]> {
  return {
    name: 'URLs',
    parse: (raw) => {
      const texts = [...new Set(wordsOf(raw) ?? [''])]
      const found = texts.map((text) => parse(text)).filter((url) => url !== null)
      return found.length === texts.length && found.length > 0 ? found : null
    },
    wanted,
    empty: [],
  }
}

export interface NamedUrl {
  readonly name: string
  readonly url: MemberUrl
}

/** `name=URL,name=URL`, or a map of names to URLs; null: not written. */
export const MEMBERS: Kind<readonly NamedUrl[] | null> = {
  name: 'names with URLs',
  parse: (raw) => {
    const taken = new Set<string>()
    const members: NamedUrl[] = []
    for (const [name, text] of pairsOf(raw)) {
      const url = parseMemberUrl(text)
      if (NAME.parse(name) === null || url === null || taken.has(url.text)) return null
      taken.add(url.text)
      members.push({ name, url })
    }
    return members.length === 0 ? null : members
  },
  wanted: 'the members with their URLs, no URL twice',
  empty: null,
}

const NO_PAIR = ['', ''] as const

export function pairsOf(raw: unknown): readonly (readonly [name: string, url: string])[] {
  if (typeof raw === 'string') {
    return raw.split(',').map((text) => {
      const at = text.indexOf('=')
      return at < 0 ? NO_PAIR : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    })
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [NO_PAIR]
  return Object.entries(raw).flatMap(([name, urls]) =>
    (Array.isArray(urls) ? urls : String(urls).split(',')).map(
      (url) => [name, String(url).trim()] as const,
    ),
  )
}

/** Empty for lists and maps, which JavaScript would write as one of their values. */
function scalar(raw: unknown): string {
  return typeof raw === 'string' || typeof raw === 'number' ? String(raw) : ''
}

function isWithin(value: unknown, { min, max }: Range): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
}

/** Null for what is no list of words. */
function wordsOf(raw: unknown): readonly string[] | null {
  const parts = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split(',') : [raw]
  if (parts.some((part) => typeof part !== 'string' && typeof part !== 'number')) return null
  return parts.map((part) => String(part).trim()).filter((part) => part !== '')
}

const DURATION_UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** As it would be written: `1h30m`, `500ms`. */
export function durationText(ms: number): string {
  let text = ''
  let left = ms
  for (const [unit, unitMs] of DURATION_UNITS) {
    const count = Math.floor(left / unitMs)
    if (count > 0) text += `${count}${unit}`
    left -= count * unitMs
  }
  return left > 0 || text === '' ? `${text}${left > 0 ? `${left}ms` : '0'}` : text
}

/** As it would be written: in the largest unit that it is whole in, or half. */
export function bytesText(bytes: number): string {
  for (const [unit, size] of Object.entries(BYTE_UNITS).reverse()) {
    if (unit !== 'B' && bytes > 0 && (2 * bytes) % size === 0 && bytes >= size) {
      return `${bytes / size}${unit}`
    }
  }
  return String(bytes)
}
