import { PREFACE, TYPE } from '../../../conformance/testing/kit/frames.ts'

const WINDOW_INITIAL = 65_535

/**
 * What was said to the endpoint, read as generously as possible: the most that it may ever do in
 * answer. It keeps up with the very octets, for mutations make frames that nobody meant.
 */
export class InputModel {
  frames = 0
  pings = 0
  settings = 0
  /** The largest table that was ever allowed, and the most that windows ever allowed. */
  tableBytes = 4096
  initialWindow = WINDOW_INITIAL
  connectionWindow = WINDOW_INITIAL
  readonly streamWindows = new Map<number, number>()
  /** Streams on which HEADERS came. */
  readonly headed = new Set<number>()
  #skip: number
  #rest = new Uint8Array(0)
  #isLost = false

  constructor({ preface }: { preface: boolean }) {
    this.#skip = preface ? PREFACE.length : 0
  }

  push(bytes: Uint8Array): void {
    if (this.#isLost) return
    const skipped = Math.min(this.#skip, bytes.length)
    this.#skip -= skipped
    let view = bytes.subarray(skipped)
    if (this.#rest.length > 0) view = Buffer.concat([this.#rest, view])
    let at = 0
    while (view.length - at >= 9) {
      const length = readUint(view, at, 3)
      // No endpoint goes on behind such a frame.
      if (length > 16_384) {
        this.#isLost = true
        return
      }
      if (at + 9 + length > view.length) break
      this.#frame(view, at, length)
      at += 9 + length
    }
    this.#rest = view.slice(at)
  }

  windowOf(stream: number): number {
    return this.initialWindow + (this.streamWindows.get(stream) ?? 0)
  }

  #frame(view: Uint8Array, at: number, length: number): void {
    const type = view[at + 3] as number
    const stream = readUint(view, at + 5, 4) % 2 ** 31
    this.frames += 1
    if (type === TYPE.headers) this.headed.add(stream)
    else if (type === TYPE.ping) this.pings += 1
    else if (type === TYPE.settings) this.#takeSettings(view.subarray(at + 9, at + 9 + length))
    else if (type === TYPE.windowUpdate && length >= 4) {
      const increment = readUint(view, at + 9, 4) % 2 ** 31
      if (stream === 0) this.connectionWindow += increment
      else this.streamWindows.set(stream, (this.streamWindows.get(stream) ?? 0) + increment)
    }
  }

  #takeSettings(payload: Uint8Array): void {
    this.settings += 1
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const [id, value] = [readUint(payload, at, 2), readUint(payload, at + 2, 4)]
      if (id === 1) this.tableBytes = Math.max(this.tableBytes, value)
      if (id === 4) this.initialWindow = Math.max(this.initialWindow, value)
    }
  }
}

export function readUint(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) value = value * 256 + (bytes[at + i] as number)
  return value
}
