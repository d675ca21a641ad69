/** `quorate completion` */

import { assert } from '../../base/index.ts'
import type { CommandParts } from '../command-parts.ts'
import { completionScript } from '../framework/completion.ts'
import { type CallOf, SHELLS, type Spec } from '../framework/index.ts'
import { STATUS } from '../specs/shared.ts'
import type { COMPLETION } from '../specs/tools.ts'
import { nodeOptions } from './node-options.ts'

/** With a language of their own, of which completion knows the flags. */
const OF_NODES: readonly string[] = ['node', 'config']

/** Of all commands there are, which only the table knows. */
export async function runCompletion(
  { words }: CallOf<typeof COMPLETION>,
  { output }: CommandParts,
  specs: readonly Spec[],
): Promise<number> {
  const shell = SHELLS.find((name) => name === words[0])
  assert(shell !== undefined, 'a shell is one of those that the description names')
  const options = nodeOptions()
  const all = specs.map((spec) => (OF_NODES.includes(spec.name) ? { ...spec, options } : spec))
  output.write(completionScript(shell, all))
  return STATUS.fine
}
