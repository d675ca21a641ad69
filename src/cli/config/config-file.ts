/** Configuration files: ours, whose sections are the names of settings, and those of etcd. */

import type { EtcdArguments, GivenFlag } from './etcd-arguments.ts'
import { type ConfigOutcome, etcdConfig } from './etcd-config.ts'
import { ETCD_FLAGS } from './etcd-flags.ts'
import { ETCD_SECTIONS } from './etcd-names.ts'
import { isMap, readNodeSources } from './node-sources.ts'
import { problemText } from './problems.ts'
import { readYaml } from './yaml-text.ts'

/** A file of ours and nothing else, which names itself. */
export function readNodeFile(text: string): ConfigOutcome {
  const file = { name: '', text }
  const outcome = readNodeSources({ file, environment: {}, settings: new Map() })
  if (outcome.kind === 'read') return outcome
  return { kind: 'wrong', mistakes: outcome.problems.map(problemText) }
}

const NOT_A_MAP = 'the file must consist of names and values, such as "name: m1"'

const ETCD_SECTION_NAMES: ReadonlyMap<string, string> = new Map([
  ['peer-allowed-cn', 'peer-cert-allowed-cn'],
  ['peer-allowed-hostname', 'peer-cert-allowed-hostname'],
  ['allowed-hostname', 'client-cert-allowed-hostname'],
  ['allowed-cn', 'client-cert-allowed-hostname'],
])

/** As etcd does, names that it does not know are passed over; they are told of. */
export function readEtcdFile(text: string): ConfigOutcome {
  const yaml = readYaml(text)
  if (yaml.kind === 'wrong') return { kind: 'wrong', mistakes: [yaml.text] }
  const { file } = yaml
  if (file.duplicates.length > 0) return { kind: 'wrong', mistakes: file.duplicates }
  if (!isMap(file.value)) return { kind: 'wrong', mistakes: [NOT_A_MAP] }
  const flags = new Map<string, GivenFlag>()
  const remarks: string[] = []
  for (const [name, value] of Object.entries(file.value)) {
    const prefix = ETCD_SECTIONS.get(name)
    const inner = prefix !== undefined && isMap(value) ? Object.entries(value) : [[name, value]]
    for (const [key, one] of inner as [string, unknown][]) {
      const full = `${prefix ?? ''}${key}`
      const flag = ETCD_SECTION_NAMES.get(full) ?? full
      const line = file.lineOf(prefix === undefined ? [key] : [name, key])
      if (!ETCD_FLAGS.has(flag)) remarks.push(`unknown setting ${key} in line ${line}`)
      else flags.set(flag, { value: flagValue(flag, one), where: `${key} (line ${line})` })
    }
  }
  const given: EtcdArguments = { flags, unknownVariables: [] }
  const outcome = etcdConfig(given)
  if (outcome.kind === 'wrong') return outcome
  return { ...outcome, remarks: [...outcome.remarks, ...remarks] }
}

/** As the flag would say it. A duration is a number of nanoseconds in these files. */
function flagValue(flag: string, value: unknown): unknown {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(',')
  const isDuration = ETCD_FLAGS.get(flag)?.kind === 'duration' || DURATION_SETTINGS.has(flag)
  return typeof value === 'number' && isDuration ? `${value}ns` : String(value)
}

const DURATION_SETTINGS: ReadonlySet<string> = new Set([
  'grpc-keepalive-interval',
  'watch-progress-notify-interval',
  'experimental-watch-progress-notify-interval',
])
