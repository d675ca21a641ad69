/** Rows as they come: a table on a terminal, lines with tabs for other programs. */

import type { Output } from '../command-parts.ts'
import { type Column, cut, type Style, tableLines, widthOf } from '../terminal/index.ts'

/** The widths are those of the first rows: nobody waits for the last of a million. */
const MEASURED_ROWS = 500
/** No column of texts is cut to less, however narrow the terminal is. */
const CELL_COLUMNS_MIN = 20
const GAP_COLUMNS = 2

interface Place {
  readonly style: Style
  readonly output: Output
}

export class RowPrinter {
  readonly #columns: readonly Column[]
  readonly #place: Place
  #waiting: (readonly string[])[] = []
  #widths: readonly number[] | null = null

  constructor(columns: readonly Column[], place: Place) {
    this.#columns = columns
    this.#place = place
  }

  add(row: readonly string[]): void {
    if (!this.#place.output.isTerminal) {
      this.#place.output.write(`${row.join('\t')}\n`)
      return
    }
    this.#waiting.push(row)
    if (this.#waiting.length >= MEASURED_ROWS) this.#flush()
  }

  end(): void {
    if (this.#waiting.length > 0) this.#flush()
  }

  #flush(): void {
    const isFirst = this.#widths === null
    // Rows that come later are as wide as the first ones.
    this.#widths ??= this.#measure(this.#waiting)
    const widths = this.#widths
    // A number that is cut is another number.
    const fitted = (cell: string, at: number): string =>
      this.#columns[at]?.isNumber === true ? cell : cut(cell, widths[at] ?? 0)
    const rows = this.#waiting.map((row) => row.map(fitted))
    this.#waiting = []
    const measure = widths.map((width) => ' '.repeat(width))
    const lines = tableLines(this.#columns, [measure, ...rows], this.#place.style.bold)
    const shown = isFirst ? [lines[0] ?? '', ...lines.slice(2)] : lines.slice(2)
    for (const line of shown) this.#place.output.write(`${line}\n`)
  }

  /** A row is a line: what does not fit is cut where most is, if that leaves enough of it. */
  #measure(rows: readonly (readonly string[])[]): readonly number[] {
    const widths = this.#columns.map(({ title }, at) =>
      Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? ''))),
    )
    const gaps = GAP_COLUMNS * (widths.length - 1)
    const room = this.#place.output.columns() - gaps
    for (const at of byWidth(widths)) {
      const surplus = widths.reduce((sum, width) => sum + width, 0) - room
      if (surplus <= 0 || this.#columns[at]?.isNumber === true) continue
      const width = widths[at] ?? 0
      widths[at] = Math.min(width, Math.max(CELL_COLUMNS_MIN, width - surplus))
    }
    return widths
  }
}

/** The places of the widest first. */
function byWidth(widths: readonly number[]): readonly number[] {
  return [...widths.keys()].sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))
}
