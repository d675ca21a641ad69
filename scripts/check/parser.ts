/**
 * TypeScript's own parser, so that nobody is fooled by a string, a comment, a template or a regular
 * expression. The only file that knows the `typescript` package: its JavaScript interface is still
 * marked unstable, and a new version may need changes here.
 */

import type { SourceFile } from 'typescript/unstable/ast'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'
import type { TextFile } from './model.ts'

export { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
export * as is from 'typescript/unstable/ast/is'

const ROOT = '/project'
const CONFIG = `${ROOT}/tsconfig.json`

/** One result for each source, in their order. Trees are good only while `use` runs. */
export function parseEach<Result>(
  sources: readonly TextFile[],
  use: (source: TextFile, tree: SourceFile) => Result,
): Result[] {
  if (sources.length === 0) return []
  const texts: Record<string, string> = Object.create(null)
  for (const { path: name, text } of sources) texts[`${ROOT}/${name}`] = text
  texts[CONFIG] = JSON.stringify({
    compilerOptions: { noLib: true, noResolve: true, types: [], allowImportingTsExtensions: true },
    files: sources.map((source) => source.path),
  })
  const api = new API({ fs: createVirtualFileSystem(texts) })
  try {
    const program = api.updateSnapshot({ openProjects: [CONFIG] }).getProject(CONFIG)?.program
    return sources.map((source) => {
      const tree = program?.getSourceFile(`${ROOT}/${source.path}`)
      if (tree === undefined) throw new Error(`${source.path} could not be parsed`)
      return use(source, tree)
    })
  } finally {
    api.close()
  }
}
