/**
 * A copy of the store as a stream of pieces, at the pace of the client, and behind it the SHA-256
 * of all of them, by which etcd's tools tell that it came whole (etcd, v3rpc/maintenance.go).
 */

import { assert } from '../../base/index.ts'
import type { RunningHash } from '../../io/index.ts'
import type { ServerCall, StreamHandler } from '../../rpc/index.ts'
import type { SnapshotFile } from '../../server/index.ts'
import { etcd } from '../../wire/index.ts'
import { failLater } from './answer.ts'
import type { Door } from './door.ts'
import { storageVersion } from './version.ts'

const { request: requests, response: responses } = etcd.Maintenance.methods.snapshot

export class SnapshotStream implements StreamHandler {
  readonly #door: Door
  readonly #call: ServerCall
  readonly #hash: RunningHash
  #begun = false
  #gone = false
  #remaining = 0
  #mayWrite = true
  #onWritable: (() => void) | null = null

  constructor(door: Door, call: ServerCall) {
    this.#door = door
    this.#call = call
    this.#hash = door.hashing.sha256()
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    requests.decode(bytes, offset, length)
    if (this.#begun) return
    this.#begun = true
    void this.#send().catch((error: unknown) => failLater(this.#door, this.#call, error))
  }

  ended(): void {
    if (!this.#begun) this.#call.end()
  }

  writable(): void {
    this.#mayWrite = true
    this.#wake()
  }

  cancelled(): void {
    this.#gone = true
    this.#wake()
  }

  #wake(): void {
    const onWritable = this.#onWritable
    this.#onWritable = null
    onWritable?.()
  }

  async #send(): Promise<void> {
    const { node } = this.#door
    const file = await node.snapshotFile(node.defaultGroup)
    try {
      await this.#sendFile(file)
    } finally {
      file.release()
    }
  }

  async #sendFile(file: SnapshotFile): Promise<void> {
    const { blobBytesMax } = this.#door.limits
    this.#remaining = file.bytes
    for await (const piece of file.pieces()) {
      for (let at = 0; at < piece.length; at += blobBytesMax) {
        const blob = piece.subarray(at, at + blobBytesMax)
        this.#hash.update(blob)
        this.#remaining -= blob.length
        assert(this.#remaining >= 0, 'a file is not longer than it said')
        await this.#write(blob)
        if (this.#gone) return
      }
    }
    assert(this.#remaining === 0, 'a file is as long as it said')
    await this.#write(this.#hash.digest())
    if (!this.#gone) this.#call.end()
  }

  /** Resolves when more may be written, or when nobody waits any more. */
  #write(blob: Uint8Array): Promise<void> | undefined {
    const bytes = responses.encodeBytes(
      responses.create({
        remainingBytes: this.#remaining,
        blob,
        version: storageVersion(this.#door.version),
      }),
    )
    if (!this.#gone) this.#mayWrite = this.#call.write(bytes, 0, bytes.length)
    if (this.#mayWrite || this.#gone) return undefined
    return new Promise((resolve) => {
      this.#onWritable = resolve
    })
  }
}
