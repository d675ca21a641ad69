/**
 * The pure machine over records in plain memory: what a committed log means, without anything that
 * stores, slices or restores. It writes down every change as the log makes it.
 */

import { assert } from '../../src/base/index.ts'
import {
  type Change,
  type ChangeSink,
  type CommandResult,
  packBatch,
  type RecordStore,
  type StateLimits,
  StateMachine,
} from '../../src/state/index.ts'
import { etcdKv } from '../../src/wire/index.ts'
import { bytesText, type ReadAsk } from './requests.ts'

/** A key as it was at some revision. */
export interface Version {
  readonly value: string
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly lease: bigint
}

/** One change of one key. */
export interface StoreEvent {
  readonly main: number
  readonly sub: number
  readonly key: string
  /** Null: it was deleted. */
  readonly now: Version | null
  /** Before the revision, which changes a key once. */
  readonly before: Version | null
}

/** Another seed than any node has: what nodes agree on must not hang on it. */
const MODEL_SEED = 77
/** Nobody waits for a turn here. */
const COMPACT_BUDGET = 1_000_000

/** Records that are never far away. */
class PlainRecords implements RecordStore {
  readonly #records = new Map<number, Map<number, Uint8Array>>()

  append(main: number, sub: number, record: Uint8Array): void {
    let subs = this.#records.get(main)
    if (subs === undefined) {
      subs = new Map()
      this.#records.set(main, subs)
    }
    subs.set(sub, record.slice())
  }

  readNow(main: number, sub: number): Uint8Array | null {
    return this.peek(main, sub)
  }

  peek(main: number, sub: number): Uint8Array | null {
    return this.#records.get(main)?.get(sub) ?? null
  }

  drop(main: number, sub: number): void {
    const subs = this.#records.get(main)
    subs?.delete(sub)
    if (subs?.size === 0) this.#records.delete(main)
  }
}

export function versionOf(pair: etcdKv.KeyValue): Version {
  const { createRevision, modRevision, version, lease } = pair
  return { value: bytesText(pair.value), createRevision, modRevision, version, lease }
}

export class Model implements ChangeSink {
  readonly machine: StateMachine
  readonly events: StoreEvent[] = []
  /** What every key holds now, as the events say. */
  readonly keys = new Map<string, Version>()
  /** The revision of the newest compaction. */
  compactedTo = 0

  constructor(limits: StateLimits) {
    this.machine = new StateMachine({ limits, records: new PlainRecords(), seed: MODEL_SEED })
    this.machine.changes = this
  }

  /** An entry of commands, whichever index it has elsewhere. The results are the caller's. */
  apply(data: Uint8Array): readonly CommandResult[] {
    const { machine } = this
    machine.begin(machine.appliedIndex + 1, data)
    for (let step = machine.step(null); step.kind !== 'applied'; step = machine.step(null)) {
      assert(step.kind === 'sliced', 'records in memory are not missing')
    }
    const results = machine.results.map(copyOf)
    while (!machine.compactStep(COMPACT_BUDGET)) {}
    return results
  }

  applyOne(command: Uint8Array, clockMs: number): CommandResult {
    const [result] = this.apply(packBatch([command], clockMs))
    assert(result !== undefined, 'one command has one result')
    return result
  }

  applyEmpty(): void {
    this.machine.applyEmpty(this.machine.appliedIndex + 1)
  }

  read({ read, body }: ReadAsk): CommandResult {
    const reading = this.machine.beginRead({ kind: read, body })
    for (;;) {
      const step = reading.step(null)
      if (step.kind === 'done') return copyOf(step.result)
      if (step.kind === 'failed') return { ...step }
      assert(step.kind === 'sliced', 'a whole answer from records in memory')
    }
  }

  changed({ main, sub, record, deleted }: Change): void {
    const pair = etcdKv.KeyValue.decodeBytes(record)
    const key = bytesText(pair.key)
    const before = this.keys.get(key) ?? null
    const now = deleted ? null : versionOf(pair)
    this.events.push({ main, sub, key, now, before })
    if (now === null) this.keys.delete(key)
    else this.keys.set(key, now)
  }

  settled(): void {}

  compacted(revision: number): void {
    this.compactedTo = revision
  }
}

/** Results are lent until the next step of anything. */
export function copyOf(result: CommandResult): CommandResult {
  return result.kind === 'failed' ? { ...result } : { ...result, body: result.body.slice() }
}
