/** What the environment says that is meant for a node, and what only looks like it. */

import { SETTING_NAMES, type SettingName, variableOf } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Names the file, as the flag `--config` does. */
export const CONFIG_VARIABLE = 'QUORATE_CONFIG'

const PREFIX = 'QUORATE_'

/** Of the command line's clients, in `src/cli`. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  CONFIG_VARIABLE,
  ...['QUORATE_ENDPOINTS', 'QUORATE_TIMEOUT', 'QUORATE_TLS'],
  ...['QUORATE_CACERT', 'QUORATE_CERT', 'QUORATE_KEY', 'QUORATE_SERVER_NAME'],
  ...['QUORATE_FENCE', 'QUORATE_LOCK'],
])

/** Kubernetes tells every container in this way of a service that is called `quorate`. */
const OF_A_SERVICE = /_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP|SCTP)(_.+)?)?)$/

export function settingsOfEnvironment(
  environment: Environment,
): ReadonlyMap<SettingName, { readonly value: string; readonly variable: string }> {
  const found = new Map<SettingName, { value: string; variable: string }>()
  for (const name of SETTING_NAMES) {
    const variable = variableOf(name)
    const value = environment[variable]
    if (value !== undefined && value !== '') found.set(name, { value, variable })
  }
  return found
}

/** Those that look as if they were meant for a node. */
export function unknownVariables(environment: Environment): readonly string[] {
  const known = new Set(SETTING_NAMES.map(variableOf))
  return Object.keys(environment).filter(
    (name) =>
      name.startsWith(PREFIX) &&
      !known.has(name) &&
      !OTHER_VARIABLES.has(name) &&
      !OF_A_SERVICE.test(name),
  )
}
