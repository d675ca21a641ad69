import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Socket } from '../../io/index.ts'
import { CHUNK_BYTES, ChunkPool, FrameOutput, SMALL_CHUNK_BYTES } from './frame-output.ts'

/** Takes everything at once, and keeps a copy. */
class Taker implements Socket {
  readonly remote = { host: '127.0.0.1', port: 1 }
  readonly tls = null
  queuedBytes = 0
  onData = null
  onDrain = null
  onEnd = null
  onClose = null
  readonly writes: Uint8Array[] = []

  write(bytes: Uint8Array): boolean {
    this.writes.push(bytes.slice())
    return true
  }

  end(): void {}
  destroy(): void {}
  pause(): void {}
  resume(): void {}
}

/** Bytes that tell where they belong. */
function piece(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i) % 251)
}

test('what is said comes in order and in one write, however it outgrows its chunk', () => {
  for (const length of [1, 7, 100, 1500, SMALL_CHUNK_BYTES, SMALL_CHUNK_BYTES + 1]) {
    const taker = new Taker()
    const output = new FrameOutput(taker, new ChunkPool())
    let said = 0
    while (said + length <= CHUNK_BYTES) {
      output.raw(piece(said, length))
      said += length
    }
    output.flush()
    assert.deepEqual(taker.writes, [piece(0, said)])
  }
})

test('a piece that does not fit any more sends what came before it on its way', () => {
  const taker = new Taker()
  const output = new FrameOutput(taker, new ChunkPool())
  output.raw(piece(0, CHUNK_BYTES - 1))
  output.raw(piece(CHUNK_BYTES - 1, 2))
  output.flush()
  assert.deepEqual(
    taker.writes.map(({ length }) => length),
    [CHUNK_BYTES - 1, 2],
  )
})

test('a thousand connections that speak in one turn use the same memory in the next', () => {
  const pool = new ChunkPool()
  const outputs = Array.from({ length: 1000 }, () => new FrameOutput(new Taker(), pool))
  const used = (): Set<ArrayBufferLike> => {
    for (const output of outputs) output.raw(piece(0, 100))
    const buffers = new Set(outputs.map(({ chunk }) => chunk.buffer))
    for (const output of outputs) output.flush()
    return buffers
  }
  const first = used()
  assert.equal(first.size, 1000)
  assert.deepEqual(used().difference(first).size, 0)
})

/** Takes nothing until it is told. */
class Waiting extends Taker {
  override write(bytes: Uint8Array): boolean {
    this.queuedBytes += bytes.length
    return false
  }
}

test('chunks come back from a socket that had to wait, and not before it has drained', () => {
  const pool = new ChunkPool()
  const waiting = new Waiting()
  const output = new FrameOutput(waiting, pool)
  const lent = new Set<ArrayBufferLike>()
  for (let i = 0; i < 3; i++) {
    output.raw(piece(0, CHUNK_BYTES))
    lent.add(output.chunk.buffer)
    output.flush()
  }
  assert.equal(lent.size, 3)
  const other = pool.take(CHUNK_BYTES)
  assert.ok(!lent.has(other.buffer), 'the socket has them')
  output.drained()
  assert.ok(!lent.has(pool.take(CHUNK_BYTES).buffer), 'it has drained only in part')
  waiting.queuedBytes = 0
  output.drained()
  const back = new Set([1, 2, 3].map(() => pool.take(CHUNK_BYTES).buffer))
  assert.deepEqual(back, lent)
})
