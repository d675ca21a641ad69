/**
 * What a connection has to say, gathered until the end of the turn so that all of it leaves in one
 * write. Memory comes in chunks from a pool that all connections share: a connection at rest holds
 * none, and a chunk that the system took at once goes straight back.
 */

import { assert, freeLent } from '../../base/index.ts'
import type { Socket } from '../../io/index.ts'
import {
  FRAME_HEADER_BYTES,
  GO_AWAY,
  PING,
  RESET_STREAM,
  WINDOW_UPDATE,
  writeUint32,
} from './frames.ts'

/** Holds the longest frame that we send, and the answers of a turn. */
export const CHUNK_BYTES = 32_768

/**
 * What most connections have to say in a turn. Every connection that says something has a chunk
 * until the turn ends: thousands of them would fill the memory that is made anew with every turn.
 */
export const SMALL_CHUNK_BYTES = 2048

/** Less than this is copied before it waits in a socket, so that it does not keep a chunk there. */
const COPIED_BYTES_MAX = CHUNK_BYTES / 2

/** 2 MiB: a turn of a busy server, and a large entry on its way to two followers. */
const CHUNKS_KEPT_MAX = 64
/** One for each of a thousand connections that are all answered in one turn: 2 MiB. */
const SMALL_CHUNKS_KEPT_MAX = 1024

/** The memory that all connections of one owner share. */
export class ChunkPool {
  /** What they hold back for peers that do not take it. */
  heldBytes = 0
  readonly #free: Uint8Array[] = []
  readonly #freeSmall: Uint8Array[] = []

  /** With room for so many bytes, or for the longest piece. */
  take(bytes: number): Uint8Array {
    if (bytes <= SMALL_CHUNK_BYTES) {
      return this.#freeSmall.pop() ?? new Uint8Array(SMALL_CHUNK_BYTES)
    }
    return this.#free.pop() ?? new Uint8Array(CHUNK_BYTES)
  }

  give(chunk: Uint8Array): void {
    const isSmall = chunk.length === SMALL_CHUNK_BYTES
    assert(isSmall || chunk.length === CHUNK_BYTES, 'only chunks of the pool come back')
    if (isSmall) {
      if (this.#freeSmall.length < SMALL_CHUNKS_KEPT_MAX) this.#freeSmall.push(chunk)
    } else if (this.#free.length < CHUNKS_KEPT_MAX) this.#free.push(chunk)
    else freeLent(chunk)
  }
}

export class FrameOutput {
  readonly pool: ChunkPool
  readonly #socket: Socket
  #chunk: Uint8Array | null = null
  #length = 0
  #isBlocked = false
  /** Chunks in a socket that has asked to wait; they come back when it has drained. */
  #lent: Uint8Array[] = []

  constructor(socket: Socket, pool: ChunkPool) {
    this.#socket = socket
    this.pool = pool
  }

  /** Where `claim` made room. */
  get chunk(): Uint8Array {
    assert(this.#chunk !== null, 'room was claimed')
    return this.#chunk
  }

  /** What was written and has not left yet, here and in the socket. */
  get queuedBytes(): number {
    return this.#length + this.#socket.queuedBytes
  }

  /** The socket has asked to wait, and has not said that it has drained. */
  get isBlocked(): boolean {
    return this.#isBlocked
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Makes room for so many bytes in one piece of `chunk`; returns where. Then `written`. */
  claim(bytes: number): number {
    assert(bytes <= CHUNK_BYTES, 'a piece fits in a chunk')
    if (this.#length + bytes > CHUNK_BYTES) this.flush()
    const chunk = this.#chunk
    if (chunk === null) this.#chunk = this.pool.take(bytes)
    else if (this.#length + bytes > chunk.length) this.#chunk = this.#grown(chunk)
    return this.#length
  }

  #grown(small: Uint8Array): Uint8Array {
    const chunk = this.pool.take(CHUNK_BYTES)
    chunk.set(small.subarray(0, this.#length))
    this.pool.give(small)
    return chunk
  }

  written(end: number): void {
    assert(end >= this.#length && end <= this.chunk.length, 'what is written stays in its room')
    this.#length = end
  }

  flush(): void {
    const chunk = this.#chunk
    if (chunk === null || this.#length === 0) return
    const socket = this.#socket
    if (this.#length < COPIED_BYTES_MAX && socket.queuedBytes > 0) {
      this.#isBlocked = !socket.write(chunk.slice(0, this.#length))
      this.pool.give(chunk)
    } else {
      this.#isBlocked = !socket.write(chunk.subarray(0, this.#length))
      if (socket.queuedBytes === 0) this.pool.give(chunk)
      // It will tell when it has drained. Any other chunk it keeps, and nobody here touches again.
      else if (this.#isBlocked) this.#lent.push(chunk)
    }
    this.#chunk = null
    this.#length = 0
  }

  /**
   * At the end of a turn. While the socket is blocked only full chunks go to it: many small writes
   * would cost many times what they say.
   */
  flushTurn(): void {
    if (!this.#isBlocked) this.flush()
  }

  drained(): void {
    this.#isBlocked = false
    if (this.#lent.length === 0 || this.#socket.queuedBytes > 0) return
    for (const chunk of this.#lent) this.pool.give(chunk)
    this.#lent = []
  }

  /** Room for a whole frame, with its header written; returns where the payload goes. */
  frame(length: number, type: number, flags: number, streamId: number): number {
    const at = this.claim(FRAME_HEADER_BYTES + length)
    this.header(at, length, type, flags, streamId)
    this.#length = at + FRAME_HEADER_BYTES + length
    return at + FRAME_HEADER_BYTES
  }

  header(at: number, length: number, type: number, flags: number, streamId: number): void {
    const { chunk } = this
    chunk[at] = length >>> 16
    chunk[at + 1] = length >>> 8
    chunk[at + 2] = length
    chunk[at + 3] = type
    chunk[at + 4] = flags
    writeUint32(chunk, at + 5, streamId)
  }

  /** Bytes that are no frame: the preface. */
  raw(bytes: Uint8Array): void {
    const at = this.claim(bytes.length)
    this.chunk.set(bytes, at)
    this.written(at + bytes.length)
  }

  control(type: number, flags: number, payload: Uint8Array): void {
    const at = this.frame(payload.length, type, flags, 0)
    this.chunk.set(payload, at)
  }

  ping(flags: number, source: Uint8Array, offset: number): void {
    const at = this.frame(8, PING, flags, 0)
    for (let i = 0; i < 8; i++) this.chunk[at + i] = source[offset + i] as number
  }

  resetStream(streamId: number, code: number): void {
    const at = this.frame(4, RESET_STREAM, 0, streamId)
    writeUint32(this.chunk, at, code)
  }

  windowUpdate(streamId: number, bytes: number): void {
    assert(bytes > 0, 'a window is opened by something')
    const at = this.frame(4, WINDOW_UPDATE, 0, streamId)
    writeUint32(this.chunk, at, bytes)
  }

  goAway(lastStreamId: number, { code, text }: { code: number; text: string }): void {
    const at = this.frame(8 + text.length, GO_AWAY, 0, 0)
    writeUint32(this.chunk, at, lastStreamId)
    writeUint32(this.chunk, at + 4, code)
    for (let i = 0; i < text.length; i++) this.chunk[at + 8 + i] = text.charCodeAt(i)
  }
}
