/**
 * cli: the `quorate` command. It parses words, calls, and prints; what it does is done elsewhere.
 *
 * Invariants: nothing is changed without being told to; `--json` is for programs and stable, the
 * rest is for people. Not here: anything a node needs to run. What a node is told has a surface of
 * its own, `config/index.ts`, which is loaded when a node is.
 */
export { runCommand } from './command.ts'
export type {
  ClusterWish,
  CommandParts,
  LocalCluster,
  LocalNode,
  LocalNodeState,
  Machine,
} from './command-parts.ts'
export type {
  EngineName,
  Identity,
  LogLevel,
  NodeConfig,
  PlannedMember,
  TlsFiles,
} from './config/index.ts'
export { BUG_ADVICE, failureLines, failureText, isExpected } from './failure-text.ts'
export { makeReference } from './reference.ts'
