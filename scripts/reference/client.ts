/** docs/reference/client.md, from the comments of `src/client`. */

import type { TextFile } from '../check/model.ts'
import { referenceOf } from './types.ts'

const HEAD = `# The client

\`import { connect } from 'quorate/client'\`. Made from the comments of \`src/client\`.

Whoever writes TypeScript installs \`@types/node\` too, and names it in \`tsconfig.json\`:
\`"types": ["node"]\`. From it come \`AbortSignal\` and, where \`lib\` is older than they are, the
types of \`await using\`.`

export function make(files: readonly TextFile[]): string {
  const first = ['connect', 'ConnectOptions', 'Client']
  return referenceOf(files, { entry: 'src/client/index.ts', head: HEAD, first })
}
