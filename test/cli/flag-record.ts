/** Which flags of which commands were given to real processes. */

import { COMMAND_FLAGS } from '../../src/cli/testing/index.ts'

export class FlagRecord {
  readonly #given = new Set<string>()

  /** Of a process that has done what was expected of it. */
  note(words: readonly string[]): void {
    const end = words.indexOf('--')
    const own = end < 0 ? words : words.slice(0, end)
    const name = [...COMMAND_FLAGS.keys()].find((one) => `${own.join(' ')} `.startsWith(`${one} `))
    if (name === undefined) return
    const flags = COMMAND_FLAGS.get(name) ?? []
    // A value never looks like a flag here, and `--name=value` is the same as `--name value`.
    for (const word of own) {
      const flag = word.replace(/=.*$/s, '')
      if (flags.includes(flag)) this.#given.add(`${name} ${flag}`)
    }
  }

  /** Every flag of every command that no process was given, such as `put --ttl`. */
  missing(): readonly string[] {
    const all = [...COMMAND_FLAGS].flatMap(([name, flags]) =>
      flags.map((flag) => `${name} ${flag}`),
    )
    return all.filter((one) => !this.#given.has(one))
  }
}
