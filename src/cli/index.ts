/**
 * cli: the `quorate` command. It parses words, calls, and prints; what it does is done elsewhere.
 *
 * Invariants: nothing is changed without being told to; `--json` is for programs and stable, the
 * rest is for people. Not here: anything a node needs to run.
 */
export { runCommand } from './command.ts'
export type { ClusterWish, CommandParts } from './command-parts.ts'
export {
  type EngineName,
  type Identity,
  identityOf,
  LOG_LEVELS,
  type LogLevel,
  type NodeConfig,
  type PlannedMember,
  planCluster,
  readIdentity,
  readNodeFile,
  resumeIdentity,
  SETTING_NAMES,
  type TlsFiles,
  variableOf,
  writeIdentity,
} from './config/index.ts'
export { failureLines, failureText } from './failure-text.ts'
