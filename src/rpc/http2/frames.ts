/** The numbers of RFC 9113: frame types, flags, settings, error codes. */

export const FRAME_HEADER_BYTES = 9

/** What a client says first (§3.4). */
export const PREFACE = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (character) =>
  character.charCodeAt(0),
)

export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RESET_STREAM = 3
export const SETTINGS = 4
export const PUSH_PROMISE = 5
export const PING = 6
export const GO_AWAY = 7
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9

export const FLAG_ACK = 0x1
export const FLAG_END_STREAM = 0x1
export const FLAG_END_HEADERS = 0x4
export const FLAG_PADDED = 0x8
export const FLAG_PRIORITY = 0x20

export const SETTING_HEADER_TABLE_SIZE = 1
export const SETTING_ENABLE_PUSH = 2
export const SETTING_MAX_CONCURRENT_STREAMS = 3
export const SETTING_INITIAL_WINDOW_SIZE = 4
export const SETTING_MAX_FRAME_SIZE = 5
export const SETTING_MAX_HEADER_LIST_SIZE = 6

/** What holds until settings say otherwise (§6.5.2, §6.9.2). */
export const DEFAULT_WINDOW_BYTES = 65_535
export const DEFAULT_FRAME_BYTES_MAX = 16_384
export const DEFAULT_TABLE_BYTES_MAX = 4096

/** §6.9.1 and §6.5.2. */
export const WINDOW_BYTES_MAX = 0x7fffffff
export const FRAME_BYTES_MAX = 0xffffff
export const STREAM_ID_MAX = 0x7fffffff

/** Error codes (§7). */
export const HTTP2_CODES = {
  none: 0x0,
  protocol: 0x1,
  internal: 0x2,
  flowControl: 0x3,
  settingsTimeout: 0x4,
  streamClosed: 0x5,
  frameSize: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compression: 0x9,
  connect: 0xa,
  enhanceYourCalm: 0xb,
  inadequateSecurity: 0xc,
  http11Required: 0xd,
} as const

/** A connection error (§5.4.1): thrown inside the connection and caught where bytes come in. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error'
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

export function readUint24(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
  )
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (readUint24(bytes, at) * 0x100 + (bytes[at + 3] as number)) >>> 0
}

/** The reserved bit is ignored (§4.1). */
export function readUint31(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) & 0x7fffffff
}

export function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}
