/** The shapes of JSON for people: the last part of docs/reference/rest.md. */

import { SCHEMAS, type Schema } from './schemas.ts'

const REFERENCE = '#/components/schemas/'

export function shapesText(): string {
  const shapes = Object.entries(SCHEMAS).map(([name, schema]) => shapeText(name, schema))
  return `## Shapes\n\nWhat has a \`?\` may be absent.\n\n${shapes.join('\n')}`
}

function shapeText(name: string, schema: Schema): string {
  const said = schema.description === undefined ? '' : `${schema.description}\n\n`
  return `### ${name}\n\n${said}${table(schema)}`
}

function table({ properties = {}, required = [], oneOf }: Schema): string {
  if (oneOf !== undefined) return `One of: ${oneOf.map(typeText).join(', ')}.\n`
  const rows = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    return `| \`${name}${mark}\` | ${typeText(schema)} | ${schema.description ?? ''} |`
  })
  return rows.length === 0
    ? ''
    : `| Field | Is | Meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}

function typeText({ $ref, type, enum: words, items, oneOf, properties }: Schema): string {
  if ($ref !== undefined) return $ref.slice(REFERENCE.length)
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ')
  if (items !== undefined) return `list of ${typeText(items)}`
  if (properties !== undefined) {
    const names = Object.keys(properties).map((name) => `\`${name}\``)
    return `object of ${names.join(', ')}`
  }
  if (oneOf !== undefined) return oneOf.map(typeText).join(' or ')
  return type ?? 'any'
}
