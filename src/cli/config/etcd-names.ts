/** What etcd calls our settings, for whoever writes one of its names where ours are wanted. */

import { ETCD_FLAGS } from './etcd-flags.ts'
import { isSettingName, type SettingName } from './settings.ts'

/** The sections of etcd's files that hold what is a flag of its own otherwise. */
export const ETCD_SECTIONS: ReadonlyMap<string, string> = new Map([
  ['client-transport-security', ''],
  ['peer-transport-security', 'peer-'],
])

/** Of a flag, or of a name in a file with its section: `peer-transport-security.cert-file`. */
export function settingOfEtcd(name: string): SettingName | null {
  const fate = ETCD_FLAGS.get(flagOfEtcd(name))?.fate
  return fate?.kind === 'setting' && isSettingName(fate.setting) ? fate.setting : null
}

export function isOfEtcd(name: string): boolean {
  return ETCD_FLAGS.has(flagOfEtcd(name))
}

function flagOfEtcd(name: string): string {
  const end = name.indexOf('.')
  const prefix = end < 0 ? undefined : ETCD_SECTIONS.get(name.slice(0, end))
  return prefix === undefined ? name : `${prefix}${name.slice(end + 1)}`
}
