/**
 * Makes up runs: concurrent clients against one real object. Who asks what and when is a `Plan`;
 * the order in which the operations take effect decides every answer. An honest order lies inside
 * the operations' intervals; a broken one is made by editing it (anomalies.ts).
 */

import { type Chance, KvError } from '../../../src/base/index.ts'
import {
  type Command,
  encodeBatch,
  encodeCommand,
  type ListOperation,
  type Result,
  STATE_LIMITS,
  Store,
} from '../../../src/state/index.ts'
import type { Outcome } from '../history.ts'
import type { RecordedOperation, RecordedRequest } from '../recorded.ts'
import type { CommittedEntry } from '../revision-order.ts'

export interface PlannedOperation {
  readonly process: number
  readonly request: RecordedRequest
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

interface Client {
  process: number
  freeAt: number
  /** What it saw last, by key: the stuff of its comparisons. */
  readonly seen: Map<string, Uint8Array | null>
}

interface Pending {
  readonly place: number
  readonly effectAt: number
  readonly client: Client
}

/** Plans a run and decides on the way in which order everything takes effect. */
export function makePlan(chance: Chance, options: PlanOptions): Plan {
  const store = new Store()
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
      learn(next, { store, operations })
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
  const { startUs, endUs, outcome, request } = operation
  if (outcome === 'fail') return null
  if (outcome === 'ok') return startUs + chance.below(endUs - startUs + 1)
  if (request.kind === 'read' || chance.happens(0.5)) return null
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
  const request = options.lists
    ? listRequest(chance, client, { place, options })
    : registerRequest(chance, client, { place, options })
  const end = unknown ? Number.POSITIVE_INFINITY : endUs
  return { process: client.process, request, startUs, endUs: end, outcome }
}

const encoder = new TextEncoder()

function registerRequest(
  chance: Chance,
  client: Client,
  { place, options }: { place: number; options: PlanOptions },
): RecordedRequest {
  const name = `k${chance.below(options.keys)}`
  if (chance.happens(0.45)) return { kind: 'read', key: name }
  const ids = { clientId: client.process + 1, requestId: place + 1 }
  const key = encoder.encode(name)
  const value = encoder.encode(`v${place + 1}`)
  const draw = chance.below(10)
  if (draw < 5) return { kind: 'command', command: { kind: 'put', ...ids, key, value } }
  if (draw < 6) return { kind: 'command', command: { kind: 'delete', ...ids, key } }
  const seen = client.seen.get(name) ?? null
  const expected =
    seen === null ? { kind: 'absent' as const } : { kind: 'value' as const, value: seen }
  const command: Command = { kind: 'compareAndPut', ...ids, key, expected, value }
  return { kind: 'command', command }
}

function listRequest(
  chance: Chance,
  client: Client,
  { place, options }: { place: number; options: PlanOptions },
): RecordedRequest {
  const name = () => `l${chance.below(options.keys)}`
  if (chance.happens(0.2)) return { kind: 'read', key: name() }
  const ids = { clientId: client.process + 1, requestId: place + 1 }
  if (chance.happens(0.25)) {
    const key = encoder.encode(name())
    return { kind: 'command', command: { kind: 'append', ...ids, key, element: 10 * place } }
  }
  const operations: ListOperation[] = []
  const count = 1 + chance.below(4)
  for (let i = 0; i < count; i++) {
    const key = encoder.encode(name())
    if (chance.happens(0.5)) operations.push({ kind: 'read', key })
    else operations.push({ kind: 'append', key, element: 10 * place + i })
  }
  return { kind: 'command', command: { kind: 'transaction', ...ids, operations } }
}

/** Lets the object run along, so that clients compare with what they really saw. */
function learn(
  { place, client }: Pending,
  { store, operations }: { store: Store; operations: readonly PlannedOperation[] },
): void {
  const { request, outcome } = operations[place] as PlannedOperation
  if (request.kind === 'read') {
    client.seen.set(request.key, store.get(encoder.encode(request.key))?.value ?? null)
    return
  }
  const data = encodeBatch([encodeCommand(request.command)])
  store.apply({ index: store.appliedIndex + 1, data })
  if (outcome !== 'ok' || request.command.kind !== 'put') return
  const { key, value } = request.command
  client.seen.set(new TextDecoder().decode(key), value)
}

/** Carries the plan out: the order decides every answer and the log. */
export function execute({ operations, order }: Plan): Run {
  const store = new Store(STATE_LIMITS)
  const answers = new Map<
    number,
    Pick<RecordedOperation, 'result' | 'index' | 'stored' | 'revision'>
  >()
  const entries: { index: number; commands: Uint8Array[] }[] = []
  for (const place of order) {
    const { request } = operations[place] as PlannedOperation
    if (request.kind === 'read') {
      const stored = store.get(encoder.encode(request.key))
      answers.set(place, { result: null, index: 0, stored, revision: store.revision })
      continue
    }
    const bytes = encodeCommand(request.command)
    const data = encodeBatch([bytes])
    const [result] = store.apply({ index: store.appliedIndex + 1, data }) as [Result]
    const last = entries.at(-1)
    // Neighbours share an entry now and then, like commands that arrived in one turn.
    if (last !== undefined && last.commands.length < 1 + (place % 3)) last.commands.push(bytes)
    else entries.push({ index: 2 + 2 * entries.length, commands: [bytes] })
    const index = entries.at(-1)?.index ?? 0
    // A command that is applied twice was answered the first time.
    if (answers.has(place)) continue
    answers.set(place, { result, index, stored: null, revision: result.revision })
  }
  const recorded = operations.map((operation, place): RecordedOperation => {
    const answer = operation.outcome === 'ok' ? answers.get(place) : undefined
    return { ...operation, ...(answer ?? NO_ANSWER) }
  })
  const committed = entries.map(({ index, commands }) => ({ index, data: encodeBatch(commands) }))
  return { operations: recorded, committed }
}

const NO_ANSWER = { result: null, index: 0, stored: null, revision: 0 }

/** An acknowledged command that is missing from the order gets the answer it would have had. */
export function answerAnyway(run: Run, honest: Run): Run {
  const operations = run.operations.map((operation, place) => {
    const answered = operation.result !== null || operation.request.kind === 'read'
    if (operation.outcome !== 'ok' || answered) return operation
    const before = honest.operations[place]
    if (before === undefined) throw new KvError('BAD_REQUEST', 'the runs have different plans')
    const { result, index, revision } = before
    return { ...operation, result, index, revision }
  })
  return { operations, committed: run.committed }
}
