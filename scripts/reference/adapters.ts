/** docs/reference/adapters.md, from the comments of `src/client/adapters`. */

import type { TextFile } from '../check/model.ts'
import { type Declaration, declarationsOf } from './declarations.ts'
import { section } from './types.ts'

const FOLDER = 'src/client/adapters'
const HEAD = `# Stores for other libraries

The client as a store for libraries that have an interface of their own. Both are entries of
\`quorate\` and of \`quorate-client\`; the library itself is installed beside it. Made from the
comments of \`${FOLDER}\`.`

const ADAPTERS = [
  { file: 'abstract-level', first: 'QuorateLevel' },
  { file: 'keyv', first: 'QuorateKeyv' },
]

export function make(files: readonly TextFile[]): string {
  const parts = ADAPTERS.flatMap(({ file, first }) => {
    const path = `${FOLDER}/${file}.ts`
    const declarations = declarationsOf(files, path).filter((one) => one.path === path)
    const found = declarations.filter(({ name }) => name === first)
    const others = declarations.filter((one) => !found.includes(one))
    return [
      `## quorate/${file}`,
      purposeOf(files.find((one) => one.path === path)?.text ?? ''),
      ...[...found, ...others].map((one) => section(withoutHooks(one))),
    ]
  })
  return `${[HEAD, ...parts].join('\n\n')}\n`
}

/** The comment that a file begins with. */
function purposeOf(text: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1]
  if (comment === undefined) throw new RangeError('an adapter begins with what it is for')
  return comment.replace(/^ \* ?/gm, '').trim()
}

/** What a library calls by itself (`_get`) is nothing for who uses it. */
function withoutHooks(declaration: Declaration): Declaration {
  const members = declaration.members.filter(({ name }) => !name.startsWith('_'))
  return { ...declaration, members }
}
