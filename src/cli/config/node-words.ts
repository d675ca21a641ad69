/** The words after `quorate node` and `quorate config`: a flag for each setting, and options. */

import { isOfEtcd, settingOfEtcd } from './etcd-names.ts'
import { type Problem, suggestionByEnd } from './problems.ts'
import { flagOf, isSettingName, SETTING_NAMES, type SettingName, settingOf } from './settings.ts'

export interface GivenSetting {
  readonly value: string
  readonly flag: string
}

export interface NodeWords {
  /** The last one counts, so that a script can begin with its defaults. */
  readonly settings: ReadonlyMap<SettingName, GivenSetting>
  /** Options that take a value, by their names without dashes. */
  readonly values: ReadonlyMap<string, string>
  /** Options that take none. */
  readonly switches: ReadonlySet<string>
  /** What is no flag. */
  readonly words: readonly string[]
  readonly problems: readonly Problem[]
  /** Settings that are said again with another value, as a sentence each. */
  readonly repeated: readonly string[]
}

export interface NodeOptions {
  readonly values: readonly string[]
  readonly switches: readonly string[]
}

const FLAGS: ReadonlyMap<string, SettingName> = new Map(
  SETTING_NAMES.map((name) => [flagOf(name), name]),
)

export function readNodeWords(parameters: readonly string[], options: NodeOptions): NodeWords {
  const settings = new Map<SettingName, GivenSetting>()
  const values = new Map<string, string>()
  const switches = new Set<string>()
  const words: string[] = []
  const problems: Problem[] = []
  const repeated: string[] = []
  for (let at = 0; at < parameters.length; at++) {
    const word = parameters[at] ?? ''
    if (!word.startsWith('--')) {
      words.push(word)
      continue
    }
    const end = word.indexOf('=')
    const flag = end < 0 ? word : word.slice(0, end)
    const attached = end < 0 ? undefined : word.slice(end + 1)
    const option = flag.slice(2)
    if (options.switches.includes(option) && attached === undefined) {
      switches.add(option)
      continue
    }
    const setting = settingOfFlag(flag)
    if (setting === null && !options.values.includes(option)) {
      problems.push({ where: flag, value: null, wanted: null, near: nearFlag(flag, options) })
      // What follows an unknown flag is as likely its value as a word of its own.
      const next = parameters[at + 1]
      if (attached === undefined && next !== undefined && !next.startsWith('--')) at += 1
      continue
    }
    let value = attached
    if (value === undefined && setting !== null && settingOf(setting).kind.isSwitch) value = 'true'
    if (value === undefined && parameters[at + 1]?.startsWith('--') === false) {
      at += 1
      value = parameters[at]
    }
    if (value === undefined) problems.push(missing(flag, setting))
    else if (setting === null) values.set(option, value)
    else if (value === '') settings.delete(setting)
    else {
      const before = settings.get(setting)?.value ?? value
      if (before !== value) repeated.push(`${flag} is there twice: ${value} counts, not ${before}`)
      settings.set(setting, { value, flag })
    }
  }
  return { settings, values, switches, words, problems, repeated }
}

/** Also by the name that it has in a file: `--client.listen`. */
function settingOfFlag(flag: string): SettingName | null {
  const name = flag.slice(2)
  return FLAGS.get(flag) ?? (isSettingName(name) ? name : null)
}

function nearFlag(flag: string, { values, switches }: NodeOptions): string | null {
  const names = [...[...FLAGS.keys()].map((known) => known.slice(2)), ...values, ...switches]
  const name = flag.slice(2)
  const same = settingOfEtcd(name)
  if (same !== null) return flagOf(same)
  // A flag of etcd that has no counterpart is only by chance like one of ours.
  const near = isOfEtcd(name) ? null : suggestionByEnd(name, names, '-')
  return near === null ? null : `--${near}`
}

function missing(flag: string, setting: SettingName | null): Problem {
  if (setting === null) return { where: flag, value: null, wanted: 'a value', example: null }
  const { kind, example } = settingOf(setting)
  const isListed = kind.isListed === true
  return { where: flag, value: null, wanted: kind.wanted, example: isListed ? null : example }
}
