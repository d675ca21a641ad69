/**
 * Operations as the simulator's clients record them, with everything the answers carried, and the
 * two black-box views of them: registers for the linearizability search, lists for the cycle
 * search. Which is which the key says; other keys are for the checkers that know the log.
 */

import { COMMAND, type CommandResult, READ } from '../../src/state/index.ts'
import { etcd } from '../../src/wire/index.ts'
import {
  type History,
  HistoryError,
  type Interval,
  type ListStep,
  type ListTransaction,
  type Outcome,
  type RegisterAction,
  type RegisterOperation,
  type Scalar,
} from './history.ts'
import { type Ask, bytesText, listOf, tagOfElement, withoutGuards } from './requests.ts'

export interface RecordedOperation {
  readonly process: number
  /** In the request's bytes, and in the elements it appends. */
  readonly tag: number
  readonly ask: Ask
  readonly startUs: number
  /** Infinity when the outcome is `info`. */
  readonly endUs: number
  readonly outcome: Outcome
  /** When the outcome is `ok`. A read's revision is that of the store that gave it. */
  readonly answer: CommandResult | null
}

const LIST = /^l\d/
/** Counters, and what comes and goes with leases. */
const OTHER = /^([ce]\d|member\/)/

function isList(key: string): boolean {
  return LIST.test(key)
}

function isRegister(key: string): boolean {
  return !isList(key) && !OTHER.test(key)
}

/** What the clients saw, without revisions. */
export function toHistory(operations: readonly RecordedOperation[]): History {
  const registers: RegisterOperation[] = []
  const transactions: ListTransaction[] = []
  const view = new HistoryView(operations)
  for (const operation of operations) {
    const interval = intervalOf(operation)
    const seen = view.look(operation, interval.outcome)
    for (const action of seen.registers) registers.push({ ...action, ...interval })
    if (seen.steps.length === 0) continue
    transactions.push({ kind: 'transaction', steps: seen.steps, ...interval })
  }
  return { registers, transactions }
}

/** A command that was answered with a refusal certainly had no effect. */
function intervalOf({ process, startUs, endUs, outcome, answer }: RecordedOperation): Interval {
  const refused = outcome === 'ok' && answer?.kind === 'failed'
  const end = outcome === 'info' ? Number.POSITIVE_INFINITY : endUs
  return { process, start: startUs, end, outcome: refused ? 'fail' : outcome }
}

interface Looked {
  readonly registers: RegisterAction[]
  readonly steps: ListStep[]
}

type Response = etcd.ResponseOpResponse | null

class HistoryView {
  /** Every register that anybody wrote: a range that leaves one out says that it is not there. */
  readonly #registers: readonly string[]

  constructor(operations: readonly RecordedOperation[]) {
    const keys = new Set<string>()
    for (const { ask } of operations) {
      if (ask.kind === 'write') for (const key of keysPut(ask)) if (isRegister(key)) keys.add(key)
    }
    this.#registers = [...keys]
  }

  look({ ask, answer, tag }: RecordedOperation, outcome: Outcome): Looked {
    const looked: Looked = { registers: [], steps: [] }
    const body = outcome === 'ok' && answer?.kind === 'done' ? answer.body : null
    const walk = new Walk(this.#registers, { looked, tag })
    if (ask.kind === 'read') this.#read(ask, body, walk)
    else this.#write(ask, body, walk)
    return looked
  }

  #read(ask: Ask & { kind: 'read' }, body: Uint8Array | null, walk: Walk): void {
    // What is stale by wish says nothing about order; what was not answered says nothing at all.
    if (ask.serializable || body === null) return
    if (ask.read === READ.range) {
      const value = etcd.RangeResponse.decodeBytes(body)
      walk.range(etcd.RangeRequest.decodeBytes(ask.body), value)
    } else if (ask.read === READ.txn) {
      walk.txn(etcd.TxnRequest.decodeBytes(ask.body), etcd.TxnResponse.decodeBytes(body))
    }
  }

  #write(ask: Ask & { kind: 'write' }, body: Uint8Array | null, walk: Walk): void {
    const { command, body: asked, compare } = withoutGuards(ask)
    if (command === COMMAND.put) walk.putIf(compare, etcd.PutRequest.decodeBytes(asked))
    else if (command === COMMAND.deleteRange) {
      const response = body === null ? null : etcd.DeleteRangeResponse.decodeBytes(body)
      walk.deleteRange(etcd.DeleteRangeRequest.decodeBytes(asked), response)
    } else if (command === COMMAND.txn) {
      const response = body === null ? null : etcd.TxnResponse.decodeBytes(body)
      walk.txn(etcd.TxnRequest.decodeBytes(asked), response)
    }
  }
}

/** All that a request may put, whatever it finds. */
function keysPut(ask: Ask & { kind: 'write' }): string[] {
  const { command, body } = withoutGuards(ask)
  if (command === COMMAND.put) return [bytesText(etcd.PutRequest.decodeBytes(body).key)]
  return command === COMMAND.txn ? keysPutBy(etcd.TxnRequest.decodeBytes(body)) : []
}

function keysPutBy({ success, failure }: etcd.TxnRequest): string[] {
  return [...success, ...failure].flatMap(({ request }) => {
    if (request?.kind === 'requestPut') return [bytesText(request.value.key)]
    return request?.kind === 'requestTxn' ? keysPutBy(request.value) : []
  })
}

/** Goes through one request, with its answer if there is one, and takes down what it means. */
class Walk {
  readonly #registers: readonly string[]
  readonly #looked: Looked
  readonly #tag: number

  constructor(
    registers: readonly string[],
    { looked, tag }: { readonly looked: Looked; readonly tag: number },
  ) {
    this.#registers = registers
    this.#looked = looked
    this.#tag = tag
  }

  /** What did not find what it compares with was refused, and is no write at all. */
  putIf(compare: readonly etcd.Compare[], request: etcd.PutRequest): void {
    const compared = comparedRegister({ compare })
    if (compared?.key !== bytesText(request.key)) this.put(request)
    else {
      const to = bytesText(request.value)
      this.#looked.registers.push({ kind: 'cas', ...compared, to, applied: true })
    }
  }

  put(request: etcd.PutRequest): void {
    const key = bytesText(request.key)
    if (isRegister(key)) {
      this.#looked.registers.push({ kind: 'write', key, value: bytesText(request.value) })
    } else if (isList(key)) {
      for (const element of elementsOf(request.value)) {
        if (tagOfElement(element) === this.#tag) this.#step({ kind: 'append', key, element })
      }
    }
  }

  deleteRange(request: etcd.DeleteRangeRequest, response: etcd.DeleteRangeResponse | null): void {
    const key = bytesText(request.key)
    if (request.rangeEnd.length > 0) {
      const end = bytesText(request.rangeEnd)
      for (const one of this.#within(key, end)) {
        this.#looked.registers.push({ kind: 'delete', key: one, found: null })
      }
    } else if (isRegister(key)) {
      const found = response === null ? null : response.deleted > 0
      this.#looked.registers.push({ kind: 'delete', key, found })
    }
  }

  range(request: etcd.RangeRequest, response: etcd.RangeResponse): void {
    if (!isPlain(request)) return
    const key = bytesText(request.key)
    const held = new Map<string, Uint8Array>()
    for (const one of response.kvs) held.set(bytesText(one.key), one.value)
    const isOne = request.rangeEnd.length === 0
    const keys = isOne ? [key] : this.#within(key, bytesText(request.rangeEnd))
    for (const one of keys) {
      const value = held.get(one) ?? null
      if (isRegister(one)) {
        const text: Scalar = value === null ? null : bytesText(value)
        this.#looked.registers.push({ kind: 'read', key: one, value: text })
      } else if (isList(one)) {
        const list = value === null ? [] : elementsOf(value)
        this.#step({ kind: 'read', key: one, list })
      }
    }
  }

  txn(request: etcd.TxnRequest, response: etcd.TxnResponse | null): void {
    const compared = comparedRegister(request)
    if (response === null) {
      // Nobody knows which way it went: whatever it may have written may be there.
      this.#branch(request.success, null, { compared })
      this.#branch(request.failure, null, { compared: null })
      return
    }
    if (response.succeeded) this.#branch(request.success, response, { compared })
    else {
      this.#denied(request, compared)
      this.#branch(request.failure, response, { compared: null })
    }
  }

  #branch(
    operations: readonly etcd.RequestOp[],
    response: etcd.TxnResponse | null,
    { compared }: { readonly compared: Compared | null },
  ): void {
    operations.forEach(({ request }, at) => {
      const answer = response?.responses[at]?.response ?? null
      if (request === null) return
      const isCompared =
        request.kind === 'requestPut' && bytesText(request.value.key) === compared?.key
      if (isCompared && compared !== null) {
        const to = bytesText((request.value as etcd.PutRequest).value)
        this.#looked.registers.push({ kind: 'cas', ...compared, to, applied: true })
      } else this.#operation(request, answer)
    })
  }

  #operation(request: etcd.RequestOpRequest, answer: Response): void {
    switch (request.kind) {
      case 'requestPut':
        this.put(request.value)
        break
      case 'requestDeleteRange':
        this.deleteRange(
          request.value,
          answer?.kind === 'responseDeleteRange' ? answer.value : null,
        )
        break
      case 'requestRange':
        if (answer?.kind === 'responseRange') this.range(request.value, answer.value)
        break
      case 'requestTxn':
        this.txn(request.value, answer?.kind === 'responseTxn' ? answer.value : null)
        break
    }
  }

  /** A comparison that found something else is worth knowing, too. */
  #denied({ success }: etcd.TxnRequest, compared: Compared | null): void {
    for (const { request } of success) {
      if (request?.kind !== 'requestPut' || compared === null) continue
      if (bytesText(request.value.key) !== compared.key) continue
      const to = bytesText(request.value.value)
      this.#looked.registers.push({ kind: 'cas', ...compared, to, applied: false })
    }
  }

  #step(step: ListStep): void {
    this.#looked.steps.push(step)
  }

  #within(from: string, end: string): string[] {
    const isOpen = end === '\0'
    return this.#registers.filter((key) => key >= from && (isOpen || key < end))
  }
}

interface Compared {
  readonly key: string
  readonly from: Scalar
}

/**
 * The register that a transaction compares with a value, or with nothing, if that is all it
 * compares. A register has no revisions: whoever compares those is judged by what it wrote.
 */
function comparedRegister({
  compare,
}: {
  readonly compare: readonly etcd.Compare[]
}): Compared | null {
  const [only] = compare
  if (only === undefined || compare.length > 1) return null
  const key = bytesText(only.key)
  const isEqual = only.result === etcd.CompareCompareResult.EQUAL
  if (!isRegister(key) || !isEqual || only.rangeEnd.length > 0) return null
  const target = only.targetUnion
  if (target?.kind === 'value') return { key, from: bytesText(target.value) }
  return target?.kind === 'createRevision' && target.value === 0 ? { key, from: null } : null
}

/** Of everything there is, now. */
function isPlain(request: etcd.RangeRequest): boolean {
  const { limit, revision, keysOnly, countOnly } = request
  const bounds = request.minModRevision + request.maxModRevision
  const born = request.minCreateRevision + request.maxCreateRevision
  return limit + revision + bounds + born === 0 && !keysOnly && !countOnly
}

function elementsOf(value: Uint8Array): readonly number[] {
  const list = listOf(value)
  if (list !== null) return list
  throw new HistoryError('BAD_REQUEST', 'a list key held a value that is no list')
}
