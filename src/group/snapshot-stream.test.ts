import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KvError, SeededChance } from '../base/index.ts'
import type { EngineSnapshot, RevisionRecord } from '../engine/index.ts'
import { readCheckpoint } from './checkpoint-meta.ts'
import { SnapshotReader, snapshotChunks } from './snapshot-stream.ts'

function record(main: number, bytes: number): RevisionRecord {
  return { main, sub: main % 3, record: new Uint8Array(bytes).fill(main) }
}

function snapshot(meta: Uint8Array, pieces: readonly RevisionRecord[][]): EngineSnapshot {
  return {
    checkpoint: { appliedIndex: 9, meta },
    async *records() {
      yield* pieces
    },
    release: () => {},
  }
}

async function chunksOf(source: EngineSnapshot, chunkBytes: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of snapshotChunks(source, chunkBytes)) chunks.push(chunk)
  return chunks
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function readAll(chunks: readonly Uint8Array[]) {
  const reader = new SnapshotReader(stream(chunks))
  try {
    const checkpoint = await reader.checkpoint(9)
    const records: RevisionRecord[] = []
    for await (const piece of reader.records()) records.push(...piece)
    return { checkpoint, records }
  } finally {
    await reader.close()
  }
}

describe('a snapshot as a stream', () => {
  const pieces = [[record(2, 5), record(3, 700), record(4, 0)], [], [record(9, 300_000)]]

  test('comes back the same however its chunks are cut', async () => {
    for (const metaBytes of [0, 1, 50, 5000]) {
      for (const chunkBytes of [1, 7, 64, 4096, 1_000_000]) {
        const meta = new Uint8Array(metaBytes).fill(7)
        const few = chunkBytes < 64 ? pieces.slice(0, 2) : pieces
        const chunks = await chunksOf(snapshot(meta, few), chunkBytes)
        assert.ok(chunks.slice(0, -1).every(({ length }) => length === chunkBytes))
        const { checkpoint, records } = await readAll(chunks)
        assert.deepEqual(checkpoint, { appliedIndex: 9, meta })
        assert.deepEqual(records, few.flat())
      }
    }
  })

  test('is refused when it was cut off anywhere, or goes on behind its end', async () => {
    const [whole] = await chunksOf(snapshot(new Uint8Array(20), pieces.slice(0, 1)), 1_000_000)
    assert.ok(whole !== undefined)
    const isCorrupt = (error: unknown) =>
      error instanceof KvError && error.code === 'SNAPSHOT_CORRUPT'
    for (let length = 0; length < whole.length; length++) {
      await assert.rejects(readAll([whole.subarray(0, length)]), isCorrupt)
    }
    await assert.rejects(readAll([whole, Uint8Array.of(0)]), isCorrupt)
  })

  test('never fails otherwise, whatever the bytes are', async () => {
    const chance = new SeededChance(5, 'noise')
    const [whole] = await chunksOf(snapshot(new Uint8Array(20), pieces.slice(0, 1)), 1_000_000)
    assert.ok(whole !== undefined)
    let refused = 0
    for (let round = 0; round < 500; round++) {
      const damaged = whole.slice()
      for (let i = 0; i < 3; i++) damaged[chance.below(60)] = chance.below(256)
      try {
        await readAll([damaged])
      } catch (error) {
        assert.ok(error instanceof KvError && error.code === 'SNAPSHOT_CORRUPT')
        refused += 1
      }
    }
    assert.ok(refused > 100)
  })
})

test('a checkpoint that no group has made is refused', () => {
  const chance = new SeededChance(6, 'noise')
  for (let length = 0; length < 200; length++) {
    const meta = Uint8Array.from({ length }, () => chance.below(256))
    const isCorrupt = (error: unknown) =>
      error instanceof KvError && error.code === 'ENGINE_CORRUPT'
    assert.throws(() => readCheckpoint({ appliedIndex: 5, meta }), isCorrupt)
  }
})
