/** docs/reference/openapi.json, from the table of routes: what a node answers at /openapi.json. */

import { openApiText } from '../../src/api/index.ts'

export function make(): string {
  return openApiText()
}
