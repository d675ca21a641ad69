/**
 * A header block that comes in several frames (RFC 9113 §6.10). Bounded in bytes and in frames,
 * for a block must be held until its end before anything can be done about it (CVE-2024-27316).
 */

import { RPC_CONTINUATIONS_MAX, RPC_HEADER_BLOCK_BYTES_MAX } from '../../base/index.ts'
import { HTTP2_CODES, Http2Error } from './frames.ts'

export class HeaderAssembly {
  readonly streamId: number
  readonly endStream: boolean
  #bytes: Uint8Array
  #length = 0
  #frames = 0

  constructor(streamId: number, { endStream }: { endStream: boolean }) {
    this.streamId = streamId
    this.endStream = endStream
    this.#bytes = new Uint8Array(0)
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start
    this.#frames += 1
    if (length > RPC_HEADER_BLOCK_BYTES_MAX || this.#frames > RPC_CONTINUATIONS_MAX) {
      throw new Http2Error(HTTP2_CODES.enhanceYourCalm, 'a header block that does not end')
    }
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(bytes.subarray(start, end), this.#length)
    this.#length = length
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  get length(): number {
    return this.#length
  }
}
