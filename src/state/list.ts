/**
 * A list of natural numbers as a value: eight bytes an element, highest byte first. An element's
 * place follows from its position, so appending never touches what is there.
 */

import { assert } from '../base/index.ts'

export const ELEMENT_BYTES = 8
const HIGH_MAX = 0x1fffff

export function appendElement(list: Uint8Array, element: number): Uint8Array {
  assert(list.length % ELEMENT_BYTES === 0, 'a list has whole elements')
  assert(Number.isSafeInteger(element) && element >= 0, 'an element is a natural number')
  const grown = new Uint8Array(list.length + ELEMENT_BYTES)
  grown.set(list)
  const view = new DataView(grown.buffer)
  view.setUint32(list.length, Math.floor(element / 0x100000000))
  view.setUint32(list.length + 4, element % 0x100000000)
  return grown
}

/** The elements, or null when the value is no list. */
export function decodeList(value: Uint8Array): number[] | null {
  if (value.length % ELEMENT_BYTES !== 0) return null
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const elements: number[] = []
  for (let offset = 0; offset < value.length; offset += ELEMENT_BYTES) {
    const high = view.getUint32(offset)
    if (high > HIGH_MAX) return null
    elements.push(high * 0x100000000 + view.getUint32(offset + 4))
  }
  return elements
}

/** Whether the value is a list, without building it. */
export function isList(value: Uint8Array): boolean {
  if (value.length % ELEMENT_BYTES !== 0) return false
  for (let offset = 0; offset < value.length; offset += ELEMENT_BYTES) {
    if ((value[offset] as number) !== 0) return false
    if ((value[offset + 1] as number) > HIGH_MAX >>> 16) return false
  }
  return true
}
