/**
 * Clients: each does one operation after another, at whatever node, and writes down what it saw and
 * when. What it asked and never heard of stays open: it may have happened. What takes effect once,
 * within a session or by its name, is asked again until it is heard of.
 */

import { type Chance, ERRORS } from '../src/base/index.ts'
import type { GroupId, NodeId } from '../src/raft/index.ts'
import type { NodeService, ReadOutcome, ReadWaiter, WriteOutcome } from '../src/server/index.ts'
import type { CommandResult } from '../src/state/index.ts'
import { type Ask, copyOf, keepAliveAsk, type RecordedOperation, tagged } from './check/index.ts'
import type { SimulationConfig } from './config.ts'
import { Knowledge } from './knowledge.ts'
import { WatchClient } from './watch-client.ts'
import { drawAsk, staleAsk } from './wishes.ts'
import type { Life, World } from './world/index.ts'

export interface Operation extends RecordedOperation {
  readonly group: GroupId
  /** A process does one thing at a time; after an unknown outcome the client goes on as another. */
  readonly process: number
  /** Infinity while it is open. */
  endUs: number
  outcome: CallEnd['kind']
  answer: CommandResult | null
  /** Asked last. */
  node: NodeId
  tries: number
}

/** A node as its clients reach it, in the life that answers them. */
export interface Reached {
  readonly service: NodeService
  readonly life: Life
}

export interface WorkloadParts {
  readonly world: World
  readonly chance: Chance
  readonly config: SimulationConfig
  readonly groups: readonly GroupId[]
  /** Null when nothing listens there. */
  readonly reach: (id: NodeId) => Reached | null
  readonly nodeIds: () => readonly NodeId[]
  /** Milliseconds one way between a client and a node. */
  readonly delayMs: () => number
  /** An answer is lost on its way with this probability. */
  readonly lossProbability: number
}

/** So often what takes effect once is asked for before it is given up. */
const TRIES_MAX = 6
/** A lease that was forgotten is renewed so shortly before its client thinks that it ends. */
const LATE_US = 40_000
/** About as long as a read of a disk that is slow. */
const STALE_THINK_MS = 5
/** A client that roams asks at another node so often; every node serves everything. */
const ROAM_SHARE = 0.3
/** The first group is that of the cluster itself, which has little to do. */
const FIRST_GROUP_SHARE = 0.1

export class Workload {
  readonly operations: Operation[] = []
  readonly watchers: WatchClient[] = []
  #processes = 0
  #tags = 0
  #running = true

  constructor(parts: WorkloadParts) {
    for (let i = 0; i < parts.config.clients; i++) {
      const client = new Client(this, parts, { number: i + 1 })
      client.think()
    }
    const ids = parts.nodeIds()
    for (let i = 0; i < parts.config.staleReaders; i++) {
      const stayAt = ids[i % ids.length] as NodeId
      new Client(this, parts, { number: parts.config.clients + i + 1, stayAt }).think()
    }
    for (let i = 0; i < parts.config.watchers; i++) {
      this.watchers.push(new WatchClient(parts, { number: i + 1 }))
    }
  }

  get running(): boolean {
    return this.#running
  }

  /** No new operations; those under way may still end, and watches go on. */
  stop(): void {
    this.#running = false
  }

  nextProcess(): number {
    this.#processes += 1
    return this.#processes
  }

  get requests(): number {
    return this.#tags
  }

  nextTag(): number {
    this.#tags += 1
    return this.#tags
  }
}

class Client {
  readonly #workload: Workload
  readonly #parts: WorkloadParts
  readonly #chance: Chance
  readonly #knowledge: Map<GroupId, Knowledge>
  readonly #readsOnly: boolean
  /**
   * Asks one node for what that has, again and again: there is a read under way whatever becomes of
   * the node.
   */
  readonly #readsStale: boolean
  /** The others stay where they are until that node fails them, as most real ones do. */
  readonly #roams: boolean
  #process: number
  #target = 0 as NodeId

  constructor(
    workload: Workload,
    parts: WorkloadParts,
    { number, stayAt = null }: { number: number; stayAt?: NodeId | null },
  ) {
    this.#workload = workload
    this.#parts = parts
    this.#chance = parts.chance.fork(`client-${number}`)
    const isReader = number > 1 && this.#chance.happens(parts.config.readerShare)
    this.#readsOnly = stayAt !== null || isReader
    this.#readsStale = stayAt !== null
    this.#target = stayAt ?? 0
    this.#roams = !this.#readsStale && this.#chance.happens(0.5)
    const withSession = !this.#readsOnly && this.#chance.happens(parts.config.sessionShare)
    this.#knowledge = new Map(
      parts.groups.map((group) => [group, new Knowledge(number, { withSession })]),
    )
    this.#process = workload.nextProcess()
  }

  think(): void {
    const { world, config } = this.#parts
    const thinkMs = this.#readsStale ? STALE_THINK_MS : config.thinkMs
    const pauseMs = this.#chance.below(2 * thinkMs * 1000) / 1000
    world.schedule(pauseMs * 1000, null, () => {
      if (this.#workload.running) this.#begin()
    })
  }

  #begin(): void {
    const { config } = this.#parts
    const group = this.#drawGroup()
    const knowledge = this.#knowledge.get(group) as Knowledge
    const tag = this.#workload.nextTag()
    const { requests } = this.#workload
    const parts = { config, knowledge, tag, requests, readsOnly: this.#readsOnly }
    const ask = this.#readsStale ? staleAsk() : drawAsk(this.#chance, parts)
    const numbered = knowledge.numbered(tagged(ask, tag))
    const operation = this.#record(group, { ask: numbered, tag, process: this.#process })
    this.#try(operation, knowledge)
    this.#renewLate(group, knowledge)
  }

  #record(
    group: GroupId,
    { ask, tag, process }: { readonly ask: Ask; readonly tag: number; readonly process: number },
  ): Operation {
    const operation: Operation = {
      group,
      process,
      tag,
      ask,
      node: 0,
      tries: 0,
      startUs: this.#parts.world.nowUs,
      endUs: Number.POSITIVE_INFINITY,
      outcome: 'info',
      answer: null,
    }
    this.#workload.operations.push(operation)
    return operation
  }

  /** A lease that was left to its end is wanted after all, right when it is due. */
  #renewLate(group: GroupId, knowledge: Knowledge): void {
    const lease = knowledge.forgotten
    if (lease === null) return
    knowledge.forgotten = null
    const { world } = this.#parts
    const jitterUs = this.#chance.below(LATE_US) - LATE_US
    const dueUs = lease.renewedUs + lease.ttlMs * 1000 + jitterUs
    world.schedule(Math.max(0, dueUs - world.nowUs), null, () => {
      if (!this.#workload.running) return
      const tag = this.#workload.nextTag()
      const process = this.#workload.nextProcess()
      const ask = tagged(keepAliveAsk(lease.id), tag)
      const operation = this.#record(group, { ask, tag, process })
      this.#call(operation, (end) => this.#end(operation, end))
    })
  }

  #drawGroup(): GroupId {
    const { groups } = this.#parts
    const [first, ...others] = groups
    const few = others.length === 0 || this.#chance.happens(FIRST_GROUP_SHARE)
    return (few ? first : others[this.#chance.below(others.length)]) as GroupId
  }

  #try(operation: Operation, knowledge: Knowledge): void {
    const ids = this.#parts.nodeIds()
    const moves = !this.#readsStale && this.#chance.happens(0.05)
    if (this.#target === 0 || moves) {
      this.#target = ids[this.#chance.below(ids.length)] as NodeId
    }
    this.#call(operation, (end) => this.#tried(operation, knowledge, end))
  }

  #call(operation: Operation, done: (end: CallEnd) => void): void {
    const { world, nodeIds, config, delayMs } = this.#parts
    const ids = nodeIds()
    const roams = this.#roams && this.#chance.happens(ROAM_SHARE)
    const anywhere = this.#target === 0 || roams
    operation.node = anywhere ? (ids[this.#chance.below(ids.length)] as NodeId) : this.#target
    operation.tries += 1
    const call = new Call(this.#parts, this.#chance, operation, (end) => {
      world.cancel(timeout)
      done(end)
    })
    world.schedule(delayMs() * 1000, null, () => call.arrive())
    const timeout = world.schedule(config.timeoutMs * 1000, null, () => call.timeOut())
  }

  #tried(operation: Operation, knowledge: Knowledge, end: CallEnd): void {
    const { ask } = operation
    const isOnce = ask.kind === 'write' && (ask.session !== 0 || ask.isNamed === true)
    const isLast = !isOnce || operation.tries >= TRIES_MAX || !this.#workload.running
    if (end.kind !== 'ok' && !this.#readsStale) this.#target = 0
    if (end.kind !== 'ok' && !isLast) {
      const pauseMs = 1 + this.#chance.below(2 * this.#parts.config.thinkMs)
      this.#parts.world.schedule(pauseMs * 1000, null, () => this.#try(operation, knowledge))
      return
    }
    this.#end(operation, end)
    if (operation.outcome === 'info') this.#process = this.#workload.nextProcess()
    if (operation.answer !== null)
      knowledge.learn(operation.ask, operation.answer, this.#parts.world.nowUs)
    this.think()
  }

  #end(operation: Operation, end: CallEnd): void {
    operation.outcome = outcomeOf(operation, end)
    if (end.kind === 'ok') operation.answer = end.answer
    if (operation.outcome !== 'info') operation.endUs = this.#parts.world.nowUs
  }
}

/**
 * What was asked more than once may have happened, or yet happen, although the last word was no.
 */
export function outcomeOf(
  { ask, tries }: { readonly ask: Ask; readonly tries: number },
  end: CallEnd,
): CallEnd['kind'] {
  if (tries === 1) return end.kind
  if (end.kind !== 'ok') return 'info'
  if (end.answer.kind === 'done') return 'ok'
  const { code } = end.answer
  // The session has forgotten: nobody knows about the tries before.
  if (code === 'SESSION_EXPIRED') return 'info'
  // A name does not remember what is refused for now: a try before, late, is carried out.
  const isNamed = ask.kind === 'write' && ask.isNamed === true
  return isNamed && ERRORS[code].retry === 'later' ? 'info' : 'ok'
}

export type CallEnd =
  | { readonly kind: 'ok'; readonly answer: CommandResult }
  | { readonly kind: 'fail' }
  | { readonly kind: 'info' }

const FAIL: CallEnd = { kind: 'fail' }
const INFO: CallEnd = { kind: 'info' }

/** One request on its way to a node and back. It ends once. */
class Call {
  readonly #parts: WorkloadParts
  readonly #chance: Chance
  readonly #ask: Ask
  readonly #group: GroupId
  readonly #node: NodeId
  readonly #done: (end: CallEnd) => void
  #ended = false

  constructor(
    parts: WorkloadParts,
    chance: Chance,
    { ask, group, node }: Operation,
    done: (end: CallEnd) => void,
  ) {
    this.#parts = parts
    this.#chance = chance
    this.#ask = ask
    this.#group = group
    this.#node = node
    this.#done = done
  }

  arrive(): void {
    if (this.#ended) return
    const reached = this.#parts.reach(this.#node)
    if (reached === null) {
      // Nothing listens there: the request certainly did not arrive.
      this.#end(FAIL)
      return
    }
    const { service, life } = reached
    askNode(
      service,
      { group: this.#group, ask: this.#ask },
      {
        settle: (end) => this.#answer(end),
        // A client reads on when what it was sent has arrived.
        goOn: (next) => {
          this.#parts.world.schedule(this.#parts.delayMs() * 1000, life, next)
        },
        isGone: () => this.#ended,
      },
    )
  }

  timeOut(): void {
    // A read that was not answered has no effect; a command may still have one.
    this.#end(this.#ask.kind === 'read' ? FAIL : INFO)
  }

  #answer(end: CallEnd): void {
    if (this.#chance.happens(this.#parts.lossProbability)) return
    this.#parts.world.schedule(this.#parts.delayMs() * 1000, null, () => this.#end(end))
  }

  #end(end: CallEnd): void {
    if (this.#ended) return
    this.#ended = true
    this.#done(end)
  }
}

/** Who waits for what a node says; called inside the node, with what is the caller's to keep. */
export interface Asker {
  settle(end: CallEnd, outcome: WriteOutcome | ReadOutcome): void
  /** There is more of the answer. */
  goOn(next: () => void): void
  isGone(): boolean
}

/** Asks a node, as a door would. */
export function askNode(
  service: NodeService,
  { group, ask }: { readonly group: GroupId; readonly ask: Ask },
  asker: Asker,
): void {
  if (ask.kind === 'read') {
    const { read, body, serializable, pieceBytes } = ask
    const request = { kind: read, body, serializable, pieceBytes }
    service.read(group, request, new PieceReader(asker))
    return
  }
  const { command, body, session, sequence } = ask
  service.write(
    group,
    { kind: command, body, session, sequence },
    {
      settleWrite: (outcome) => {
        if (outcome.kind === 'applied') {
          asker.settle({ kind: 'ok', answer: copyOf(outcome.result) }, outcome)
        } else asker.settle(outcome.kind === 'refused' ? FAIL : INFO, outcome)
      },
    },
  )
}

/** Puts an answer together: the pieces of a message, one behind the other, are that message. */
class PieceReader implements ReadWaiter {
  readonly #asker: Asker
  readonly #pieces: Uint8Array[] = []

  constructor(asker: Asker) {
    this.#asker = asker
  }

  get isGone(): boolean {
    return this.#asker.isGone()
  }

  settleRead(outcome: ReadOutcome): void {
    if (outcome.kind === 'piece') {
      this.#pieces.push(outcome.body.slice())
      this.#asker.goOn(outcome.next)
    } else if (outcome.kind === 'done') {
      const { kind, revision, body } = outcome.result
      const whole = concat([...this.#pieces, body])
      this.#asker.settle({ kind: 'ok', answer: { kind, revision, body: whole } }, outcome)
    } else this.#asker.settle(FAIL, outcome)
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
