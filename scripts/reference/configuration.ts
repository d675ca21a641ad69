/** docs/reference/configuration.md, from the tables of settings, profiles and flags. */

import {
  ETCD_FLAGS,
  type EtcdFlag,
  flagOf,
  SECTIONS,
  SETTING_NAMES,
  type SettingName,
  settingOf,
  TIMING_PROFILES,
  variableOf,
} from '../../src/cli/config/index.ts'
import { CONFIGURATION_EXAMPLE } from './configuration-example.ts'
import { code, table } from './markdown.ts'

export function make(): string {
  const parts = [
    HEAD,
    `\`\`\`yaml\n${CONFIGURATION_EXAMPLE}\`\`\``,
    ...['## Settings', FORMS, ...settings()],
    ...['## Timing profiles', ...profiles()],
    ...['## Names of variables and flags', NAMES, names()],
    ...['## In the place of an etcd', ETCD_HEAD, ...etcdFlags()],
    ...['## Restarts', RESTARTS],
  ]
  return `${parts.join('\n\n')}\n`
}

const HEAD = `# Configuration

A node is told everything before it starts, in one of two ways that mean the same: in our own
words (a YAML file, environment variables over it, flags over both), or with the flags, variables
and files of etcd. Whatever is wrong is told at once, each mistake with its place, what stands
there, and an example of what would be right.

\`\`\`
quorate config init                        writes quorate.yaml: every setting, and what it means
quorate config check quorate.yaml          names every mistake
quorate config show quorate.yaml           every setting as a node would take it, and from where
quorate node --config quorate.yaml
QUORATE_CLIENT_LISTEN=http://127.0.0.1:8081 quorate node --data-directory ./data --raft-profile fast
quorate etcd --name m1 --data-dir /var/lib/quorate
\`\`\`

Only \`data.directory\` has to be said. A node that names no members is a cluster of its own. An
empty value is the same as none. \`QUORATE_CONFIG\` names the file as \`--config\` does. A
variable \`QUORATE_...\` that looks like a mistyped one is refused; others that nobody knows are
only told of.`

const FORMS = `Durations are written as in Go, always with a unit (\`1h30m\`, \`500ms\`), sizes as
numbers of bytes or with \`KiB\`, \`MiB\`, \`GiB\`, \`TiB\`. Several URLs or words are a list in a
file, and are separated by commas elsewhere; members are a map in a file and
\`name=URL,name=URL\` elsewhere. Paths that do not begin with \`/\` begin at the directory that the
node was started in.`

function settings(): readonly string[] {
  const sections = new Map<string, SettingName[]>()
  for (const name of SETTING_NAMES) {
    const section = name.includes('.') ? name.slice(0, name.indexOf('.')) : ''
    sections.set(section, [...(sections.get(section) ?? []), name])
  }
  return [...sections].flatMap(([section, names]) => {
    const head = section === '' ? [] : [`### ${section}`, SECTIONS[section] ?? '']
    return [...head, table(['Setting', 'Takes', 'Default', 'Meaning'], names.map(settingRow))]
  })
}

function settingRow(name: SettingName): readonly string[] {
  const { kind, defaultText, defaultNote, isRequired, about } = settingOf(name)
  const usual = isRequired ? 'has to be said' : defaultText === '' ? defaultNote : code(defaultText)
  return [code(name), kind.name, usual, about]
}

function profiles(): readonly string[] {
  const rows = Object.entries(TIMING_PROFILES).map(([name, timing]) => {
    const times = [timing.heartbeatTicks, timing.electionTicks, timing.retryTicks]
    const texts = times.map((ticks) => `${ticks * timing.tickMs} ms`)
    return [code(name), ...texts, `${PINGS_MISSED * timing.pingMs} ms`]
  })
  const head = ['Profile', 'Heartbeat', 'Election', 'Retry', 'Silence of a connection']
  return [
    'After the silence named under *election*, drawn anew from one to two times as long, a node ' +
      'that heard nothing asks to lead; when an election was split, after *retry*. A process ' +
      'that dies is noticed at once by its connections, whatever the profile. Times that are ' +
      'written take the place of those of the profile. [Why these ' +
      'times](../decision/0080-timing-profiles.md).',
    table(head, rows),
  ]
}

const PINGS_MISSED = 5

const NAMES = `A dot becomes a dash or an underscore, and so does the beginning of a word in the
middle. A flag can also be written as the setting is: \`--client.listen\`.`

function names(): string {
  const rows = SETTING_NAMES.map((name) => [code(name), code(variableOf(name)), code(flagOf(name))])
  return table(['Setting', 'Variable', 'Flag'], rows)
}

const ETCD_HEAD = `\`bin/etcd\`, which is \`quorate etcd\`, takes the flags of etcd 3.4 to 3.7 as
\`--flag value\` and \`--flag=value\`, the variables \`ETCD_...\` of the same names, and with
\`--config-file\` files of etcd. A flag and its variable at once are refused, as are flags that
etcd does not have. It prints the lines that programs wait for (\`published\`, \`enabled
capabilities for version\`, \`ready to serve client requests\`), answers \`--version\` as etcd
does, and stops on SIGTERM and SIGINT with status 0. Flags that begin with \`--quorate-\` are
ours. Where one of the two times is given, the other is that of etcd (\`100ms\`, \`1s\`).`

function etcdFlags(): readonly string[] {
  const flags = [...ETCD_FLAGS.values()]
  const taken = flags.flatMap(({ name, fate }) =>
    fate.kind === 'setting' ? [[code(`--${name}`), code(fate.setting)]] : [],
  )
  const ignored = flags.filter(({ name, fate }) => {
    return fate.kind === 'ignored' && name !== 'config-file' && name !== 'version'
  })
  const refused = flags.filter(({ fate }) => fate.kind === 'refused')
  return [
    table(['Flag', 'Setting'], taken),
    'Taken and without effect:',
    table(['Flags', 'Why'], byReason(ignored)),
    'Refused by name, unless their value asks for nothing (`false`, or empty):',
    table(['Flags', 'Why'], byReason(refused)),
  ]
}

function byReason(flags: readonly EtcdFlag[]): readonly (readonly string[])[] {
  const reasons = new Map<string, string[]>()
  for (const flag of flags) {
    const { fate } = flag
    if (fate.kind === 'setting') continue
    reasons.set(fate.why, [...(reasons.get(fate.why) ?? []), flagText(flag)])
  }
  return [...reasons].map(([why, names]) => [names.join(', '), why])
}

/** With the values that ask for nothing, where those are not the usual ones. */
function flagText({ name, kind, fate }: EtcdFlag): string {
  const flag = code(`--${name}`)
  if (fate.kind !== 'refused') return flag
  const words = fate.neutral.filter((word) => word !== '')
  const isUsual = words.length === 0 || (kind === 'boolean' && words.includes('false'))
  return isUsual ? flag : `${flag} (but for ${words.map(code).join(', ')})`
}

const RESTARTS = `Who a node is stands in its [data directory](../format/data-directory.md) from
its first start on. A restart may leave out the members; when they are named, their names must be
the same, and their URLs may have changed. A directory of another node, of another cluster or of
another engine is refused, as is one whose log is gone. A node without data asks the other members
first: when one of them knows it, it has lost its directory and refuses to start, for it could
break what it has promised.`
