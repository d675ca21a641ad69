import { assert, KvError, unreachable } from '../base/index.ts'
import { decodeBatch } from './batch.ts'
import { equalBytes, keyText } from './bytes.ts'
import {
  type AppendCommand,
  type Command,
  type CompareAndPutCommand,
  type DeleteCommand,
  decodeCommand,
  type Expectation,
  type PutCommand,
  type TransactionCommand,
} from './command.ts'
import { emptyLanes, joinLanes, mixNumber } from './hash.ts'
import type { StateLimits } from './limits.ts'
import { STATE_LIMITS } from './limits.ts'
import { appendElement, decodeList, ELEMENT_BYTES, isList } from './list.ts'
import { type KeyRecord, makeRecord, type Stored } from './record.ts'
import type { FailedResult, Result } from './result.ts'
import { readSnapshot, SNAPSHOT_CHUNK_BYTES, writeSnapshot } from './snapshot.ts'

/** As in etcd, an empty store stands at revision 1 and the first change is revision 2. */
export const FIRST_REVISION = 1

const EMPTY_LIST = new Uint8Array(0)

interface Ids {
  readonly clientId: number
  readonly requestId: number
}

/**
 * The replicated state of one group. The same entries in the same order give the same state, the
 * same answers and the same hash on every replica.
 */
export class Store {
  readonly #limits: StateLimits
  #records = new Map<string, KeyRecord>()
  /** Invariant: never decreases; every change of the state has a revision of its own. */
  #revision = FIRST_REVISION
  /** Invariant: entries are applied one by one, without a gap. */
  #appliedIndex = 0
  /** The sum of the records' hashes, 32 bits each. */
  #sumLow = 0
  #sumHigh = 0

  constructor(limits: StateLimits = STATE_LIMITS) {
    assert(limits.batchBytesMax > 0 && limits.keyBytesMax > 0, 'limits leave room for a command')
    this.#limits = limits
  }

  get revision(): number {
    return this.#revision
  }

  get appliedIndex(): number {
    return this.#appliedIndex
  }

  get keyCount(): number {
    return this.#records.size
  }

  /**
   * Applies a committed batch: one result per command, in order. A command that is refused changes
   * nothing and says why; a batch that is broken as a whole gives one failed result.
   */
  apply({ index, data }: { readonly index: number; readonly data: Uint8Array }): Result[] {
    this.#advance(index)
    const commands = decodeBatch(data, this.#limits)
    if (!Array.isArray(commands)) return [this.#fail({ clientId: 0, requestId: 0 }, commands)]
    const results: Result[] = []
    for (const bytes of commands) {
      const command = decodeCommand(bytes, this.#limits)
      results.push(
        command.kind === 'refused' ? this.#fail(command, command.reason) : this.#execute(command),
      )
    }
    assert(results.length === commands.length, 'every command has an answer')
    return results
  }

  /** An entry that holds no commands (a leader's first, a configuration) was committed. */
  applyEmpty(index: number): void {
    this.#advance(index)
  }

  get(key: Uint8Array): Stored | null {
    return this.#stored(keyText(key))
  }

  /**
   * Up to `limit` keys from `from` (included) to `to` (left out), in the order of their bytes.
   * It looks at every key there is: good for tests and small states only.
   */
  range(
    from: Uint8Array,
    to: Uint8Array,
    { limit }: { readonly limit: number },
  ): { readonly key: string; readonly stored: Stored }[] {
    const first = keyText(from)
    const end = keyText(to)
    const keys = [...this.#records.keys()].filter((key) => key >= first && key < end).sort()
    return keys.slice(0, limit).map((key) => ({ key, stored: this.#stored(key) as Stored }))
  }

  /** Equal states have equal hashes, whatever the way to them. Costs O(1). */
  hash(): number {
    const lanes = emptyLanes()
    mixNumber(lanes, this.#appliedIndex)
    mixNumber(lanes, this.#revision)
    mixNumber(lanes, this.#records.size)
    mixNumber(lanes, this.#sumLow)
    mixNumber(lanes, this.#sumHigh)
    return joinLanes(lanes)
  }

  /**
   * The state as of this call, whatever is applied while the chunks are taken. Equal states give
   * equal bytes.
   */
  snapshot(chunkBytesMax = SNAPSHOT_CHUNK_BYTES): Iterable<Uint8Array> {
    const entries = [...this.#records]
    const head = {
      revision: this.#revision,
      appliedIndex: this.#appliedIndex,
      hash: this.hash(),
    }
    return writeSnapshot(entries, head, { chunkBytesMax })
  }

  /**
   * Replaces the whole state; the chunks may be cut differently from how they were made. Throws
   * `SNAPSHOT_CORRUPT`, and keeps the state as it was, when they are not an unharmed snapshot.
   */
  restore(chunks: Iterable<Uint8Array>): void {
    const restored = readSnapshot(chunks)
    const fresh = new Store(this.#limits)
    for (const [key, stored] of restored.entries) fresh.#put(key, stored)
    fresh.#revision = restored.revision
    fresh.#appliedIndex = restored.appliedIndex
    if (fresh.hash() !== restored.hash) {
      throw new KvError('SNAPSHOT_CORRUPT', 'the snapshot does not have the hash it names')
    }
    this.#records = fresh.#records
    this.#revision = fresh.#revision
    this.#appliedIndex = fresh.#appliedIndex
    this.#sumLow = fresh.#sumLow
    this.#sumHigh = fresh.#sumHigh
  }

  #advance(index: number): void {
    assert(index === this.#appliedIndex + 1, 'entries are applied one by one, without a gap')
    this.#appliedIndex = index
  }

  #execute(command: Command): Result {
    switch (command.kind) {
      case 'put':
        return this.#executePut(command)
      case 'delete':
        return this.#executeDelete(command)
      case 'compareAndPut':
        return this.#executeCompareAndPut(command)
      case 'append':
        return this.#executeAppend(command)
      case 'transaction':
        return this.#executeTransaction(command)
      default:
        return unreachable(command)
    }
  }

  #executePut(command: PutCommand): Result {
    this.#write(keyText(command.key), copyOf(command.value), this.#revision + 1)
    this.#revision += 1
    return { kind: 'put', ...idsOf(command), revision: this.#revision }
  }

  #executeDelete(command: DeleteCommand): Result {
    const deleted = this.#remove(keyText(command.key))
    if (deleted) this.#revision += 1
    return { kind: 'delete', ...idsOf(command), revision: this.#revision, deleted }
  }

  #executeCompareAndPut(command: CompareAndPutCommand): Result {
    const key = keyText(command.key)
    const succeeded = meets(this.#stored(key), command.expected)
    if (succeeded) {
      this.#write(key, copyOf(command.value), this.#revision + 1)
      this.#revision += 1
    }
    const modRevision = this.#stored(key)?.modRevision ?? 0
    const revision = this.#revision
    return { kind: 'compareAndPut', ...idsOf(command), revision, succeeded, modRevision }
  }

  #executeAppend(command: AppendCommand): Result {
    const key = keyText(command.key)
    const list = this.#stored(key)?.value ?? EMPTY_LIST
    const fault = this.#appendFault(list)
    if (fault !== null) return this.#fail(command, fault)
    const grown = appendElement(list, command.element)
    this.#write(key, grown, this.#revision + 1)
    this.#revision += 1
    const length = grown.length / ELEMENT_BYTES
    return { kind: 'append', ...idsOf(command), revision: this.#revision, length }
  }

  /** Works on copies and writes them only when every operation was possible. */
  #executeTransaction(command: TransactionCommand): Result {
    const changed = new Map<string, Uint8Array>()
    const reads: number[][] = []
    for (const operation of command.operations) {
      const key = keyText(operation.key)
      const list = changed.get(key) ?? this.#stored(key)?.value ?? EMPTY_LIST
      if (operation.kind === 'read') {
        const elements = decodeList(list)
        if (elements === null) return this.#fail(command, 'notAList')
        reads.push(elements)
      } else {
        const fault = this.#appendFault(list)
        if (fault !== null) return this.#fail(command, fault)
        changed.set(key, appendElement(list, operation.element))
      }
    }
    for (const [key, list] of changed) this.#write(key, list, this.#revision + 1)
    if (changed.size > 0) this.#revision += 1
    return { kind: 'transaction', ...idsOf(command), revision: this.#revision, reads }
  }

  #appendFault(list: Uint8Array): 'notAList' | 'tooLarge' | null {
    if (!isList(list)) return 'notAList'
    return list.length + ELEMENT_BYTES > this.#limits.valueBytesMax ? 'tooLarge' : null
  }

  #fail(ids: Ids, reason: FailedResult['reason']): FailedResult {
    const code = reason === 'tooLarge' ? 'TOO_LARGE' : 'BAD_REQUEST'
    return { kind: 'failed', ...idsOf(ids), revision: this.#revision, reason, code }
  }

  #stored(key: string): Stored | null {
    return this.#records.get(key)?.stored ?? null
  }

  #write(key: string, value: Uint8Array, revision: number): void {
    assert(value.length <= this.#limits.valueBytesMax, 'a value fits its limit')
    const before = this.#stored(key)
    assert(before === null || before.modRevision < revision, 'a write is newer than the last one')
    this.#remove(key)
    this.#put(key, {
      value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
    })
  }

  #put(key: string, stored: Stored): void {
    assert(!this.#records.has(key), 'the place of a new record is free')
    const record = makeRecord(key, stored)
    this.#records.set(key, record)
    this.#sumLow = (this.#sumLow + record.hashLow) | 0
    this.#sumHigh = (this.#sumHigh + record.hashHigh) | 0
  }

  #remove(key: string): boolean {
    const record = this.#records.get(key)
    if (record === undefined) return false
    this.#sumLow = (this.#sumLow - record.hashLow) | 0
    this.#sumHigh = (this.#sumHigh - record.hashHigh) | 0
    return this.#records.delete(key)
  }
}

/**
 * The entry's bytes are a view into a buffer that must not live as long as the value. `slice` would
 * not do: on Node's Buffer, which a view may be, it makes another view.
 */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

function idsOf({ clientId, requestId }: Ids): Ids {
  return { clientId, requestId }
}

function meets(stored: Stored | null, expected: Expectation): boolean {
  switch (expected.kind) {
    case 'absent':
      return stored === null
    case 'value':
      return stored !== null && equalBytes(stored.value, expected.value)
    case 'revision':
      return (stored?.modRevision ?? 0) === expected.revision
    default:
      return unreachable(expected)
  }
}
