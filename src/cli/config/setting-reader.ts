/**
 * Settings by name, whatever they were written in. What is read is checked there and then; what is
 * wrong is noted, and the reader goes on with the default, so that all mistakes are told at once.
 */

import { isOfEtcd, settingOfEtcd } from './etcd-names.ts'
import { pairsOf } from './kinds.ts'
import { type Problem, suggestionByEnd } from './problems.ts'
import {
  isSettingName,
  SETTING_NAMES,
  type SettingName,
  type SettingValue,
  settingOf,
} from './settings.ts'

/** What was written, by the dotted name of the setting: text, or a value of a file. */
export type RawSettings = ReadonlyMap<string, unknown>

export class SettingReader {
  readonly problems: Problem[] = []
  readonly #raw: RawSettings
  readonly #nameOf: (setting: string) => string

  constructor(raw: RawSettings, nameOf: (setting: string) => string) {
    this.#raw = raw
    this.#nameOf = nameOf
  }

  /** It was written, rightly or wrongly. */
  has(name: SettingName): boolean {
    return this.#raw.has(name)
  }

  /** What was written is a number without a unit. */
  isBare(name: SettingName): boolean {
    return /^\d+$/.test(String(this.#raw.get(name)))
  }

  /** What was written, or the default. A mistake is noted once, however often it is asked for. */
  get<Name extends SettingName>(name: Name): SettingValue<Name> {
    return this.#read(name) as SettingValue<Name>
  }

  #read(name: SettingName): unknown {
    const { kind, fallback } = settingOf(name)
    if (!this.#raw.has(name)) return fallback
    const value = kind.parse(this.#raw.get(name))
    if (value !== null) return value
    this.complain(name, kind.wanted)
    return fallback
  }

  /** The example is to fit whatever else was said; that of the table does where none is given. */
  complain(name: SettingName, wanted: string, fitting?: string | null): void {
    const { kind, example: usual } = settingOf(name)
    const raw = this.#raw.get(name)
    const value = this.#raw.has(name) ? shown(raw) : null
    const where = this.#nameOf(name)
    if (this.problems.some((problem) => problem.where === where)) return
    const text = fitting ?? (fitting === null || kind.isListed === true ? null : usual)
    const example = text !== null && isMap(raw) ? asMap(text) : text
    this.problems.push({ where, value, wanted, example, ...structure(raw) })
  }

  /** Everything that was written and is no setting. */
  complainOfUnknown(): void {
    for (const [name, raw] of this.#raw) {
      if (isSettingName(name)) continue
      const where = this.#nameOf(name)
      const inside = SETTING_NAMES.find((known) => known.startsWith(`${name}.`))
      if (inside !== undefined) {
        const wanted = 'settings of its own'
        const value = shown(raw)
        this.problems.push({ where, value, wanted, example: inside, ...structure(raw) })
      } else {
        const near = nearSetting(name)
        const value = shown(raw)
        this.problems.push({ where, value, wanted: null, near, ...structure(raw) })
      }
    }
  }
}

/** What etcd has a name for that we have no setting for is only by chance like one of ours. */
function nearSetting(name: string): string | null {
  return settingOfEtcd(name) ?? (isOfEtcd(name) ? null : suggestionByEnd(name, SETTING_NAMES, '.'))
}

function structure(raw: unknown): { readonly isStructure?: boolean } {
  return typeof raw === 'object' && raw !== null ? { isStructure: true } : {}
}

function isMap(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
}

/** `a=1,b=2` as whoever has written a map in a file would write it there. */
function asMap(text: string): string {
  const pairs = pairsOf(text)
  if (pairs.some(([name]) => name === '')) return text
  return `{ ${pairs.map(([name, value]) => `${name}: "${value}"`).join(', ')} }`
}

function shown(raw: unknown): string {
  return typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw))
}
