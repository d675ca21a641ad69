/** A state machine with its records, driven as a group drives it. */

import assert from 'node:assert/strict'
import { DataChecksums, type ErrorCode } from '../../base/index.ts'
import { etcd, state } from '../../wire/index.ts'
import { packBatch } from '../commands.ts'
import { READ, type ReadKind } from '../kinds.ts'
import { STATE_LIMITS, type StateLimits } from '../limits.ts'
import { StateMachine } from '../state-machine.ts'
import type { CommandResult, LoadedRecords } from '../types.ts'
import type { Pace } from '../work.ts'
import {
  type Asked,
  ask,
  deleteRequest,
  type PutOptions,
  packed,
  putRequest,
  type RangeOptions,
  rangeRequest,
  textOf,
  txnRequest,
} from './requests.ts'
import { headerOf, TestRecords } from './test-records.ts'

export interface SceneOptions {
  readonly limits?: Partial<StateLimits>
  readonly records?: TestRecords
  readonly pace?: Pace
  readonly seed?: number
  /** Whether the log knows the checksums of entries, as it does of what it wrote itself. */
  readonly knowsChecksums?: boolean
}

/** What came of a request; `response` is what it is by default when it was refused. */
export interface Answer<T> {
  readonly revision: number
  readonly code: ErrorCode | null
  readonly response: T
}

/** More steps than any test needs: a machine that takes them all will never end. */
const STEPS_MAX = 1_000_000

export class Scene {
  readonly options: SceneOptions
  readonly limits: StateLimits
  readonly records: TestRecords
  readonly machine: StateMachine
  readonly checksums = new DataChecksums()
  clockMs: number
  /** How often a step ended with something to load, and without. */
  missing = 0
  sliced = 0
  /** Called between the steps of entries. */
  onPause: (() => void) | null = null

  constructor(options: SceneOptions = {}, clockMs = 1_000_000) {
    this.options = options
    this.limits = { ...STATE_LIMITS, ...options.limits }
    this.records = options.records ?? new TestRecords()
    this.clockMs = clockMs
    const { pace, seed = 1 } = options
    const parts = { limits: this.limits, records: this.records, seed }
    this.machine = new StateMachine(pace === undefined ? parts : { ...parts, pace })
  }

  /** One entry of commands as they stand in a log. */
  apply(commands: readonly Uint8Array[]): readonly CommandResult[] {
    return this.applyEntry(packBatch(commands, this.clockMs))
  }

  applyEntry(data: Uint8Array): readonly CommandResult[] {
    const { machine } = this
    if (this.options.knowsChecksums !== false) this.checksums.of(data)
    machine.begin(machine.appliedIndex + 1, data, this.checksums)
    let loaded: LoadedRecords | null = null
    for (let i = 0; i < STEPS_MAX; i++) {
      const step = machine.step(loaded)
      if (step.kind === 'applied') return machine.results
      loaded = step.kind === 'missing' ? this.records.load(step.revisions) : null
      this.records.endTurn()
      if (step.kind === 'missing') this.missing += 1
      else this.sliced += 1
      this.onPause?.()
    }
    assert.fail('an entry that never ends')
  }

  /** Each in an entry of its own. */
  do(...commands: readonly Asked[]): CommandResult {
    let last: CommandResult | undefined
    for (const command of commands) [last] = this.apply([packed(command)])
    assert.ok(last !== undefined, 'every command has a result')
    return last
  }

  put(key: string, value: string, options?: PutOptions): Answer<etcd.PutResponse> {
    return answerOf(etcd.PutResponse, this.do(ask.put(putRequest(key, value, options))))
  }

  remove(key: string, rangeEnd?: string, prevKv?: boolean): Answer<etcd.DeleteRangeResponse> {
    const result = this.do(ask.remove(deleteRequest(key, rangeEnd, prevKv)))
    return answerOf(etcd.DeleteRangeResponse, result)
  }

  txn(parts: Partial<etcd.TxnRequest>): Answer<etcd.TxnResponse> {
    return answerOf(etcd.TxnResponse, this.do(ask.txn(txnRequest(parts))))
  }

  compact(revision: number): CommandResult {
    return this.do(ask.compact(revision))
  }

  grant(id: bigint, ttl: number): Answer<etcd.LeaseGrantResponse> {
    return answerOf(etcd.LeaseGrantResponse, this.do(ask.grant(id, ttl)))
  }

  renew(id: bigint): Answer<etcd.LeaseKeepAliveResponse> {
    return answerOf(etcd.LeaseKeepAliveResponse, this.do(ask.renew(id)))
  }

  alarm(action: number, member: bigint, type: number): Answer<etcd.AlarmResponse> {
    return answerOf(etcd.AlarmResponse, this.do(ask.alarm(action, member, type)))
  }

  openSession(): number {
    const { code, response } = answerOf(state.SessionOpenResponse, this.do(ask.openSession()))
    assert.equal(code, null)
    return response.id
  }

  increment(
    key: string,
    fields?: Partial<Omit<state.IncrementRequest, 'key'>>,
  ): Answer<state.IncrementResponse> {
    return answerOf(state.IncrementResponse, this.do(ask.increment(key, fields)))
  }

  range(key: string, rangeEnd?: string, options?: RangeOptions): Answer<etcd.RangeResponse> {
    const body = etcd.RangeRequest.encodeBytes(rangeRequest(key, rangeEnd, options))
    return answerOf(etcd.RangeResponse, this.read(READ.range, body))
  }

  /** The keys that are there, with their values. */
  pairs(): string[] {
    const { response } = this.range('\0', '\0')
    return response.kvs.map(({ key, value }) => `${textOf(key)}=${textOf(value)}`)
  }

  timeToLive(ID: bigint, keys = false): Answer<etcd.LeaseTimeToLiveResponse> {
    const body = etcd.LeaseTimeToLiveRequest.encodeBytes({ ID, keys })
    return answerOf(etcd.LeaseTimeToLiveResponse, this.read(READ.leaseTimeToLive, body))
  }

  leases(onPause?: () => void): bigint[] {
    const result = this.read(READ.leaseLeases, new Uint8Array(0), onPause)
    return answerOf(etcd.LeaseLeasesResponse, result).response.leases.map(({ ID }) => ID)
  }

  alarms(): string[] {
    const body = etcd.AlarmRequest.encodeBytes(etcd.AlarmRequest.create())
    const { response } = answerOf(etcd.AlarmResponse, this.read(READ.alarms, body))
    return response.alarms.map(({ memberID, alarm }) => `${memberID} ${alarm}`)
  }

  hashKv(revision = 0, onPause?: () => void): Answer<etcd.HashKVResponse> {
    const body = etcd.HashKVRequest.encodeBytes({ revision })
    return answerOf(etcd.HashKVResponse, this.read(READ.hashKv, body, onPause))
  }

  /** A whole answer, in memory of its own. */
  read(kind: ReadKind, body: Uint8Array, onPause?: () => void): CommandResult {
    const reading = this.machine.beginRead({ kind, body, clockMs: this.clockMs })
    let loaded: LoadedRecords | null = null
    for (let i = 0; i < STEPS_MAX; i++) {
      const step = reading.step(loaded)
      if (step.kind === 'done') return { ...step.result, body: step.result.body.slice() }
      if (step.kind === 'failed') return step
      assert.notEqual(step.kind, 'piece')
      loaded = step.kind === 'missing' ? this.records.load(step.revisions) : null
      this.records.endTurn()
      onPause?.()
    }
    assert.fail('a read that never ends')
  }

  /** Until a compaction has nothing left to give back. */
  giveBack(): void {
    while (!this.machine.compactStep(1)) {}
  }

  /** The same state, rebuilt from a checkpoint in another machine. */
  restored(options: SceneOptions = this.options): Scene {
    const records = this.records.copy()
    const other = new Scene({ ...options, records }, this.clockMs)
    other.machine.restoreMeta(this.machine.meta())
    for (const { main, sub, record } of records.all()) {
      other.machine.restoreRecord(main, sub, headerOf(record), record.length)
    }
    other.machine.finishRestore()
    return other
  }
}

export function answerOf<T>(
  codec: { create(): T; decodeBytes(bytes: Uint8Array): T },
  result: CommandResult,
): Answer<T> {
  const { revision } = result
  if (result.kind === 'failed') return { revision, code: result.code, response: codec.create() }
  return { revision, code: null, response: codec.decodeBytes(result.body) }
}
