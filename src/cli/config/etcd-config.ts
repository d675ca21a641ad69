/** From flags of etcd, or a configuration file of etcd's, to what a node is told. */

import { parseDuration } from './duration.ts'
import type { EtcdArguments, GivenFlag } from './etcd-arguments.ts'
import { ETCD_FLAGS, type EtcdFlag } from './etcd-flags.ts'
import type { NodeConfig } from './node-config.ts'
import { type Problem, problemText } from './problems.ts'
import { readNodeConfig } from './read-node-config.ts'
import { SettingReader } from './setting-reader.ts'

export type ConfigOutcome =
  | { readonly kind: 'read'; readonly config: NodeConfig; readonly remarks: readonly string[] }
  | { readonly kind: 'wrong'; readonly mistakes: readonly string[] }

export function etcdConfig({ flags, unknownVariables }: EtcdArguments): ConfigOutcome {
  const raw = new Map<string, unknown>()
  const places = new Map<string, string>()
  const mistakes: string[] = []
  for (const [name, given] of flags) {
    const flag = ETCD_FLAGS.get(name)
    if (flag === undefined) continue
    const mistake = mistakeOf(flag, given)
    if (mistake !== null) mistakes.push(mistake)
    // An empty value is the same as none, as everywhere in etcd.
    if (flag.fate.kind !== 'setting' || given.value === '') continue
    raw.set(flag.fate.setting, given.value)
    places.set(flag.fate.setting, given.where)
  }
  // Programs that start an etcd read its lines, wherever they go.
  if (!raw.has('logging.format')) raw.set('logging.format', 'json')
  const read = new SettingReader(raw, (setting) => places.get(setting) ?? flagOf(setting))
  const config = readNodeConfig(read, 'etcd')
  mistakes.push(...read.problems.map(problemText))
  if (config === null || mistakes.length > 0) return { kind: 'wrong', mistakes }
  const remarks = unknownVariables.map((name) => `unrecognized environment variable ${name}`)
  return { kind: 'read', config, remarks }
}

function flagOf(setting: string): string {
  for (const { name, fate } of ETCD_FLAGS.values()) {
    if (fate.kind === 'setting' && fate.setting === setting) return `--${name}`
  }
  return setting
}

/** Of flags that name no setting: nobody else looks at them. */
function mistakeOf({ kind, fate }: EtcdFlag, { value, where }: GivenFlag): string | null {
  const text = String(value)
  if (fate.kind === 'setting') return null
  if (fate.kind === 'refused' && !fate.neutral.includes(text)) {
    return `${where} is ${JSON.stringify(text)}, which Quorate does not do: ${fate.why}`
  }
  const wanted = WANTED[kind](text)
  if (wanted === null || text === '') return null
  const problem: Problem = { where, value: text, wanted }
  return problemText(problem)
}

/** Null for what fits. */
const WANTED: Readonly<Record<EtcdFlag['kind'], (text: string) => string | null>> = {
  text: () => null,
  boolean: (text) =>
    /^(1|0|[tTfF]|true|false|True|False|TRUE|FALSE)$/.test(text) ? null : 'true or false',
  integer: (text) => (/^-?\d+$/.test(text) ? null : 'a whole number'),
  duration: (text) => (parseDuration(text) === null ? 'a duration such as 500ms or 5m' : null),
}
