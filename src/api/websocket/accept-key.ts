/** What a server answers to `Sec-WebSocket-Key`, to show that it knows the protocol (§4.2.2). */

import { sha1 } from './sha1.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Null when the key is none: 16 bytes in base64. */
export function acceptKeyOf(key: string | undefined): string | null {
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) return null
  return btoa(String.fromCharCode(...sha1(new TextEncoder().encode(key + GUID))))
}
