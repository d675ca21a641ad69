import { assert } from '../../base/index.ts'

/** What a client wants, by the first bytes it sends. */
export type FirstBytes = 'http2' | 'tls' | 'http1' | 'undecided'

/** RFC 9113 §3.4: what every HTTP/2 client sends first. No HTTP/1.1 request begins with it. */
export const PREFACE: Uint8Array = new TextEncoder().encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** RFC 8446 §5.1: a TLS connection begins with a handshake record. No method begins with it. */
const TLS_HANDSHAKE = 0x16

/**
 * Decides as soon as it is possible. Undecided is only what may still become the preface, so that
 * nobody has to keep more than its length.
 */
export function classify(bytes: Uint8Array, length: number): FirstBytes {
  assert(length <= bytes.length, 'the bytes are there')
  if (length === 0) return 'undecided'
  if (bytes[0] === TLS_HANDSHAKE) return 'tls'
  const count = Math.min(length, PREFACE.length)
  for (let at = 0; at < count; at++) {
    if (bytes[at] !== PREFACE[at]) return 'http1'
  }
  return count === PREFACE.length ? 'http2' : 'undecided'
}
