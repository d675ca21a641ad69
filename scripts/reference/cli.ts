/** docs/reference/cli.md, from the table of commands. */

import { makeReference } from '../../src/cli/index.ts'

export function make(): string {
  return makeReference()
}
