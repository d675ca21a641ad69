/** One read, from its request to its answer, in steps. */

import { assert, type ErrorCode, KvError } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import type { Context } from './context.ts'
import { hashKv } from './hash-kv.ts'
import { READ, type ReadKind } from './kinds.ts'
import { listLeases, writeLease } from './lease-reads.ts'
import { writeAlarms } from './other-commands.ts'
import { type RangeParts, writeRange } from './range-answer.ts'
import { ReadTools } from './read-tools.ts'
import { checkRange, checkTxn, isReadOnly } from './request-checks.ts'
import { readTxn } from './txn-command.ts'
import type { Done, LoadedRecords, RevisionList } from './types.ts'
import type { Pause, Steps } from './work.ts'

export type ReadStep =
  /** The body is a view, valid until the next call of anything. */
  | { readonly kind: 'done'; readonly result: Done }
  | { readonly kind: 'failed'; readonly revision: number; readonly code: ErrorCode }
  /** A part of the answer, a response message of its own; valid until the next call of anything. */
  | { readonly kind: 'piece'; readonly revision: number; readonly body: Uint8Array }
  /** Load these, and hand them to the next step. */
  | { readonly kind: 'missing'; readonly revisions: RevisionList }
  /** Others should have a turn before the next step. */
  | { readonly kind: 'sliced' }

export interface ReadRequest {
  readonly kind: ReadKind
  readonly body: Uint8Array
  readonly pieceBytes?: number
  readonly clockMs?: number
}

/** What a read works with. */
export interface ReadParts extends RangeParts {
  readonly context: Context
  readonly clockMs: number
}

const SLICED: ReadStep = { kind: 'sliced' }

/** Those that are kept for the next reads; more than run at a time while records are in memory. */
const READ_TOOLS_MAX = 16

/** How often a read begins anew because a compaction has overtaken it. */
const RESTARTS_MAX = 3

export class StateRead {
  readonly #context: Context
  readonly #request: ReadRequest
  /** Null before the first step, and after the last. */
  #tools: ReadTools | null = null
  #steps: Steps<ErrorCode | null> | null = null
  #head = 0
  #isOver = false
  #hasPiece = false
  /** What stands in the answer was handed out. */
  #isPieceTaken = false
  #restarts = 0

  constructor(context: Context, request: ReadRequest) {
    this.#context = context
    this.#request = request
  }

  step(loaded: LoadedRecords | null): ReadStep {
    assert(!this.#isOver, 'a read that has ended takes no step')
    const { space } = this.#context
    // In the middle of a command there is no state that anybody may see.
    if (space.isChanging) return SLICED
    if (this.#tools === null) this.#begin()
    else if (this.#tools.work.lowestRevision >= space.compactRevision) {
      this.#tools.work.resume(loaded)
    } else {
      // What it has not looked at yet may be gone.
      if (this.#hasPiece || this.#restarts >= RESTARTS_MAX) return this.#failed('COMPACTED')
      this.#restarts += 1
      this.#begin()
    }
    return this.#go()
  }

  #begin(): void {
    const context = this.#context
    const { space, limits } = context
    this.#tools ??= context.readTools.pop() ?? new ReadTools(context.records, context.pace)
    const { work, answer } = this.#tools
    this.#head = space.revision
    work.restart(this.#head)
    answer.restart()
    const { pieceBytes = 0, clockMs = 0 } = this.#request
    this.#steps = stepsOf(this.#request, {
      context,
      space,
      work,
      answer,
      head: this.#head,
      pieceBytes,
      answerBytesMax: limits.readBytesMax,
      clockMs: Math.max(clockMs, context.clockMs),
    })
  }

  #go(): ReadStep {
    const steps = this.#steps
    const tools = this.#tools
    assert(steps !== null && tools !== null, 'what goes on has begun')
    if (this.#isPieceTaken) {
      tools.answer.restart()
      this.#isPieceTaken = false
    }
    let step: IteratorResult<Pause, ErrorCode | null>
    try {
      step = steps.next()
    } catch (error) {
      // The message is none; decoding comes before anything else.
      if (error instanceof KvError && error.code === 'BAD_REQUEST') return this.#failed(error.code)
      throw error
    }
    if (step.done === true) return step.value === null ? this.#done() : this.#failed(step.value)
    if (step.value === 'piece') {
      this.#hasPiece = true
      this.#isPieceTaken = true
      return { kind: 'piece', revision: this.#head, body: tools.answer.view() }
    }
    const { missing } = tools.work
    return missing.length > 0 ? { kind: 'missing', revisions: missing } : SLICED
  }

  #done(): ReadStep {
    const answer = this.#tools?.answer
    assert(answer !== undefined, 'a read that is done has an answer')
    const result: Done = { kind: 'done', revision: this.#head, body: answer.view() }
    this.#end()
    return { kind: 'done', result }
  }

  #failed(code: ErrorCode): ReadStep {
    this.#end()
    return { kind: 'failed', revision: this.#context.space.revision, code }
  }

  /** The answer is looked at before the next read writes to where it stands. */
  #end(): void {
    this.#isOver = true
    const tools = this.#tools
    this.#tools = null
    this.#steps = null
    if (tools === null || this.#context.readTools.length >= READ_TOOLS_MAX) return
    tools.work.release()
    this.#context.readTools.push(tools)
  }
}

function* stepsOf({ kind, body }: ReadRequest, parts: ReadParts): Steps<ErrorCode | null> {
  const { context } = parts
  switch (kind) {
    case READ.range: {
      const request = etcd.RangeRequest.decodeBytes(body)
      return checkRange(request) ?? (yield* writeRange(request, parts))
    }
    case READ.txn: {
      const request = etcd.TxnRequest.decodeBytes(body)
      const fault = checkTxn(request, context.limits)
      if (fault !== null) return fault
      return isReadOnly(request) ? yield* readTxn(request, parts) : 'BAD_REQUEST'
    }
    case READ.leaseTimeToLive:
      return yield* writeLease(etcd.LeaseTimeToLiveRequest.decodeBytes(body), parts)
    case READ.leaseLeases:
      etcd.LeaseLeasesRequest.decodeBytes(body)
      return yield* listLeases(parts)
    case READ.alarms: {
      const { alarm } = etcd.AlarmRequest.decodeBytes(body)
      writeAlarms({ alarms: context.alarms, answer: parts.answer }, alarm)
      return null
    }
    case READ.hashKv:
      return yield* hashKv(etcd.HashKVRequest.decodeBytes(body), parts)
    default:
      return 'BAD_REQUEST'
  }
}
