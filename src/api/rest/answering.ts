/** How answers are written: the head as one flat list of fields, which is written fastest. */

import type { Exchange } from '../http/index.ts'
import type { RestParts } from './rest-parts.ts'

/**
 * Of every answer: it is what it says it is, and whoever keeps it asks before he uses it again, for
 * it may be wrong by then.
 */
const ALWAYS: readonly string[] = [
  ...['X-Content-Type-Options', 'nosniff'],
  ...['Cache-Control', 'no-cache'],
]

export interface Content {
  readonly status: number
  readonly type?: string
  /** Further fields: name, value, name, value. */
  readonly fields?: readonly string[]
}

export const NOT_MODIFIED = 304
export const JSON_TYPE = 'application/json'
export const BYTES_TYPE = 'application/octet-stream'

export function headOf(
  { type, fields }: Content,
  length: number | null,
  cors: readonly string[],
): string[] {
  const head = [...ALWAYS, ...cors]
  if (type !== undefined) head.push('Content-Type', type)
  if (length !== null) head.push('Content-Length', String(length))
  if (fields !== undefined) head.push(...fields)
  return head
}

/** Head and body leave in one write. */
export function sendWhole(exchange: Exchange, content: Content, body: string | Uint8Array): void {
  // The length of what is not sent again is not that of nothing (RFC 9110 §8.6).
  const length = content.status === NOT_MODIFIED ? null : Buffer.byteLength(body)
  const head = headOf(content, length, exchange.corsFields)
  exchange.sendWhole(content.status, head, body)
}

/**
 * Whoever sends a body listens when all of it is sent: an answer before is lost with the
 * connection. So the body is read and dropped first, as far as that is bearable.
 */
export function whenRead(
  { clock, memory }: Pick<RestParts, 'clock' | 'memory'>,
  exchange: Exchange,
  then: () => void,
): void {
  if (exchange.isUnread) {
    exchange.readBody({ clock, memory, bytesMax: 0, done: then })
  } else then()
}
