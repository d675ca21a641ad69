/** Writes header blocks one representation at a time (RFC 7541 §5 and §6). Keeps no table. */

import { huffmanEncode } from './huffman.ts'
import { STATIC_TABLE } from './static-table.ts'

export type Field = readonly [name: string, value: string]

/** §5.1: an integer behind the bits of `first`, in a prefix of that many bits. */
export function integer(value: number, prefixBits: number, first = 0): Buffer {
  const limit = 2 ** prefixBits - 1
  if (value < limit) return Buffer.from([first | value])
  const octets = [first | limit]
  let rest = value - limit
  while (rest >= 128) {
    octets.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...octets, rest])
}

export interface StringOptions {
  readonly huffman?: boolean
}

/** §5.2. */
export function text(value: string, { huffman = false }: StringOptions = {}): Buffer {
  const bytes = huffman ? huffmanEncode(value) : Buffer.from(value, 'latin1')
  return Buffer.concat([integer(bytes.length, 7, huffman ? 0x80 : 0), bytes])
}

/** §6.1. */
export function indexed(index: number): Buffer {
  return integer(index, 7, 0x80)
}

const KINDS = {
  incremental: { bits: 6, first: 0x40 },
  without: { bits: 4, first: 0x00 },
  never: { bits: 4, first: 0x10 },
} as const

export interface LiteralOptions extends StringOptions {
  /** §6.2.1, §6.2.2 and §6.2.3; without indexing by default. */
  readonly kind?: keyof typeof KINDS
}

/** A literal whose name is written out, or is that of an entry of the tables. */
export function literal(
  name: string | number,
  value: string,
  { kind = 'without', huffman = false }: LiteralOptions = {},
): Buffer {
  const { bits, first } = KINDS[kind]
  const head =
    typeof name === 'number'
      ? integer(name, bits, first)
      : Buffer.concat([Buffer.from([first]), text(name, { huffman })])
  return Buffer.concat([head, text(value, { huffman })])
}

/** §6.3. */
export function tableSize(bytes: number): Buffer {
  return integer(bytes, 5, 0x20)
}

/** Fields of the static table by index, all others as literals that change no table. */
export function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => compact(name, value)))
}

function compact(name: string, value: string): Buffer {
  const at = STATIC_TABLE.findIndex((entry) => entry[0] === name && entry[1] === value)
  return at >= 0 ? indexed(at + 1) : literal(name, value)
}
