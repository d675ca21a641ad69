/** What handlers ask of the node, and how a failure becomes the answer. */

import type { ErrorCode } from '../../base/index.ts'
import type { NodeService, ReadOutcome, ReadRequest, WriteOutcome } from '../../server/index.ts'
import { type Done, READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { failureWords } from '../messages/index.ts'
import { type Command, etagOf } from './conditions.ts'
import { type Failure, refusal, unknownOutcome } from './failure.ts'
import type { RestCall } from './rest-call.ts'

/** A request with a name may be proposed again when nobody knows what became of it. */
const ATTEMPTS_MAX = 3

/** This node goes, or the time that a request has is over: to ask again here would not help. */
const FRUITLESS: Partial<Record<ErrorCode, true>> = { STOPPED: true, TIMED_OUT: true }

export type Settled =
  | { readonly kind: 'done'; readonly result: Done }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The body of what is handed on is a view that is valid during the call only. */
export function write(
  { parts: { node } }: Pick<RestCall, 'parts'>,
  request: Command,
  settled: (outcome: Settled) => void,
): void {
  // The state knows a name, so nothing happens twice.
  let attemptsLeft = request.isNamed === true ? ATTEMPTS_MAX : 1
  let open: ErrorCode | null = null
  const settleWrite = (outcome: WriteOutcome): void => {
    attemptsLeft -= 1
    if (outcome.kind === 'unknown') open ??= outcome.code
    if (outcome.kind === 'unknown' && FRUITLESS[outcome.code] !== true && attemptsLeft > 0) {
      node.write(node.defaultGroup, request, { settleWrite })
    } else settled(settledOf(node, sinceThen(outcome, open), request))
  }
  node.write(node.defaultGroup, request, { settleWrite })
}

/** That nobody takes an attempt says nothing of those before it, which may yet take effect. */
function sinceThen(outcome: WriteOutcome, open: ErrorCode | null): WriteOutcome {
  return outcome.kind === 'refused' && open !== null ? { kind: 'unknown', code: open } : outcome
}

function settledOf(node: NodeService, outcome: WriteOutcome, { subject = {} }: Command): Settled {
  if (outcome.kind === 'refused') return { kind: 'failed', failure: refusal(node, outcome.code) }
  if (outcome.kind === 'unknown') {
    return { kind: 'failed', failure: unknownOutcome(node, outcome.code) }
  }
  const { result } = outcome
  if (result.kind === 'done') return { kind: 'done', result }
  return failed(result.code, failureWords(result.code, subject))
}

function failed(code: ErrorCode, message?: string): Settled {
  return { kind: 'failed', failure: message === undefined ? { code } : { code, message } }
}

export function read(
  { parts: { node } }: Pick<RestCall, 'parts'>,
  request: ReadRequest,
  settled: (outcome: Settled) => void,
): void {
  const settleRead = (outcome: ReadOutcome): void => {
    if (outcome.kind === 'refused') {
      settled({ kind: 'failed', failure: refusal(node, outcome.code) })
    } else if (outcome.kind === 'done') settled(outcome)
  }
  node.read(node.defaultGroup, request, { settleRead })
}

/** As this node knows it, if the client is content with that. */
export function rangeRead(
  { values }: Pick<RestCall, 'values'>,
  request: etcd.RangeRequest,
): ReadRequest {
  const serializable = values.consistency === 'stale'
  return { kind: READ.range, body: etcd.RangeRequest.encodeBytes(request), serializable }
}

/** The answer of a request that writes; `tell` makes it from what the state said. */
export function answerWrite(
  call: RestCall,
  request: Command,
  tell: (result: Done) => string,
): void {
  write(call, request, (outcome) => answer(call, outcome, (result) => call.json(tell(result))))
}

/** The same of one key, whose `ETag` is the revision of the write. */
export function answerKeyWrite(
  call: RestCall,
  request: Command,
  tell: (result: Done) => string,
): void {
  write(call, request, (outcome) =>
    answer(call, outcome, (result) => call.json(tell(result), ['ETag', etagOf(result.revision)])),
  )
}

export function answerRead(
  call: RestCall,
  request: ReadRequest,
  tell: (result: Done) => void,
): void {
  read(call, request, (outcome) => answer(call, outcome, tell))
}

function answer(call: RestCall, outcome: Settled, tell: (result: Done) => void): void {
  if (call.isOver) return
  if (outcome.kind === 'failed') call.fail(outcome.failure)
  else call.guard(() => tell(outcome.result))
}
