/** Octets to text, one character an octet. */

/** Up to here a call into the engine costs more than making the text piece by piece. */
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
