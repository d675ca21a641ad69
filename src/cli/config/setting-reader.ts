/**
 * Settings by name, whatever they were written in. What is read is checked there and then; what is
 * wrong is noted, and the reader goes on with the default, so that all mistakes are told at once.
 */

import { resolve } from 'node:path'
import { parseDuration } from './duration.ts'
import { type Problem, suggestion } from './problems.ts'
import {
  LISTEN_URL_WANTED,
  MEMBER_URL_WANTED,
  type MemberUrl,
  parseListenUrl,
  parseMemberUrl,
} from './urls.ts'

/** What was written, by the dotted name of the setting: text of a flag, or a value of a file. */
export type RawSettings = ReadonlyMap<string, unknown>

export interface IntegerRange {
  readonly min: number
  readonly max: number
}

const BYTES = /^(-?\d+)\s*(B|KiB|MiB|GiB|TiB)?$/
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

export class SettingReader {
  readonly problems: Problem[] = []
  readonly #raw: RawSettings
  readonly #nameOf: (setting: string) => string
  readonly #asked = new Set<string>()

  constructor(raw: RawSettings, nameOf: (setting: string) => string) {
    this.#raw = raw
    this.#nameOf = nameOf
  }

  /** Every setting that somebody has looked for. */
  get asked(): ReadonlySet<string> {
    return this.#asked
  }

  /** It was written, rightly or wrongly. */
  has(setting: string): boolean {
    return this.#raw.has(setting)
  }

  raw(setting: string): unknown {
    this.#asked.add(setting)
    return this.#raw.get(setting)
  }

  complain(setting: string, wanted: string): void {
    const value = this.#raw.has(setting) ? shown(this.#raw.get(setting)) : null
    this.problems.push({ where: this.#nameOf(setting), value, wanted })
  }

  text(setting: string, fallback: string): string {
    return this.#parsed(setting, fallback, {
      wanted: 'a text',
      parse: (raw) => (typeof raw === 'string' || typeof raw === 'number' ? String(raw) : null),
    })
  }

  /** Null: it was not written, or is empty, which is the same for a file. */
  path(setting: string): string | null {
    const text = this.text(setting, '')
    return text === '' ? null : resolve(text)
  }

  boolean(setting: string, fallback: boolean): boolean {
    return this.#parsed(setting, fallback, {
      wanted: 'true or false',
      parse: (raw) => (typeof raw === 'boolean' ? raw : (TRUTH.get(String(raw)) ?? null)),
    })
  }

  choice<Word extends string>(setting: string, fallback: Word, words: readonly Word[]): Word {
    return this.#parsed(setting, fallback, {
      wanted: words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
      parse: (raw) => words.find((word) => word === raw) ?? null,
    })
  }

  integer(setting: string, fallback: number, { min, max }: IntegerRange): number {
    return this.#parsed(setting, fallback, {
      wanted: `a whole number from ${min} to ${max}`,
      parse: (raw) => {
        const value = typeof raw === 'string' && /^-?\d+$/.test(raw) ? Number(raw) : raw
        return isWithin(value, { min, max }) ? value : null
      },
    })
  }

  bytes(setting: string, fallback: number, { min, max }: IntegerRange): number {
    return this.#parsed(setting, fallback, {
      wanted: `a number of bytes from ${min} to ${max}, such as 1048576 or 1MiB`,
      parse: (raw) => {
        const match = BYTES.exec(String(raw))
        const value = match === null ? null : Number(match[1]) * (BYTE_UNITS[match[2] ?? 'B'] ?? 1)
        return isWithin(value, { min, max }) ? value : null
      },
    })
  }

  /** In milliseconds. */
  duration(setting: string, fallbackMs: number): number {
    return this.#parsed(setting, fallbackMs, {
      wanted: 'a duration such as 500ms, 10s, 5m or 1h30m',
      parse: (raw) => parseDuration(String(raw)),
    })
  }

  list(setting: string): readonly string[] {
    return this.#parsed<readonly string[]>(setting, [], {
      wanted: 'words, separated by commas',
      parse: words,
    })
  }

  listenUrls(setting: string, fallback: readonly MemberUrl[]): readonly MemberUrl[] {
    const options = { wanted: LISTEN_URL_WANTED, parse: parseListenUrl }
    return this.#urls(setting, fallback, options)
  }

  memberUrls(setting: string, fallback: readonly MemberUrl[]): readonly MemberUrl[] {
    const options = { wanted: MEMBER_URL_WANTED, parse: parseMemberUrl }
    return this.#urls(setting, fallback, options)
  }

  /** Everything that was written and never asked for is a name that does not exist. */
  complainOfUnknown(known: Iterable<string> = this.#asked): void {
    for (const setting of this.#raw.keys()) {
      if (this.#asked.has(setting)) continue
      const value = shown(this.#raw.get(setting))
      const near = suggestion(setting, known)
      this.problems.push({ where: this.#nameOf(setting), value, wanted: null, near })
    }
  }

  #urls(
    setting: string,
    fallback: readonly MemberUrl[],
    { wanted, parse }: { wanted: string; parse: (text: string) => MemberUrl | null },
  ): readonly MemberUrl[] {
    return this.#parsed(setting, fallback, {
      wanted,
      parse: (raw) => {
        const texts = [...new Set(words(raw) ?? [''])]
        const urls = texts.map((text) => parse(text)).filter((url) => url !== null)
        return urls.length === texts.length && urls.length > 0 ? urls : null
      },
    })
  }

  #parsed<T>(
    setting: string,
    fallback: T,
    { wanted, parse }: { wanted: string; parse: (raw: unknown) => T | null },
  ): T {
    this.#asked.add(setting)
    if (!this.#raw.has(setting)) return fallback
    const value = parse(this.#raw.get(setting))
    if (value !== null) return value
    this.complain(setting, wanted)
    return fallback
  }
}

function isWithin(value: unknown, { min, max }: IntegerRange): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
}

/** Null for what is no list of words. */
function words(raw: unknown): readonly string[] | null {
  const parts = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split(',') : [raw]
  if (parts.some((part) => typeof part !== 'string' && typeof part !== 'number')) return null
  return parts.map((part) => String(part).trim()).filter((part) => part !== '')
}

function shown(raw: unknown): string {
  return typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw))
}
