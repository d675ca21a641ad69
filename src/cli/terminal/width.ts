/** How many columns a text takes in a terminal. */

import { stripVTControlCharacters } from 'node:util'

/** East Asian wide and emoji: two columns. A table of ranges that terminals agree on. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u
const NONE = /\p{Mn}|\p{Me}|[\u200b-\u200f]|[\ufe00-\ufe0f]/u
const PLAIN = /^[\u0020-\u007e]*$/

export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const letter of stripVTControlCharacters(text)) {
    if (!NONE.test(letter)) width += WIDE.test(letter) ? 2 : 1
  }
  return width
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
