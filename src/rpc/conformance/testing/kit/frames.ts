/** Builds HTTP/2 frames byte by byte, legal and illegal ones alike (RFC 9113 §4.1 and §6). */

export const TYPE = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  reset: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 }

export const SETTING = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const

/** RFC 9113 §7; the position is the code. */
export const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const
export type ErrorName = (typeof ERROR_NAMES)[number]

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
export const WINDOW_MAX = 2 ** 31 - 1
export const WINDOW_INITIAL = 65_535
export const FRAME_SIZE_INITIAL = 16_384

export const NOTHING = Buffer.alloc(0)

export interface FrameParts {
  readonly type: number
  readonly flags?: number
  readonly stream?: number
  readonly payload?: Buffer
  /** Written in place of the true length. */
  readonly length?: number
  /** Sets the reserved bit before the stream identifier. */
  readonly reserved?: boolean
}

export function frame(parts: FrameParts): Buffer {
  const { type, flags = 0, stream = 0, payload = NOTHING, reserved = false } = parts
  const header = Buffer.alloc(9)
  header.writeUIntBE(parts.length ?? payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(stream + (reserved ? 2 ** 31 : 0), 5)
  return Buffer.concat([header, payload])
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export interface PaddingOptions {
  /** That many octets of padding, with the PADDED flag. */
  readonly padding?: number
  /** Written as the Pad Length field in place of the true one. */
  readonly padLength?: number
}

/** Without the option, neither Pad Length field nor padding. */
function padded(content: Buffer, { padding, padLength }: PaddingOptions): Buffer {
  if (padding === undefined) return content
  return Buffer.concat([Buffer.from([padLength ?? padding]), content, Buffer.alloc(padding)])
}

export interface DataOptions extends PaddingOptions {
  readonly end?: boolean
  readonly flags?: number
}

export function data(stream: number, content: Buffer | string, options: DataOptions = {}): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  const flags =
    (options.end === true ? FLAG.endStream : 0) |
    (options.padding === undefined ? 0 : FLAG.padded) |
    (options.flags ?? 0)
  return frame({ type: TYPE.data, flags, stream, payload: padded(bytes, options) })
}

export interface Dependency {
  readonly on: number
  readonly weight?: number
  readonly exclusive?: boolean
}

function dependencyBytes({ on, weight = 16, exclusive = false }: Dependency): Buffer {
  return Buffer.concat([u32(on + (exclusive ? 2 ** 31 : 0)), Buffer.from([weight - 1])])
}

export interface HeadersOptions extends DataOptions {
  /** True unless told otherwise. */
  readonly endHeaders?: boolean
  readonly priority?: Dependency
}

export function headers(stream: number, block: Buffer, options: HeadersOptions = {}): Buffer {
  const { end = false, endHeaders = true, priority: dependency } = options
  const flags =
    (end ? FLAG.endStream : 0) |
    (endHeaders ? FLAG.endHeaders : 0) |
    (options.padding === undefined ? 0 : FLAG.padded) |
    (dependency === undefined ? 0 : FLAG.priority) |
    (options.flags ?? 0)
  const content =
    dependency === undefined ? block : Buffer.concat([dependencyBytes(dependency), block])
  return frame({ type: TYPE.headers, flags, stream, payload: padded(content, options) })
}

export function continuation(
  stream: number,
  block: Buffer,
  { endHeaders = true, flags = 0 }: { endHeaders?: boolean; flags?: number } = {},
): Buffer {
  const all = flags | (endHeaders ? FLAG.endHeaders : 0)
  return frame({ type: TYPE.continuation, flags: all, stream, payload: block })
}

export function priority(stream: number, dependency: Dependency): Buffer {
  return frame({ type: TYPE.priority, stream, payload: dependencyBytes(dependency) })
}

export function reset(stream: number, code: ErrorName | number = 'CANCEL'): Buffer {
  return frame({ type: TYPE.reset, stream, payload: u32(codeOf(code)) })
}

export type Setting = readonly [id: number, value: number]

export function settings(...values: readonly Setting[]): Buffer {
  return frame({ type: TYPE.settings, payload: settingsPayload(...values) })
}

export function settingsPayload(...values: readonly Setting[]): Buffer {
  const payload = Buffer.alloc(values.length * 6)
  for (const [at, [id, value]] of values.entries()) {
    payload.writeUInt16BE(id, at * 6)
    payload.writeUInt32BE(value, at * 6 + 2)
  }
  return payload
}

export function settingsAck(): Buffer {
  return frame({ type: TYPE.settings, flags: FLAG.ack })
}

/** A setting of that name. */
export function setting(name: keyof typeof SETTING, value: number): Setting {
  return [SETTING[name], value]
}

export function pushPromise(stream: number, promised: number, block: Buffer): Buffer {
  const payload = Buffer.concat([u32(promised), block])
  return frame({ type: TYPE.pushPromise, flags: FLAG.endHeaders, stream, payload })
}

/** The text fills the 8 octets. */
export function ping(text: string, { ack = false }: { ack?: boolean } = {}): Buffer {
  const payload = Buffer.from(text.padEnd(8).slice(0, 8), 'latin1')
  return frame({ type: TYPE.ping, flags: ack ? FLAG.ack : 0, payload })
}

export interface GoawayOptions {
  readonly last?: number
  readonly code?: ErrorName | number
  readonly debug?: string
}

export function goaway({ last = 0, code = 'NO_ERROR', debug = '' }: GoawayOptions = {}): Buffer {
  const payload = Buffer.concat([u32(last), u32(codeOf(code)), Buffer.from(debug, 'latin1')])
  return frame({ type: TYPE.goaway, payload })
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return frame({ type: TYPE.windowUpdate, stream, payload: u32(increment) })
}

export function codeOf(code: ErrorName | number): number {
  return typeof code === 'number' ? code : ERROR_NAMES.indexOf(code)
}

export function nameOfCode(code: number): ErrorName | number {
  return ERROR_NAMES[code] ?? code
}

/**
 * Flow-controlled octets in well-formed frames, by stream; looks no further than the first other.
 */
export function dataOctets(bytes: Buffer): Map<number, number> {
  const octets = new Map<number, number>()
  const start = bytes.subarray(0, PREFACE.length).equals(PREFACE) ? PREFACE.length : 0
  for (let at = start; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3)
    const stream = bytes.readUInt32BE(at + 5) % 2 ** 31
    if (bytes[at + 3] === TYPE.data) octets.set(stream, (octets.get(stream) ?? 0) + length)
    at += 9 + length
  }
  return octets
}
