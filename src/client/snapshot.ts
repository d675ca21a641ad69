/**
 * A copy of a node's store, piece by piece, at the pace of whoever reads it. The last 32 bytes are
 * the checksum of all before them.
 */

import type { RunningHash } from '../io/index.ts'
import { type CallEnd, type CallReceiver, type ClientCall, STATUS } from '../rpc/index.ts'
import { etcd } from '../wire/index.ts'
import type { Core } from './core.ts'
import { QuorateError } from './errors.ts'
import { failureOfEnd } from './failures.ts'
import type { Node } from './node.ts'
import type { Snapshot, SnapshotOptions } from './types.ts'

const { path, response: answers } = etcd.Maintenance.methods.snapshot

/** Above so much that nobody has read, the node is asked to wait. */
const UNREAD_BYTES_MAX = 1_048_576
/** Of SHA-256. */
const CHECKSUM_BYTES = 32

export class NodeSnapshot implements Snapshot {
  readonly #core: Core
  readonly #options: SnapshotOptions
  #sizeBytes = 0

  constructor(core: Core, options: SnapshotOptions) {
    this.#core = core
    this.#options = options
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal } = this.#options
    const node = await this.#node()
    const pieces = new Pieces(node, signal)
    const check = new EndingChecksum(this.#core.hashing.sha256())
    let received = 0
    const abort = (): void => pieces.cancel()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      for (;;) {
        const piece = await pieces.next()
        if (piece === null) {
          check.finish(node.name)
          return
        }
        check.add(piece.blob)
        received += piece.blob.length
        this.#sizeBytes = received + piece.remainingBytes
        yield piece.blob
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      pieces.cancel()
    }
  }

  #node(): Promise<Node> {
    const { endpoint, signal } = this.#options
    const dueMs = this.#core.clock.monotonicMs() + this.#core.limits.timeoutMs
    return endpoint === undefined
      ? this.#core.ready(dueMs, signal)
      : this.#core.readyAt(endpoint, dueMs, signal)
  }
}

/** Of bytes that end with the SHA-256 of all before. */
class EndingChecksum {
  readonly #hash: RunningHash
  /** The last of what came, which may be the checksum. */
  #tail: Uint8Array = new Uint8Array(0)

  constructor(hash: RunningHash) {
    this.#hash = hash
  }

  add(bytes: Uint8Array): void {
    const whole = new Uint8Array(this.#tail.length + bytes.length)
    whole.set(this.#tail)
    whole.set(bytes, this.#tail.length)
    const end = Math.max(0, whole.length - CHECKSUM_BYTES)
    this.#hash.update(whole.subarray(0, end))
    this.#tail = whole.slice(end)
  }

  finish(place: string): void {
    const digest = this.#hash.digest()
    const isSame =
      this.#tail.length === CHECKSUM_BYTES && digest.every((byte, at) => byte === this.#tail[at])
    if (isSame) return
    const text = `the snapshot of ${place} does not match its checksum`
    throw new QuorateError('SNAPSHOT_CORRUPT', text)
  }
}

/** What came and was not read. */
class Pieces implements CallReceiver {
  readonly takesByHand = true
  readonly #node: Node
  readonly #signal: AbortSignal | undefined
  readonly #call: ClientCall
  #pieces: etcd.SnapshotResponse[] = []
  #unreadBytes = 0
  #end: CallEnd | null = null
  #wake: (() => void) | null = null

  constructor(node: Node, signal: AbortSignal | undefined) {
    const { connection } = node
    this.#node = node
    this.#signal = signal
    this.#call = (connection as NonNullable<typeof connection>).unary(
      path,
      etcd.SnapshotRequest.encodeBytes({}),
      this,
      {},
    )
  }

  /** Null: that was all. */
  async next(): Promise<etcd.SnapshotResponse | null> {
    while (this.#pieces.length === 0 && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#signal?.throwIfAborted()
    const piece = this.#pieces.shift()
    if (piece === undefined) return this.#ended(this.#end as CallEnd)
    this.#unreadBytes -= piece.blob.length
    if (this.#unreadBytes < UNREAD_BYTES_MAX / 2) this.#call.release()
    return piece
  }

  cancel(): void {
    this.#call.cancel()
  }

  #ended(end: CallEnd): null {
    if (end.status.code === STATUS.OK) return null
    if (end.status.code === STATUS.UNAVAILABLE) {
      const text = `the snapshot of ${this.#node.name} broke off: ${end.status.message}`
      throw new QuorateError('UNREACHABLE', text)
    }
    throw failureOfEnd(end, this.#node.name)
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const piece = answers.decodeBytes(bytes.slice(offset, offset + length))
    this.#pieces.push(piece)
    this.#unreadBytes += piece.blob.length
    if (this.#unreadBytes >= UNREAD_BYTES_MAX) this.#call.hold()
    this.#wake?.()
  }

  ended(end: CallEnd): void {
    this.#end = end
    this.#wake?.()
  }

  writable(): void {}
}
