/**
 * cli: the `quorate` command. It parses words, calls, and prints; what it does is done elsewhere.
 *
 * Invariants: nothing is changed without being told to; `--json` is for programs and stable, the
 * rest is for people. Not here: anything a node needs to run.
 */
export { runCommand } from './command.ts'
export { failureLines, failureText } from './failure-text.ts'
export type { CommandParts } from './log-command.ts'
