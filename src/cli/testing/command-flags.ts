import { CONFIG_SWITCHES, NODE_SWITCHES, NODE_VALUES } from '../config/index.ts'
import { spelled } from '../framework/index.ts'
import { COMMANDS } from '../table.ts'

/** Options of commands that read their words themselves; a setting is no option of theirs. */
const RAW: Readonly<Record<string, readonly string[]>> = {
  node: [...NODE_VALUES, ...NODE_SWITCHES],
  config: [...NODE_VALUES, ...CONFIG_SWITCHES.check, ...CONFIG_SWITCHES.init],
  // Its flags are those of etcd, a table of their own.
  etcd: [],
}

/** Every command with its flags; `-l` is a way of its own to say `--long`. */
export const COMMAND_FLAGS: ReadonlyMap<string, readonly string[]> = new Map(
  COMMANDS.map(({ spec: { name, options } }) => {
    const raw = (RAW[name] ?? []).map((flag) => `--${flag}`)
    const own = Object.entries(options).flatMap(([key, { short }]) =>
      short === null ? [spelled(key)] : [spelled(key), `-${short}`],
    )
    return [name, [...raw, ...own]]
  }),
)
