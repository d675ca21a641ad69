/**
 * terminal: how things look: colours, tables, bytes as text, numbers, progress.
 *
 * Invariants: pure functions of what they are given; nothing that comes from a store can command
 * the terminal that shows it.
 * Not here: where it is printed.
 */
export { fromHex, hexOf, jsonBytes, shown, shownExactly, shownLines, textOf } from './bytes.ts'
export { bar, Progress } from './progress.ts'
export { type ColorChoice, type Style, styleOf, wantsColor } from './style.ts'
export { type Column, factLines, tableLines } from './table.ts'
export { countText, plural, sizeText, timeText } from './units.ts'
export { cut, widthOf } from './width.ts'
