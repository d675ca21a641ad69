/** How many columns a text takes in a terminal. */

import { stripVTControlCharacters } from 'node:util'

/** East Asian wide and emoji: two columns. Ranges of letters that terminals agree on. */
const WIDE_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]
const NONE = /\p{Mn}|\p{Me}|[\u200b-\u200f]|[\ufe00-\ufe0f]/u
const PLAIN = /^[\u0020-\u007e]*$/

export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const letter of stripVTControlCharacters(text)) {
    if (!NONE.test(letter)) width += isWide(letter) ? 2 : 1
  }
  return width
}

function isWide(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0
  return WIDE_RANGES.some(([first, last]) => code >= first && code <= last)
}

/** Its beginning, with a mark where it was cut, and then without colours. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const letter of stripVTControlCharacters(text)) {
    width += widthOf(letter)
    if (width > columns - 1) break
    kept += letter
  }
  return `${kept}…`
}
