/** SETTINGS frames (RFC 9113 §6.5): what the peer asks of us, and what we ask of it. */

import { assert } from '../../base/index.ts'
import {
  DEFAULT_FRAME_BYTES_MAX,
  DEFAULT_TABLE_BYTES_MAX,
  DEFAULT_WINDOW_BYTES,
  FRAME_BYTES_MAX,
  HTTP2_CODES,
  Http2Error,
  readUint32,
  SETTING_ENABLE_PUSH,
  SETTING_HEADER_TABLE_SIZE,
  SETTING_INITIAL_WINDOW_SIZE,
  SETTING_MAX_CONCURRENT_STREAMS,
  SETTING_MAX_FRAME_SIZE,
  SETTING_MAX_HEADER_LIST_SIZE,
  WINDOW_BYTES_MAX,
  writeUint32,
} from './frames.ts'

const ENTRY_BYTES = 6

export interface Settings {
  tableBytesMax: number
  streamsMax: number
  windowBytes: number
  frameBytesMax: number
  headerListBytesMax: number
}

export function defaultSettings(): Settings {
  return {
    tableBytesMax: DEFAULT_TABLE_BYTES_MAX,
    streamsMax: Number.POSITIVE_INFINITY,
    windowBytes: DEFAULT_WINDOW_BYTES,
    frameBytesMax: DEFAULT_FRAME_BYTES_MAX,
    headerListBytesMax: Number.POSITIVE_INFINITY,
  }
}

/** In order, each value at once (§6.5.3); unknown ones are ignored. */
export function applySettings(
  settings: Settings,
  { bytes, offset, length }: { bytes: Uint8Array; offset: number; length: number },
  { fromServer }: { fromServer: boolean },
): void {
  if (length % ENTRY_BYTES !== 0) {
    throw new Http2Error(HTTP2_CODES.frameSize, 'SETTINGS of a length that is no whole number')
  }
  for (let at = offset; at < offset + length; at += ENTRY_BYTES) {
    const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
    applySetting(settings, { id, value: readUint32(bytes, at + 2), fromServer })
  }
}

function applySetting(
  settings: Settings,
  { id, value, fromServer }: { id: number; value: number; fromServer: boolean },
): void {
  switch (id) {
    case SETTING_HEADER_TABLE_SIZE:
      settings.tableBytesMax = value
      break
    case SETTING_ENABLE_PUSH:
      // §6.5.2: a server never says 1.
      require(value === 0 || (value === 1 && !fromServer), 'ENABLE_PUSH out of range')
      break
    case SETTING_MAX_CONCURRENT_STREAMS:
      settings.streamsMax = value
      break
    case SETTING_INITIAL_WINDOW_SIZE:
      if (value > WINDOW_BYTES_MAX) {
        throw new Http2Error(HTTP2_CODES.flowControl, 'INITIAL_WINDOW_SIZE out of range')
      }
      settings.windowBytes = value
      break
    case SETTING_MAX_FRAME_SIZE:
      require(value >= DEFAULT_FRAME_BYTES_MAX && value <= FRAME_BYTES_MAX, 'MAX_FRAME_SIZE')
      settings.frameBytesMax = value
      break
    case SETTING_MAX_HEADER_LIST_SIZE:
      settings.headerListBytesMax = value
      break
    default:
  }
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new Http2Error(HTTP2_CODES.protocol, `${what} is out of range`)
}

export function encodeSettings(entries: readonly (readonly [id: number, value: number])[]) {
  const payload = new Uint8Array(entries.length * ENTRY_BYTES)
  let at = 0
  for (const [id, value] of entries) {
    assert(id > 0 && id <= 0xffff && value >= 0 && value <= 0xffffffff, 'a setting fits its field')
    payload[at] = id >>> 8
    payload[at + 1] = id
    writeUint32(payload, at + 2, value)
    at += ENTRY_BYTES
  }
  return payload
}
