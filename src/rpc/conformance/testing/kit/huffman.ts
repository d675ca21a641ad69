/**
 * The Huffman code of RFC 7541 appendix B, written here a second time on purpose: a conformance
 * suite that shares a table with what it tests cannot find a fault in the table. The code is
 * canonical (§5.2, appendix B), so the lengths say everything.
 */

/** The length in bits of the code of each octet, with that of EOS (256) at the end. */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
]

export const EOS = 256

/** The code of each symbol as text of zeros and ones. */
export const CODES: readonly string[] = assignCodes()

function assignCodes(): string[] {
  const order = LENGTHS.map((length, symbol) => ({ length, symbol })).sort(
    (a, b) => a.length - b.length || a.symbol - b.symbol,
  )
  const codes: string[] = []
  let code = 0
  let lengthBefore = order[0]?.length ?? 0
  for (const { length, symbol } of order) {
    code *= 2 ** (length - lengthBefore)
    lengthBefore = length
    codes[symbol] = code.toString(2).padStart(length, '0')
    code += 1
  }
  return codes
}

export function huffmanBits(text: string): string {
  return [...Buffer.from(text, 'latin1')].map((octet) => CODES[octet]).join('')
}

/** Whole octets: what is missing is taken from the front of `filling`, which is EOS by default. */
export function bitsToBytes(bits: string, filling = '1111111'): Buffer {
  const missing = (8 - (bits.length % 8)) % 8
  const octets = (bits + filling.slice(0, missing)).match(/.{8}/g) ?? []
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)))
}

export function huffmanEncode(text: string): Buffer {
  return bitsToBytes(huffmanBits(text))
}

const SYMBOLS: ReadonlyMap<string, number> = new Map(
  CODES.map((code, symbol) => [code, symbol] as const),
)

/** Null when the octets are no legal Huffman string (RFC 7541 §5.2). */
export function huffmanDecode(bytes: Buffer): string | null {
  const octets: number[] = []
  let code = ''
  for (const octet of bytes) {
    for (const bit of octet.toString(2).padStart(8, '0')) {
      code += bit
      const symbol = SYMBOLS.get(code)
      if (symbol === undefined) continue
      if (symbol === EOS) return null
      octets.push(symbol)
      code = ''
    }
  }
  if (code.length > 7 || code.includes('0')) return null
  return Buffer.from(octets).toString('latin1')
}
