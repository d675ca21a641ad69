/** How a process is started that runs a node: with less memory than is usual for programs. */

import { SETTING_NAMES, variableOf } from '../cli/config/index.ts'

/** As in bin/etcd, which says why. */
const YOUNG_OBJECTS = '--max-semi-space-size'
export const NODE_FLAGS: readonly string[] = [`${YOUNG_OBJECTS}=8`]
const MEMORY = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '524288',
  MALLOC_TRIM_THRESHOLD_: '16777216',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
}

/**
 * Begins again as the same process with these choices, which have to be made before a program
 * runs. Returns when they were made, or cannot be.
 */
export function restartAsNode(): void {
  const { execArgv, env, argv, execPath } = process
  const said = [...execArgv, env['NODE_OPTIONS'] ?? '']
  const isMade = said.some((words) => words.includes(YOUNG_OBJECTS))
  // A channel to whoever has started this process would not outlive it.
  if (isMade || process.connected || process.platform === 'win32') return
  const words = [execPath, ...NODE_FLAGS, ...execArgv, ...argv.slice(1)]
  process.execve?.(execPath, words, { ...MEMORY, ...env })
}

/** Of settings that are the same for all nodes of a machine. The others tell one from another. */
const OF_ALL = /^(raft\.(heartbeat|election)|limits|compaction|watch|logging)\b/

/** For a node beside others: variables that would make all of them the same are left out. */
export function environmentOfNode(): NodeJS.ProcessEnv {
  const left = SETTING_NAMES.filter((name) => !OF_ALL.test(name)).map(variableOf)
  const rest = Object.entries(process.env).filter(([name]) => !left.includes(name))
  return { ...MEMORY, ...Object.fromEntries(rest) }
}
