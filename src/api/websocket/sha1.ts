/**
 * SHA-1 (FIPS 180-4 §6.1), for the handshake of WebSocket alone: a sign of recognition that
 * protects nothing, which is why it is not among the hashes of `src/io`.
 */

const BLOCK_BYTES = 64
const LENGTH_BYTES = 8

export function sha1(message: Uint8Array): Uint8Array {
  const blocks = padded(message)
  const view = new DataView(blocks.buffer)
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  const words = new Uint32Array(80)
  for (let at = 0; at < blocks.length; at += BLOCK_BYTES) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + 4 * i)
    for (let i = 16; i < 80; i++) {
      const mixed = word(words, i - 3) ^ word(words, i - 8) ^ word(words, i - 14)
      words[i] = rotated(mixed ^ word(words, i - 16), 1)
    }
    compress(state, words)
  }
  const digest = new Uint8Array(20)
  const out = new DataView(digest.buffer)
  for (const [i, value] of state.entries()) out.setUint32(4 * i, value)
  return digest
}

/** With a one behind it, zeros, and its length in bits at the end of the last block. */
function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = message.length + 1 + LENGTH_BYTES
  const blocks = new Uint8Array(Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES)
  blocks.set(message)
  blocks[message.length] = 0x80
  new DataView(blocks.buffer).setUint32(blocks.length - 4, message.length * 8)
  return blocks
}

function compress(state: Uint32Array, words: Uint32Array): void {
  let [a, b, c, d, e] = [0, 1, 2, 3, 4].map((i) => word(state, i)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  for (let i = 0; i < 80; i++) {
    const [mixed, constant] = round(i, b, [c, d])
    const next = (rotated(a, 5) + mixed + e + constant + word(words, i)) >>> 0
    e = d
    d = c
    c = rotated(b, 30)
    b = a
    a = next
  }
  for (const [i, value] of [a, b, c, d, e].entries()) state[i] = word(state, i) + value
}

function round(i: number, b: number, [c, d]: readonly [number, number]): readonly [number, number] {
  if (i < 20) return [(b & c) | (~b & d), 0x5a827999]
  if (i < 40) return [b ^ c ^ d, 0x6ed9eba1]
  if (i < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
  return [b ^ c ^ d, 0xca62c1d6]
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number
}

function rotated(value: number, bits: number): number {
  return ((value << bits) | (value >>> (32 - bits))) >>> 0
}
