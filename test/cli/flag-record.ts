/** Which flags of which commands were given to real processes, and which there are. */

import { CONFIG_SWITCHES, NODE_SWITCHES, NODE_VALUES } from '../../src/cli/config/index.ts'
import { spelled } from '../../src/cli/framework/index.ts'
import { COMMANDS } from '../../src/cli/table.ts'

/** Options of commands that read their words themselves; a setting is no option of theirs. */
const RAW: Readonly<Record<string, readonly string[]>> = {
  node: [...NODE_VALUES, ...NODE_SWITCHES],
  config: [...NODE_VALUES, ...CONFIG_SWITCHES.check, ...CONFIG_SWITCHES.init],
  // Its flags are those of etcd, which are given all at once.
  etcd: [],
}

export class FlagRecord {
  readonly #given = new Set<string>()

  /** Of a process that has done what was expected of it. */
  note(words: readonly string[]): void {
    const end = words.indexOf('--')
    const own = end < 0 ? words : words.slice(0, end)
    const name = COMMANDS.map(({ spec }) => spec.name)
      .filter((one) => `${own.join(' ')} `.startsWith(`${one} `))
      .toSorted((one, other) => other.length - one.length)[0]
    const flags = new Set(flagsOf(name ?? ''))
    // A value never looks like a flag here, and `--name=value` is the same as `--name value`.
    for (const word of own) {
      const flag = word.replace(/=.*$/s, '')
      if (flags.has(flag)) this.#given.add(`${name} ${flag}`)
    }
  }

  /** Every flag of every command that no process was given, as `put --ttl`. */
  missing(): readonly string[] {
    const all = COMMANDS.flatMap(({ spec: { name } }) =>
      flagsOf(name).map((flag) => `${name} ${flag}`),
    )
    return all.filter((one) => !this.#given.has(one))
  }
}

/** Also `-l`, which is a way of its own to say `--long`. */
function flagsOf(command: string): readonly string[] {
  const spec = COMMANDS.map((one) => one.spec).find(({ name }) => name === command)
  if (spec === undefined) return []
  const raw = (RAW[command] ?? []).map((name) => `--${name}`)
  const own = Object.entries(spec.options).flatMap(([name, { short }]) =>
    short === null ? [spelled(name)] : [spelled(name), `-${short}`],
  )
  return [...raw, ...own]
}
