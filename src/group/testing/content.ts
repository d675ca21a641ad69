/** Commands, reads and states for tests. */

import { createMemory } from '../../engine/index.ts'
import { ManualClock, MemoryDisk } from '../../log/testing/index.ts'
import type { SnapshotMark } from '../../raft/index.ts'
import {
  COMMAND,
  packBatch,
  packCommand,
  READ,
  STATE_LIMITS,
  StateMachine,
} from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { checkpointOf } from '../checkpoint-meta.ts'
import { snapshotChunks } from '../snapshot-stream.ts'
import type { ReadRequest } from '../types.ts'

const TEXT = new TextEncoder()

export function bytesOf(text: string): Uint8Array {
  return TEXT.encode(text)
}

export function putCommand(key: string, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? bytesOf(value) : value
  const request = etcd.PutRequest.create({ key: bytesOf(key), value: bytes })
  return packCommand(COMMAND.put, etcd.PutRequest.encodeBytes(request))
}

/** Deletes all keys of a range, and answers with what they held. */
export function deleteCommand(key: string, rangeEnd: string): Uint8Array {
  const range = { key: bytesOf(key), rangeEnd: bytesOf(rangeEnd), prevKv: true }
  const request = etcd.DeleteRangeRequest.create(range)
  return packCommand(COMMAND.deleteRange, etcd.DeleteRangeRequest.encodeBytes(request))
}

export function compactCommand(revision: number): Uint8Array {
  const request = etcd.CompactionRequest.create({ revision })
  return packCommand(COMMAND.compact, etcd.CompactionRequest.encodeBytes(request))
}

/** A member is out of space. */
export function alarmCommand(memberID: bigint): Uint8Array {
  const { ACTIVATE } = etcd.AlarmRequestAlarmAction
  const request = { action: ACTIVATE, memberID, alarm: etcd.AlarmType.NOSPACE }
  return packCommand(COMMAND.alarm, etcd.AlarmRequest.encodeBytes(request))
}

export function grantCommand(id: bigint, ttl: number): Uint8Array {
  const request = etcd.LeaseGrantRequest.create({ ID: id, TTL: ttl })
  return packCommand(COMMAND.leaseGrant, etcd.LeaseGrantRequest.encodeBytes(request))
}

export interface RangeOptions {
  readonly serializable?: boolean
  readonly pieceBytes?: number
}

/** From the key on, before the end; of one key when there is no end. */
export function rangeOf(
  key: string,
  rangeEnd = '',
  { serializable = false, pieceBytes = 0 }: RangeOptions = {},
): ReadRequest {
  const request = etcd.RangeRequest.create({ key: bytesOf(key), rangeEnd: bytesOf(rangeEnd) })
  const body = etcd.RangeRequest.encodeBytes(request)
  return { kind: READ.range, body, serializable, pieceBytes }
}

/** The state after an entry at each index with one put, as the leader would send it. */
export async function snapshotOf(mark: SnapshotMark, chunkBytes: number): Promise<Uint8Array[]> {
  const clock = new ManualClock()
  const engine = await createMemory({ disk: new MemoryDisk(), clock, directory: '/e' }).open()
  const machine = new StateMachine({ limits: STATE_LIMITS, seed: 3, records: engine })
  for (let index = 1; index <= mark.index; index++) {
    machine.begin(index, packBatch([putCommand(`k${index}`, `of ${index}`)], index))
    machine.step(null)
  }
  const snapshot = engine.snapshot(checkpointOf(machine.meta(), mark))
  const chunks: Uint8Array[] = []
  for await (const chunk of snapshotChunks(snapshot, chunkBytes)) chunks.push(chunk)
  snapshot.release()
  await engine.close()
  return chunks
}
