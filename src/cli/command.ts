/** The `quorate` command: the first word says which part of it is meant. */

import { type CommandParts, LOG_USAGE, runLogCommand } from './log-command.ts'

/** Returns the exit status. */
export async function runCommand(
  parameters: readonly string[],
  parts: CommandParts,
): Promise<number> {
  const [area, ...rest] = parameters
  if (area === 'log') return runLogCommand(rest, parts)
  parts.print(LOG_USAGE)
  return area === undefined || area === 'help' || area === '--help' ? 0 : 2
}
