/** Of longer keys the beginning: enough to find them again. */
const SHOWN_BYTES_MAX = 60

const ENCODER = new TextEncoder()

/**
 * A key as the texts of errors show it: a text in quotes, or bytes that are none in hexadecimal.
 */
export function shownKey(key: Uint8Array | string): string {
  // One unit more than is shown: whoever gives a text gives no promise of its length.
  const whole = typeof key === 'string' ? ENCODER.encode(key.slice(0, SHOWN_BYTES_MAX + 1)) : key
  const isCut = whole.length > SHOWN_BYTES_MAX
  const bytes = whole.subarray(0, SHOWN_BYTES_MAX)
  const ending = isCut ? '…' : ''
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    // A character that is cut in two is left out.
    return JSON.stringify(decoder.decode(bytes, { stream: isCut })) + ending
  } catch {
    // No UTF-8: the decoder throws a TypeError and nothing else.
    return `0x${Array.from(bytes, hexOf).join('')}${ending}`
  }
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
