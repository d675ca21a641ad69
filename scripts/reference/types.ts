/** The reference of something that programs import, made from the comments of its sources. */

import type { TextFile } from '../check/model.ts'
import { CONSTRUCTOR, type Declaration, declarationsOf, type Member } from './declarations.ts'

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
    ...(types.length === 0 ? [] : ['## Types', ...types.map(madeElsewhere).map(section)]),
  ]
  return `${parts.join('\n\n')}\n`
}

/** A class that is met, as an error is, and not made by who reads this. */
function madeElsewhere(declaration: Declaration): Declaration {
  const members = declaration.members.filter(({ name }) => name !== CONSTRUCTOR)
  return { ...declaration, members }
}

/** What is told of one name, under a heading of the third level. */
export function section({ name, kind, signature, comment, members }: Declaration): string {
  const parts = [`### ${name}`]
  if (comment !== '') parts.push(comment)
  const isPlain = kind === 'interface' && signature === `interface ${name}`
  if (!isPlain) parts.push(`\`\`\`ts\n${signature}\n\`\`\``)
  if (members.length > 0) parts.push(members.map((one) => item(one, kind, name)).join('\n'))
  return parts.join('\n\n')
}

function item({ signature, comment }: Member, kind: Declaration['kind'], name: string): string {
  const made = signature.replace(/^constructor/, `new ${name}`)
  const shown = kind === 'const' ? `${name}.${signature}` : made
  const said = comment.replace(/\s+/g, ' ')
  return `- \`${shown}\`${said === '' ? '' : `<br>${said}`}`
}
