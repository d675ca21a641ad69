/** Rows as they come: a table on a terminal, lines with tabs for other programs. */

import type { Output } from '../command-parts.ts'
import { type Column, cut, type Style, tableLines, widthOf } from '../terminal/index.ts'

/** The widths are those of the first rows: nobody waits for the last of a million. */
const MEASURED_ROWS = 500
/** A column that is wider is cut, however wide the terminal is. */
const CELL_COLUMNS_MIN = 20

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
    const rows = this.#waiting.map((row) => this.#fit(row))
    this.#waiting = []
    const isFirst = this.#widths === null
    // Rows that come later are as wide as the first ones, where they fit.
    this.#widths ??= this.#columns.map(({ title }, at) =>
      Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? ''))),
    )
    const measure = this.#widths.map((width) => ' '.repeat(width))
    const lines = tableLines(this.#columns, [measure, ...rows], this.#place.style.bold)
    const shown = isFirst ? [lines[0] ?? '', ...lines.slice(2)] : lines.slice(2)
    for (const line of shown) this.#place.output.write(`${line}\n`)
  }

  /** Texts are cut so that a row is a line, if that leaves enough of them. */
  #fit(row: readonly string[]): readonly string[] {
    const texts = this.#columns.filter(({ isNumber }) => isNumber !== true).length
    const numbers = row
      .filter((_, at) => this.#columns[at]?.isNumber === true)
      .reduce((sum, cell) => sum + widthOf(cell) + 2, 0)
    const room = Math.floor((this.#place.output.columns() - numbers) / Math.max(1, texts)) - 2
    const most = Math.max(CELL_COLUMNS_MIN, room)
    return row.map((cell, at) => (this.#columns[at]?.isNumber === true ? cell : cut(cell, most)))
  }
}
