/** The words and variables that an `etcd` is started with, by the rules of Go's flags. */

import { ETCD_FLAGS, variableOf } from './etcd-flags.ts'
import { suggestion } from './problems.ts'

/** What was given for one flag, and where. */
export interface GivenFlag {
  readonly value: unknown
  readonly where: string
}

export interface EtcdArguments {
  readonly flags: ReadonlyMap<string, GivenFlag>
  /** Variables that look as if they were meant for etcd. */
  readonly unknownVariables: readonly string[]
}

export type EtcdWish =
  | { readonly kind: 'run'; readonly given: EtcdArguments }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  /** What cannot even be read as flags. */
  | { readonly kind: 'wrong'; readonly text: string }

export type Environment = Readonly<Record<string, string | undefined>>

/** Not flags, but made for programs of etcd. */
const OTHER_PROGRAMS = /^ETCD_(VERSION|UNSUPPORTED_ARCH|CONFIG_FILE)$/

export function readEtcdArguments(words: readonly string[], environment: Environment): EtcdWish {
  const flags = new Map<string, GivenFlag>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word)
    if (match === null) return { kind: 'wrong', text: `"${word}" is not a valid flag` }
    const [, name = '', attached] = match
    if (name === 'h' || name === 'help') return { kind: 'help' }
    const flag = ETCD_FLAGS.get(name)
    if (flag === undefined) return { kind: 'wrong', text: unknownFlag(name) }
    let value = attached ?? (flag.kind === 'boolean' ? 'true' : undefined)
    if (value === undefined) {
      at += 1
      value = words[at]
    }
    if (value === undefined) return { kind: 'wrong', text: `flag needs an argument: -${name}` }
    flags.set(name, { value, where: `--${name}` })
  }
  if (flags.get('version')?.value === 'true') return { kind: 'version' }
  return withEnvironment(flags, environment)
}

function unknownFlag(name: string): string {
  const near = suggestion(name, ETCD_FLAGS.keys())
  const hint = near === null ? '' : `; --${near} is meant?`
  return `flag provided but not defined: -${name}${hint}`
}

/** A variable counts where no flag is given; both at once is refused, as etcd does. */
function withEnvironment(flags: Map<string, GivenFlag>, environment: Environment): EtcdWish {
  for (const name of ETCD_FLAGS.keys()) {
    const variable = variableOf(name)
    const value = environment[variable]
    if (value === undefined || value === '' || name === 'version') continue
    if (flags.has(name)) {
      const text = `${variable} is set and --${name} is given: unset one of them`
      return { kind: 'wrong', text }
    }
    flags.set(name, { value, where: variable })
  }
  const known = new Set([...ETCD_FLAGS.keys()].map(variableOf))
  const unknownVariables = Object.keys(environment).filter(
    (name) => name.startsWith('ETCD_') && !known.has(name) && !OTHER_PROGRAMS.test(name),
  )
  return { kind: 'run', given: { flags, unknownVariables } }
}
