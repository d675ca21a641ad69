/** Octets to text, one character an octet. */

/**
 * Up to here a call into the engine costs more than making the text piece by piece. From 13
 * characters on V8 would keep the pieces, which take several times the memory of the text.
 */
const PIECEWISE_MAX = 12

const slice = Buffer.prototype.latin1Slice
const text = String.fromCharCode

export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  // Always a string of its own: a piece cut out of a longer one would keep all of it in memory.
  return end - start > PIECEWISE_MAX
    ? slice.call(bytes as Buffer, start, end)
    : piecewise(bytes, start, end)
}

function piecewise(bytes: Uint8Array, start: number, end: number): string {
  let result = ''
  let at = start
  for (; at + 8 <= end; at += 8) {
    result += text(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
      bytes[at + 4] as number,
      bytes[at + 5] as number,
      bytes[at + 6] as number,
      bytes[at + 7] as number,
    )
  }
  for (; at + 4 <= end; at += 4) {
    result += text(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
    )
  }
  for (; at < end; at++) result += text(bytes[at] as number)
  return result
}
