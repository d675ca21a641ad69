/** The reference of something that programs import, made from the comments of its sources. */

import type { TextFile } from '../check/model.ts'
import { type Declaration, declarationsOf, type Member } from './declarations.ts'

export interface Surface {
  readonly entry: string
  /** Everything above the functions. */
  readonly head: string
  /** What a reader looks for first; whatever else there is follows in the order of the sources. */
  readonly first: readonly string[]
}

export function referenceOf(files: readonly TextFile[], { entry, head, first }: Surface): string {
  const declarations = declarationsOf(files, entry)
  const found = first.flatMap((name) => declarations.filter((one) => one.name === name))
  const sorted = [...found, ...declarations.filter((one) => !found.includes(one))]
  const functions = sorted.filter(({ kind }) => kind === 'function' || kind === 'const')
  const types = sorted.filter((one) => !functions.includes(one))
  const parts = [
    head,
    ...(functions.length === 0 ? [] : ['## Functions', ...functions.map(section)]),
    ...(types.length === 0 ? [] : ['## Types', ...types.map(section)]),
  ]
  return `${parts.join('\n\n')}\n`
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
