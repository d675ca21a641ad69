/**
 * Makes up runs: concurrent clients against one real object. Who asks what and when is a `Plan`;
 * the order in which the operations take effect decides every answer. An honest order lies inside
 * the operations' intervals; a broken one is made by editing it (anomalies.ts).
 */

import { type Chance, KvError } from '../../../src/base/index.ts'
import {
  COMMAND,
  type CommandResult,
  packBatch,
  packCommand,
  READ,
  STATE_LIMITS,
} from '../../../src/state/index.ts'
import { etcd } from '../../../src/wire/index.ts'
import type { Outcome } from '../history.ts'
import { Model } from '../model.ts'
import type { RecordedOperation } from '../recorded.ts'
import {
  type Ask,
  asciiBytes,
  bytesText,
  compareOf,
  deleteAsk,
  type KnownList,
  type ListWish,
  listAsk,
  listOf,
  putAsk,
  putOp,
  rangeAsk,
  rangeOp,
  readTxnAsk,
  tagged,
  txnAsk,
  type WriteAsk,
} from '../requests.ts'
import type { CommittedEntry } from '../revision-order.ts'

export interface PlannedOperation {
  readonly process: number
  readonly tag: number
  readonly ask: Ask
  readonly startUs: number
  readonly endUs: number
  readonly outcome: Outcome
}

export interface Plan {
  readonly operations: readonly PlannedOperation[]
  /** Places in `operations` in the order of their effects. */
  readonly order: readonly number[]
}

export interface Run {
  readonly operations: RecordedOperation[]
  readonly committed: CommittedEntry[]
}

export interface PlanOptions {
  readonly clients: number
  readonly operations: number
  readonly keys: number
  readonly unknownShare: number
  /** Lists and transactions on them instead of registers. */
  readonly lists?: boolean
}

const THINK_US = 40
const WORK_US = 60
/** Time does not matter to what is planned here. */
const CLOCK_MS = 1

interface Client {
  process: number
  freeAt: number
  /** What it saw last, by key: the stuff of its comparisons. */
  readonly seen: Map<string, SeenPair | null>
}

interface SeenPair {
  readonly value: Uint8Array
  readonly revision: number
}

interface Pending {
  readonly place: number
  readonly effectAt: number
  readonly client: Client
}

/** Plans a run and decides on the way in which order everything takes effect. */
export function makePlan(chance: Chance, options: PlanOptions): Plan {
  const model = new Model(STATE_LIMITS)
  const operations: PlannedOperation[] = []
  const order: number[] = []
  const pending: Pending[] = []
  const clients = Array.from({ length: options.clients }, (_, i): Client => {
    return { process: i, freeAt: chance.below(THINK_US), seen: new Map() }
  })
  let processes = options.clients
  while (operations.length < options.operations || pending.length > 0) {
    const client = clients.reduce((left, right) => (left.freeAt <= right.freeAt ? left : right))
    const next = pending[0]
    const done = operations.length >= options.operations
    if (next !== undefined && (done || next.effectAt <= client.freeAt)) {
      pending.shift()
      order.push(next.place)
      learn(next, { model, operations })
      continue
    }
    const place = operations.length
    const operation = planOne(chance, client, { place, options })
    operations.push(operation)
    const effectAt = effectTime(chance, operation)
    if (effectAt !== null) insert(pending, { place, effectAt, client })
    if (operation.outcome === 'info') {
      client.process = processes
      processes += 1
    }
    const busyUntil =
      operation.outcome === 'info' ? operation.startUs + 5 * WORK_US : operation.endUs
    client.freeAt = busyUntil + 1 + chance.below(THINK_US)
  }
  return { operations, order }
}

function insert(pending: Pending[], item: Pending): void {
  let place = pending.length
  while (place > 0 && (pending[place - 1] as Pending).effectAt > item.effectAt) place -= 1
  pending.splice(place, 0, item)
}

/** Somewhere inside the interval; for an unknown outcome much later, or never. */
function effectTime(chance: Chance, operation: PlannedOperation): number | null {
  const { startUs, endUs, outcome, ask } = operation
  if (outcome === 'fail') return null
  if (outcome === 'ok') return startUs + chance.below(endUs - startUs + 1)
  if (ask.kind === 'read' || chance.happens(0.5)) return null
  return startUs + chance.below(chance.happens(0.3) ? 60 * WORK_US : 3 * WORK_US)
}

function planOne(
  chance: Chance,
  client: Client,
  { place, options }: { place: number; options: PlanOptions },
): PlannedOperation {
  const startUs = client.freeAt
  const endUs = startUs + 1 + chance.below(WORK_US)
  const unknown = chance.happens(options.unknownShare)
  const outcome = unknown ? 'info' : chance.happens(0.03) ? 'fail' : 'ok'
  const plain = options.lists
    ? listRequest(chance, client, { place, options })
    : registerRequest(chance, client, { place, options })
  const tag = place + 1
  const end = unknown ? Number.POSITIVE_INFINITY : endUs
  return { process: client.process, tag, ask: tagged(plain, tag), startUs, endUs: end, outcome }
}

function registerRequest(
  chance: Chance,
  client: Client,
  { place, options }: { place: number; options: PlanOptions },
): Ask {
  const key = `k${chance.below(options.keys)}`
  if (chance.happens(0.45)) return rangeAsk(key)
  const value = asciiBytes(`v${place + 1}`)
  const draw = chance.below(10)
  if (draw < 5) return putAsk(key, value)
  if (draw < 6) return deleteAsk(key)
  const seen = client.seen.get(key) ?? null
  const expected =
    seen === null ? { kind: 'absent' as const } : { kind: 'value' as const, value: seen.value }
  return txnAsk({ compare: [compareOf(key, expected)], success: [putOp(key, value)] })
}

function listRequest(
  chance: Chance,
  client: Client,
  { place, options }: { place: number; options: PlanOptions },
): Ask {
  const name = () => `l${chance.below(options.keys)}`
  if (chance.happens(0.2)) return rangeAsk(name())
  const wishes: ListWish[] = []
  const count = 1 + chance.below(4)
  for (let i = 0; i < count; i++) {
    wishes.push({ kind: chance.happens(0.6) ? 'append' : 'read', key: name() })
  }
  const writes = wishes.some(({ kind }) => kind === 'append')
  if (!writes) return readTxnAsk({ success: wishes.map(({ key }) => rangeOp(key)) })
  return listAsk(place + 1, wishes, (key): KnownList => {
    const seen = client.seen.get(key) ?? null
    if (seen === null) return { elements: [], revision: 0 }
    return { elements: listOf(seen.value) ?? [], revision: seen.revision }
  })
}

/** Lets the object run along, so that clients compare with what they really saw. */
function learn(
  { place, client }: Pending,
  { model, operations }: { model: Model; operations: readonly PlannedOperation[] },
): void {
  const { ask, outcome } = operations[place] as PlannedOperation
  const answer = answerOf(model, ask)
  if (outcome !== 'ok' || answer.kind === 'failed') return
  if (ask.kind === 'write' && ask.command === COMMAND.put) {
    const { key, value } = etcd.PutRequest.decodeBytes(ask.body)
    client.seen.set(bytesText(key), { value, revision: answer.revision })
  } else if (ask.kind === 'read' && ask.read === READ.range) {
    const { key } = etcd.RangeRequest.decodeBytes(ask.body)
    see(client, key, etcd.RangeResponse.decodeBytes(answer.body))
  } else if (ask.kind === 'write' && ask.command === COMMAND.txn) {
    const { success, failure } = etcd.TxnRequest.decodeBytes(ask.body)
    const { succeeded, responses } = etcd.TxnResponse.decodeBytes(answer.body)
    for (const [at, { request }] of (succeeded ? success : failure).entries()) {
      const response = responses[at]?.response
      if (request?.kind !== 'requestRange' || response?.kind !== 'responseRange') continue
      see(client, request.value.key, response.value)
    }
  }
}

function see({ seen }: Client, key: Uint8Array, { kvs }: etcd.RangeResponse): void {
  const [pair] = kvs
  const was = pair === undefined ? null : { value: pair.value, revision: pair.modRevision }
  seen.set(bytesText(key), was)
}

function answerOf(model: Model, ask: Ask): CommandResult {
  return ask.kind === 'read' ? model.read(ask) : model.applyOne(commandOf(ask), CLOCK_MS)
}

function commandOf(ask: WriteAsk): Uint8Array {
  return packCommand(ask.command, ask.body, ask)
}

/** Carries the plan out: the order decides every answer and the log. */
export function execute({ operations, order }: Plan): Run {
  const model = new Model(STATE_LIMITS)
  const answers = new Map<number, CommandResult>()
  const entries: { index: number; commands: Uint8Array[] }[] = []
  for (const place of order) {
    const { ask } = operations[place] as PlannedOperation
    const answer = answerOf(model, ask)
    if (ask.kind === 'write') {
      const last = entries.at(-1)
      // Neighbours share an entry now and then, like commands that arrived in one turn.
      const joins = last !== undefined && last.commands.length < 1 + (place % 3)
      if (joins) last.commands.push(commandOf(ask))
      else entries.push({ index: 2 + 2 * entries.length, commands: [commandOf(ask)] })
    }
    // A command that is applied twice was answered the first time.
    if (!answers.has(place)) answers.set(place, answer)
  }
  const recorded = operations.map((operation, place): RecordedOperation => {
    const answer = operation.outcome === 'ok' ? (answers.get(place) ?? null) : null
    return { ...operation, answer }
  })
  const committed = entries.map(({ index, commands }) => ({
    index,
    data: packBatch(commands, CLOCK_MS),
    appliedUs: 0,
  }))
  return { operations: recorded, committed }
}

/** An acknowledged command that is missing from the order gets the answer it would have had. */
export function answerAnyway(run: Run, honest: Run): Run {
  const operations = run.operations.map((operation, place) => {
    const answered = operation.answer !== null || operation.ask.kind === 'read'
    if (operation.outcome !== 'ok' || answered) return operation
    const before = honest.operations[place]
    if (before === undefined) throw new KvError('BAD_REQUEST', 'the runs have different plans')
    return { ...operation, answer: before.answer }
  })
  return { operations, committed: run.committed }
}
