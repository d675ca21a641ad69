/**
 * Cuts what a client sends into frames (RFC 6455 §5.2) and puts messages together (§5.4).
 */

import { ByteWriter } from '../../base/index.ts'

export const OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const

/** Why a connection ends (§7.4.1). */
export const CLOSE = {
  NORMAL: 1000,
  LEAVING: 1001,
  PROTOCOL: 1002,
  TOO_LARGE: 1009,
  BUSY: 1013,
} as const

export type ReaderEvent =
  /** Bytes of a message, text or not; they are the taker's to keep. */
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' }
  | { readonly kind: 'broken'; readonly code: number }

const MASK_BYTES = 4
const CONTROL_BYTES_MAX = 125
const NO_BYTES = new Uint8Array(0)

interface FrameHead {
  readonly final: boolean
  readonly opcode: number
  /** Where the payload begins. */
  readonly start: number
  readonly length: number
}

export class FrameReader {
  readonly #messageBytesMax: number
  /** What came of a frame that is not whole, and room behind it. */
  #buffer: Uint8Array = NO_BYTES
  #held = 0
  /** What came of a message that is not whole. */
  #message: ByteWriter | null = null

  constructor({ messageBytesMax }: { readonly messageBytesMax: number }) {
    this.#messageBytesMax = messageBytesMax
  }

  get heldBytes(): number {
    return this.#held + (this.#message?.length ?? 0)
  }

  /** To be called with all that came; after `close` or `broken` never again. */
  push(bytes: Uint8Array, take: (event: ReaderEvent) => void): void {
    this.#hold(bytes)
    let at = 0
    for (;;) {
      const rest = this.#buffer.subarray(at, this.#held)
      const head = this.#head(rest)
      if (typeof head === 'number') {
        take({ kind: 'broken', code: head })
        return
      }
      if (head === null || rest.length < head.start + head.length) break
      const end = head.start + head.length
      const event = this.#event(head, unmasked(rest.subarray(head.start - MASK_BYTES, end)))
      at += end
      if (event === null) continue
      take(event)
      if (event.kind === 'close' || event.kind === 'broken') return
    }
    this.#drop(at)
  }

  #hold(bytes: Uint8Array): void {
    const length = this.#held + bytes.length
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#held))
      larger.set(this.#buffer.subarray(0, this.#held))
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#held)
    this.#held = length
  }

  /** Memory that a large frame asked for is not kept. */
  #drop(bytes: number): void {
    this.#buffer = bytes === this.#held ? NO_BYTES : this.#buffer.subarray(bytes)
    this.#held -= bytes
  }

  /** A number says why the frame is refused; null: there is more of it to come. */
  #head(buffer: Uint8Array): FrameHead | number | null {
    const [first, second] = buffer
    if (first === undefined || second === undefined) return null
    const opcode = first & 0x0f
    const final = (first & 0x80) !== 0
    const isControl = opcode >= OPCODE.CLOSE
    // Extensions are none, and a client masks what it sends (§5.1).
    if ((first & 0x70) !== 0 || (second & 0x80) === 0) return CLOSE.PROTOCOL
    if (isControl && (!final || (second & 0x7f) > CONTROL_BYTES_MAX)) return CLOSE.PROTOCOL
    const short = second & 0x7f
    const extra = short < 126 ? 0 : short === 126 ? 2 : 8
    const start = 2 + extra + MASK_BYTES
    if (buffer.length < start) return null
    let length = extra === 0 ? short : 0
    for (let at = 2; at < 2 + extra; at++) length = length * 256 + (buffer[at] as number)
    const held = isControl ? 0 : (this.#message?.length ?? 0)
    if (held + length > this.#messageBytesMax) return CLOSE.TOO_LARGE
    return { final, opcode, start, length }
  }

  /** Null: there is more of the message to come, or nothing to be said. */
  #event({ final, opcode }: FrameHead, payload: Uint8Array): ReaderEvent | null {
    if (opcode === OPCODE.CLOSE) return { kind: 'close' }
    if (opcode === OPCODE.PING) return { kind: 'ping', bytes: payload }
    if (opcode === OPCODE.PONG) return null
    const isFirst = opcode === OPCODE.TEXT || opcode === OPCODE.BINARY
    const isNext = opcode === OPCODE.CONTINUATION
    if ((!isFirst && !isNext) || isNext !== (this.#message !== null)) {
      return { kind: 'broken', code: CLOSE.PROTOCOL }
    }
    const message = this.#message ?? new ByteWriter(0)
    message.bytes(payload)
    this.#message = final ? null : message
    return final ? { kind: 'message', bytes: message.take() } : null
  }
}

/** Of the mask and what it masks. */
function unmasked(masked: Uint8Array): Uint8Array {
  const payload = masked.slice(MASK_BYTES)
  for (let at = 0; at < payload.length; at++) {
    payload[at] = (payload[at] as number) ^ (masked[at % MASK_BYTES] as number)
  }
  return payload
}

/** A whole message, or a control frame, as a server sends it: not masked. */
export function frameOf(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 0x1_0000 ? 2 : 8
  const frame = new Uint8Array(2 + extra + length)
  frame[0] = 0x80 | opcode
  frame[1] = extra === 0 ? length : extra === 2 ? 126 : 127
  let left = length
  for (let at = 1 + extra; at > 1 && extra > 0; at--) {
    frame[at] = left % 256
    left = Math.floor(left / 256)
  }
  frame.set(payload, 2 + extra)
  return frame
}
