/** `quorate node`: a node that a file, variables and flags of ours describe. */

import type { CommandParts } from './command-parts.ts'
import {
  check,
  gather,
  NODE_SWITCHES,
  NODE_VALUES,
  namedFile,
  nodeUsage,
  readNodeWords,
  tellProblems,
} from './config/index.ts'

type NodeCommandParts = Pick<
  CommandParts,
  'print' | 'complain' | 'environment' | 'readText' | 'runNode'
>

export async function runNodeCommand(
  parameters: readonly string[],
  parts: NodeCommandParts,
): Promise<number> {
  const words = readNodeWords(parameters, { values: NODE_VALUES, switches: NODE_SWITCHES })
  if (words.words.length > 0) {
    parts.complain(`quorate: node takes flags only, and not "${words.words.join(' ')}"`)
    parts.complain(nodeUsage())
    return 2
  }
  const outcome = gather(words, namedFile(words, parts), parts)
  if (words.switches.has('check')) {
    return check(outcome, { isJson: words.switches.has('json'), parts })
  }
  if (outcome.kind === 'wrong') {
    tellProblems(outcome.problems, parts)
    // A flag that does not exist is wrong usage; a value that is wrong may stand anywhere.
    return words.problems.length > 0 ? 2 : 1
  }
  return parts.runNode(outcome.config, outcome.remarks)
}
