/** docs/reference/rest.md, from the table of routes. */

import { restReference } from '../../src/api/index.ts'

export function make(): string {
  return restReference()
}
