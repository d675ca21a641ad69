/** `quorate completion` */

import { assert } from '../../base/index.ts'
import type { CommandParts } from '../command-parts.ts'
import { completionScript } from '../framework/completion.ts'
import { type CallOf, SHELLS } from '../framework/index.ts'
import { STATUS } from '../specs/shared.ts'
import type { COMPLETION } from '../specs/tools.ts'
import { COMMANDS } from '../table.ts'

export async function runCompletion(
  { words }: CallOf<typeof COMPLETION>,
  { output }: CommandParts,
): Promise<number> {
  const shell = SHELLS.find((name) => name === words[0])
  assert(shell !== undefined, 'a shell is one of those that the description names')
  output.write(
    completionScript(
      shell,
      COMMANDS.map(({ spec }) => spec),
    ),
  )
  return STATUS.fine
}
