/** docs/reference/client.md, from the comments of `src/client`. */

import type { TextFile } from '../check/model.ts'
import { referenceOf } from './types.ts'

const HEAD = `# The client

\`import { connect } from 'quorate/client'\`. Made from the comments of \`src/client\`.`

export function make(files: readonly TextFile[]): string {
  const first = ['connect', 'ConnectOptions', 'Client']
  return referenceOf(files, { entry: 'src/client/index.ts', head: HEAD, first })
}
