/** docs/reference/client.md, from the comments of `src/client`. */

import type { TextFile } from '../check/model.ts'
import { type Declaration, declarationsOf, type Member } from './declarations.ts'

const ENTRY = 'src/client/index.ts'

/** What a reader looks for first; whatever else there is follows in the order of the sources. */
const FIRST: readonly string[] = ['connect', 'ConnectOptions', 'Client']

const HEAD = `# The client

\`import { connect } from 'quorate/client'\`. Made from the comments of \`src/client\`.

`

export function make(files: readonly TextFile[]): string {
  const declarations = declarationsOf(files, ENTRY)
  const first = FIRST.flatMap((name) => declarations.filter((one) => one.name === name))
  const sorted = [...first, ...declarations.filter((one) => !first.includes(one))]
  const functions = sorted.filter(({ kind }) => kind === 'function' || kind === 'const')
  const types = sorted.filter((one) => !functions.includes(one))
  const parts = [
    ...['## Functions', ...functions.map(section)],
    ...['## Types', ...types.map(section)],
  ]
  return `${HEAD}${parts.join('\n\n')}\n`
}

function section({ name, kind, signature, comment, members }: Declaration): string {
  const parts = [`### ${name}`]
  if (comment !== '') parts.push(comment)
  const isPlain = kind === 'interface' && signature === `interface ${name}`
  if (!isPlain) parts.push(`\`\`\`ts\n${signature}\n\`\`\``)
  if (members.length > 0) parts.push(members.map((one) => item(one, kind, name)).join('\n'))
  return parts.join('\n\n')
}

function item({ signature, comment }: Member, kind: Declaration['kind'], name: string): string {
  const shown = kind === 'const' ? `${name}.${signature}` : signature
  const said = comment.replace(/\s+/g, ' ')
  return `- \`${shown}\`${said === '' ? '' : `<br>${said}`}`
}
