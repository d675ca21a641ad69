/** Tables for people: columns as wide as what stands in them. */

import { widthOf } from './width.ts'

export interface Column {
  readonly title: string
  /** Numbers are compared by their ends. */
  readonly isNumber?: boolean
}

const GAP = '  '

/** Texts may have colours. No space at the end of a line, so that copies are clean. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  title: (text: string) => string = (text) => text,
): readonly string[] {
  const widths = columns.map((column, at) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[at] ?? ''))),
  )
  const head = columns.map((column) => column.title)
  return [head, ...rows].map((row, number) => {
    const cells = columns.map((column, at) => {
      const text = number === 0 ? title(row[at] ?? '') : (row[at] ?? '')
      const space = ' '.repeat((widths[at] ?? 0) - widthOf(text))
      return column.isNumber === true ? space + text : text + space
    })
    return cells.join(GAP).trimEnd()
  })
}

/** `name   value`, for one thing with many facts. */
export function factLines(
  facts: readonly (readonly [name: string, value: string])[],
  emphasis: (text: string) => string = (text) => text,
): readonly string[] {
  const width = Math.max(0, ...facts.map(([name]) => widthOf(name)))
  return facts.map(([name, value]) => {
    return `${emphasis(name)}${' '.repeat(width - widthOf(name))}${GAP}${value}`.trimEnd()
  })
}
