/** hpack/testing: what the tests of this folder share. Only tests may use it. */

import assert from 'node:assert/strict'
import { HpackDecoder, type HpackDecoderOptions } from '../decoder.ts'
import type { HpackEncoder } from '../encoder.ts'
import { HpackError, type HpackReason } from '../hpack-error.ts'
import { OutgoingHeaders, type OutgoingHeadersOptions } from '../outgoing-headers.ts'

/** Octets written as hexadecimal digits, with spaces where they help. */
export function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s+/g, ''), 'hex'))
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

/** `name: value` lines as fields. */
export function fieldsOf(lines: string): string[] {
  return lines
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const at = line.trim().indexOf(': ')
      return [line.trim().slice(0, at), line.trim().slice(at + 2)]
    })
}

export function newDecoder(options: Partial<HpackDecoderOptions> = {}): HpackDecoder {
  return new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 16_384, ...options })
}

export function decodeAll(decoder: HpackDecoder, bytes: Uint8Array): readonly string[] {
  return decoder.decode(bytes, 0, bytes.length).fields
}

export function assertRefused(decoder: HpackDecoder, hex: string, reason: HpackReason): void {
  const bytes = octets(hex)
  assert.throws(
    () => decoder.decode(bytes, 0, bytes.length),
    (error: unknown) => error instanceof HpackError && error.reason === reason,
    `${hex} should be refused as ${reason}`,
  )
}

/** The block for these fields. It stands between sentinels, which the encoder must leave alone. */
export function encodeList(encoder: HpackEncoder, list: OutgoingHeaders): Uint8Array {
  const target = new Uint8Array(3 + encoder.lengthMax(list)).fill(0xee)
  const end = encoder.encode(list, target, 3)
  assert.deepEqual([...target.subarray(0, 3)], [0xee, 0xee, 0xee])
  assert.ok(target.subarray(end).every((octet) => octet === 0xee))
  return target.slice(3, end)
}

export function encodeFields(
  encoder: HpackEncoder,
  fields: readonly string[],
  options: OutgoingHeadersOptions = {},
): Uint8Array {
  return encodeList(encoder, new OutgoingHeaders(fields, options))
}
