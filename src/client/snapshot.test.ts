import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Method, ServerCall } from '../rpc/index.ts'
import { etcd } from '../wire/index.ts'
import { QuorateError } from './errors.ts'
import { play, type Scene } from './testing/index.ts'

const { path, response } = etcd.Maintenance.methods.snapshot
const PIECE_BYTES = 32_768

/** A node that sends this, as fast as it may. */
function sending(bytes: Uint8Array, told: { sent: number }): Method {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const blob = bytes.subarray(at, at + PIECE_BYTES)
    const remainingBytes = bytes.length - at - blob.length
    const piece = etcd.SnapshotResponse.create({ blob, remainingBytes })
    pieces.push(response.encodeBytes(piece))
  }
  const send = (call: ServerCall): void => {
    while (told.sent < pieces.length) {
      const piece = pieces[told.sent] as Uint8Array
      told.sent += 1
      if (!call.write(piece, 0, piece.length)) return
    }
    call.end()
  }
  return {
    kind: 'stream',
    path,
    open: (call) => ({
      message: () => send(call),
      ended: () => {},
      writable: () => send(call),
      cancelled: () => {},
    }),
  }
}

function withChecksum(length: number): Uint8Array {
  const bytes = new Uint8Array(length).map((_, at) => at % 251)
  return Buffer.concat([bytes, createHash('sha256').update(bytes).digest()])
}

async function received(scene: Scene): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of scene.db.cluster.snapshot()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('a snapshot is what was sent, and its checksum is compared', async () => {
  for (const length of [0, 1, PIECE_BYTES - 32, PIECE_BYTES - 16, 1_000_000]) {
    const file = withChecksum(length)
    const methods = [sending(file, { sent: 0 })]
    await play({ nodes: 1, methods }, async (scene) => {
      assert.ok(Buffer.from(file).equals(await received(scene)))
    })
  }
  for (const [at, length] of [
    [0, 1_000_000],
    [999_999, 1_000_000],
    [1_000_010, 1_000_000],
    [0, 0],
  ] as const) {
    const file = withChecksum(length)
    file[at] = (file[at] as number) ^ 1
    const methods = [sending(file, { sent: 0 })]
    await play({ nodes: 1, methods }, async (scene) => {
      await assert.rejects(received(scene), (error: unknown) => {
        return error instanceof QuorateError && error.code === 'SNAPSHOT_CORRUPT'
      })
    })
  }
})

test('who reads slowly holds the node, not memory', async () => {
  const told = { sent: 0 }
  const file = withChecksum(20_000_000)
  await play({ nodes: 1, methods: [sending(file, told)] }, async (scene) => {
    let read = 0
    for await (const piece of scene.db.cluster.snapshot()) {
      read += piece.length
      await scene.pass(1)
      const ahead = told.sent * PIECE_BYTES - read
      assert.ok(ahead < 4_000_000, `${ahead} bytes ahead of the reader`)
    }
    assert.equal(read, file.length)
  })
})
