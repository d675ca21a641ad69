/** docs/reference/embedding.md, from the comments of `src/main/embed`. */

import type { TextFile } from '../check/model.ts'
import { referenceOf } from './types.ts'

const HEAD = `# Embedding

\`import { startNode, startCluster } from 'quorate'\`. Made from the comments of
\`src/main/embed\`.`

export function make(files: readonly TextFile[]): string {
  const first = ['startNode', 'startCluster']
  return referenceOf(files, { entry: 'src/main/embed/index.ts', head: HEAD, first })
}
