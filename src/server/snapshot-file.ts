/**
 * A copy of the whole store as one file that says itself what it is: see docs/format/backup.md.
 * Whoever hands it out puts a hash behind it.
 */

import { alignUp, assert, ByteWriter } from '../base/index.ts'
import type { EngineSnapshot, RevisionRecord } from '../engine/index.ts'
import type { Group } from '../group/index.ts'
import type { GroupId } from '../raft/index.ts'
import type { SnapshotFile } from './service.ts'

const MAGIC = new TextEncoder().encode('quorate backup 1\n')
/** In front of each record: main and sub revision, and its length. */
const RECORD_HEAD_BYTES = 16
/** What a piece is filled up to. */
const PIECE_BYTES = 262_144
/**
 * A file is a multiple of this: so is every database of etcd, and its tools take what they got for
 * whole, with the hash behind it, only if the rest is (etcd, client/v3/snapshot).
 */
const ALIGNMENT_BYTES = 512

export interface SnapshotSource {
  readonly clusterId: number
  readonly id: GroupId
  readonly group: Pick<Group, 'machine' | 'engine'>
}

/** Not in the middle of an entry. */
export async function openSnapshotFile(source: SnapshotSource): Promise<SnapshotFile> {
  const { machine, engine } = source.group
  assert(!machine.isUnderWay, 'a copy is of the state between two entries')
  const checkpoint = { appliedIndex: machine.appliedIndex, meta: machine.meta() }
  const facts = factsOf(source)
  // Its length is told before its bytes, and an engine tells none: one copy is measured, the other
  // handed out. Both are of the same moment.
  const measured = engine.snapshot(checkpoint)
  const handedOut = engine.snapshot(checkpoint)
  try {
    const recordBytes = await bytesOf(measured)
    const head = headOf({ facts, meta: checkpoint.meta, recordBytes })
    return new StoredFile(head, head.length + recordBytes, handedOut)
  } catch (error) {
    handedOut.release()
    throw error
  } finally {
    measured.release()
  }
}

/** In letters, so that a look at the file tells what it is. */
function factsOf({ clusterId, id, group: { machine } }: SnapshotSource): string {
  return JSON.stringify({
    clusterId,
    group: id,
    appliedIndex: machine.appliedIndex,
    revision: machine.revision,
    compactRevision: machine.compactRevision,
    hash: machine.hash(),
  })
}

interface HeadParts {
  readonly facts: string
  readonly meta: Uint8Array
  readonly recordBytes: number
}

/** Blanks behind the facts fill the file up. */
function headOf({ facts, meta, recordBytes }: HeadParts): Uint8Array {
  const unfilled = encodeHead(`${facts}\n`, meta).length + recordBytes
  const blanks = alignUp(unfilled, ALIGNMENT_BYTES) - unfilled
  return encodeHead(`${facts}${' '.repeat(blanks)}\n`, meta)
}

function encodeHead(facts: string, meta: Uint8Array): Uint8Array {
  const writer = new ByteWriter(meta.length + 2 * ALIGNMENT_BYTES)
  return writer.bytes(MAGIC).text(facts).uint32(meta.length).bytes(meta).take()
}

async function bytesOf(snapshot: EngineSnapshot): Promise<number> {
  let bytes = 0
  for await (const records of snapshot.records()) {
    for (const { record } of records) bytes += RECORD_HEAD_BYTES + record.length
  }
  return bytes
}

class StoredFile implements SnapshotFile {
  readonly bytes: number
  readonly #head: Uint8Array
  readonly #snapshot: EngineSnapshot

  constructor(head: Uint8Array, bytes: number, snapshot: EngineSnapshot) {
    this.#head = head
    this.bytes = bytes
    this.#snapshot = snapshot
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    yield this.#head
    const writer = new ByteWriter(PIECE_BYTES)
    for await (const records of this.#snapshot.records()) {
      for (const one of records) {
        if (writer.length > 0 && writer.length + one.record.length > PIECE_BYTES) {
          yield writer.take()
        }
        append(writer, one)
      }
    }
    if (writer.length > 0) yield writer.take()
  }

  release(): void {
    this.#snapshot.release()
  }
}

function append(writer: ByteWriter, { main, sub, record }: RevisionRecord): void {
  writer.uint64(main).uint32(sub).uint32(record.length).bytes(record)
}
