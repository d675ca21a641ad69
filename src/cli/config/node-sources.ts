/**
 * What a node is told in our own way: a file, variables over it, flags over both. Whatever is used
 * or wrong is known by where it came from.
 */

import type { NodeConfig } from './node-config.ts'
import type { GivenSetting } from './node-words.ts'
import { type Problem, suggestion } from './problems.ts'
import { readNodeConfig } from './read-node-config.ts'
import { SettingReader } from './setting-reader.ts'
import { isSettingName, SETTING_NAMES, type SettingName, variableOf } from './settings.ts'
import { type Environment, settingsOfEnvironment, unknownVariables } from './variables.ts'
import { readYaml, type YamlFile } from './yaml-text.ts'

/** Where the value of a setting was written. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number | null }
  | { readonly kind: 'variable'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }

export interface NodeSources {
  readonly file: { readonly name: string; readonly text: string } | null
  readonly environment: Environment
  /** From flags. */
  readonly settings: ReadonlyMap<SettingName, GivenSetting>
}

export type NodeOutcome =
  | {
      readonly kind: 'read'
      readonly config: NodeConfig
      readonly remarks: readonly string[]
      readonly origins: ReadonlyMap<SettingName, Origin>
    }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] }

interface Given {
  readonly value: unknown
  readonly origin: Origin
}

const NOT_A_MAP = 'it must consist of names and values, such as "name: m1"'

export function readNodeSources({ file, environment, settings }: NodeSources): NodeOutcome {
  const given = new Map<string, Given>()
  const problems: Problem[] = []
  const inFile = file === null ? null : readFile(file, given)
  problems.push(...(inFile?.problems ?? []))
  for (const [name, { value, variable }] of settingsOfEnvironment(environment)) {
    given.set(name, { value, origin: { kind: 'variable', variable } })
  }
  for (const [name, { value, flag }] of settings) {
    given.set(name, { value, origin: { kind: 'flag', flag } })
  }
  const remarks: string[] = []
  for (const name of unknownVariables(environment)) {
    const near = suggestion(name, SETTING_NAMES.map(variableOf))
    if (near === null) remarks.push(`unknown environment variable ${name}`)
    else problems.push({ where: name, value: environment[name] ?? '', wanted: null, near })
  }
  const raw = new Map([...given].map(([name, { value }]) => [name, value]))
  const read = new SettingReader(raw, (name) => placeOf(name, given.get(name)?.origin))
  const config = readNodeConfig(read, 'own')
  // What a file that cannot be read would have said is not missing.
  if (inFile?.isRead !== false) problems.push(...read.problems)
  if (config === null || problems.length > 0) return { kind: 'wrong', problems }
  const origins = new Map<SettingName, Origin>(
    SETTING_NAMES.map((name) => [name, given.get(name)?.origin ?? { kind: 'default' }]),
  )
  return { kind: 'read', config, remarks, origins }
}

interface ReadFile {
  /** Settings were found in it, whatever is wrong with them. */
  readonly isRead: boolean
  readonly problems: readonly Problem[]
}

/** Adds what the file says to what is given. */
function readFile(file: { name: string; text: string }, given: Map<string, Given>): ReadFile {
  const where = file.name
  const wrong = (text: string): Problem => ({ where, value: null, wanted: null, text })
  const yaml = readYaml(file.text)
  if (yaml.kind === 'wrong') return { isRead: false, problems: [wrong(yaml.text)] }
  if (!isMap(yaml.file.value)) return { isRead: false, problems: [wrong(NOT_A_MAP)] }
  const problems: Problem[] = yaml.file.duplicates.map(wrong)
  flatten(yaml.file.value, { keys: [], file: yaml.file, name: file.name, given, problems })
  return { isRead: true, problems }
}

interface Flattening {
  readonly keys: readonly string[]
  readonly name: string
  readonly file: YamlFile
  readonly given: Map<string, Given>
  readonly problems: Problem[]
}

/**
 * An empty value is the same as none. A name with dots (`client.listen: ...`) stands for sections;
 * of a setting that is a map, the names are the user's.
 */
function flatten(value: Readonly<Record<string, unknown>>, to: Flattening): void {
  for (const [word, inner] of Object.entries(value)) {
    const keys = [...to.keys, word]
    const setting = keys.join('.')
    if (isMap(inner) && !isSettingName(setting)) {
      flatten(inner, { ...to, keys })
    } else if (inner !== null && inner !== '') {
      const before = to.given.get(setting)?.origin
      const origin: Origin = { kind: 'file', file: to.name, line: to.file.lineOf(keys) }
      to.given.set(setting, { value: inner, origin })
      if (before === undefined) continue
      const text = `it is said twice, also in ${originText(before)}`
      to.problems.push({ where: placeOf(setting, origin), value: null, wanted: null, text })
    }
  }
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function placeOf(setting: string, origin: Origin | undefined): string {
  const place = origin === undefined ? '' : originText(origin)
  return place === '' || origin?.kind === 'default' ? setting : `${setting} (${place})`
}

/** For people. */
export function originText(origin: Origin): string {
  if (origin.kind === 'default') return 'default'
  if (origin.kind === 'variable') return origin.variable
  if (origin.kind === 'flag') return origin.flag
  const { file, line } = origin
  if (line === null) return file
  return file === '' ? `line ${line}` : `line ${line} of ${file}`
}
