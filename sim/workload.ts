/**
 * Clients: each does one operation after another, wherever it believes the leader is, and writes
 * down what it saw and when. What it asked and never heard of stays open: it may have happened.
 */

import type { Chance } from '../src/base/index.ts'
import type { Outcome, ReadOutcome } from '../src/group/index.ts'
import type { GroupId, LogIndex, NodeId } from '../src/raft/index.ts'
import type { Node } from '../src/server/index.ts'
import {
  type Command,
  decodeList,
  type Expectation,
  encodeCommand,
  type ListOperation,
  type Result,
  type Stored,
} from '../src/state/index.ts'
import type { SimulationConfig } from './config.ts'
import type { World } from './world/index.ts'

/** Keys of a run: `r0`, `r1`, … hold registers, `l0-0`, `l1-0`, … hold lists. */
export type Request =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'read'; readonly key: string }

export interface Operation {
  readonly group: GroupId
  /** A process does one thing at a time; after an unknown outcome the client goes on as another. */
  readonly process: number
  readonly request: Request
  readonly node: NodeId
  readonly startUs: number
  /** Infinity while it is open. */
  endUs: number
  outcome: 'ok' | 'fail' | 'info'
  index: LogIndex
  result: Result | null
  /** A read's answer: what was stored, and the store's revision then. */
  stored: Stored | null
  revision: number
}

export interface WorkloadParts {
  readonly world: World
  readonly chance: Chance
  readonly config: SimulationConfig
  readonly groups: readonly GroupId[]
  /** The node as its clients reach it; null when nothing listens there. */
  readonly reach: (id: NodeId) => Node | null
  readonly nodeIds: () => readonly NodeId[]
  /** Milliseconds one way between a client and a node. */
  readonly delayMs: () => number
  /** An answer is lost on its way with this probability. */
  readonly lossProbability: number
}

const REQUESTS_PER_ERA = 300

/** Several times faster than a `TextEncoder` for what is this short. */
function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

const decoder = new TextDecoder()

export class Workload {
  readonly operations: Operation[] = []
  #processes = 0
  #requests = 0
  #running = true

  constructor(parts: WorkloadParts) {
    for (let i = 0; i < parts.config.clients; i++) {
      const client = new Client(this, parts, { number: i + 1 })
      client.think()
    }
  }

  get running(): boolean {
    return this.#running
  }

  /** No new operations; those under way may still end. */
  stop(): void {
    this.#running = false
  }

  nextProcess(): number {
    this.#processes += 1
    return this.#processes
  }

  get requests(): number {
    return this.#requests
  }

  nextRequest(): number {
    this.#requests += 1
    return this.#requests
  }
}

class Client {
  readonly #workload: Workload
  readonly #parts: WorkloadParts
  readonly #chance: Chance
  readonly #number: number
  #process: number
  #target = 0 as NodeId
  #seen = new Map<string, Stored | null>()

  constructor(workload: Workload, parts: WorkloadParts, { number }: { number: number }) {
    this.#workload = workload
    this.#parts = parts
    this.#chance = parts.chance.fork(`client-${number}`)
    this.#number = number
    this.#process = workload.nextProcess()
  }

  think(): void {
    const { world, config } = this.#parts
    const pauseMs = this.#chance.below(2 * config.thinkMs * 1000) / 1000
    world.schedule(pauseMs * 1000, null, () => {
      if (this.#workload.running) this.#begin()
    })
  }

  #begin(): void {
    const { world, groups, nodeIds, config } = this.#parts
    const ids = nodeIds()
    if (this.#target === 0 || this.#chance.happens(0.05)) {
      this.#target = ids[this.#chance.below(ids.length)] as NodeId
    }
    const request = this.#draw()
    // Reads are served by any node: ask anywhere from time to time.
    const anywhere = request.kind === 'read' && this.#chance.happens(0.5)
    const node = anywhere ? (ids[this.#chance.below(ids.length)] as NodeId) : this.#target
    const operation: Operation = {
      group: groups[this.#chance.below(groups.length)] as GroupId,
      process: this.#process,
      request,
      node,
      startUs: world.nowUs,
      endUs: Number.POSITIVE_INFINITY,
      outcome: 'info',
      index: 0,
      result: null,
      stored: null,
      revision: 0,
    }
    this.#workload.operations.push(operation)
    const call = new Call(this.#parts, this.#chance, operation, () => {
      world.cancel(timeout)
      this.#ended(operation)
    })
    world.schedule(this.#parts.delayMs() * 1000, null, () => call.arrive())
    const timeout = world.schedule(config.timeoutMs * 1000, null, () => call.timeOut())
  }

  #ended(operation: Operation): void {
    if (operation.outcome === 'info') this.#process = this.#workload.nextProcess()
    if (operation.outcome === 'ok') this.#learn(operation)
    else this.#target = 0
    this.think()
  }

  #learn(operation: Operation): void {
    if (operation.request.kind === 'read') {
      this.#seen.set(operation.request.key, operation.stored)
    }
  }

  #draw(): Request {
    const { config } = this.#parts
    const list = this.#chance.happens(0.3)
    const key = list ? this.#listKey() : `r${this.#chance.below(config.registers)}`
    if (this.#chance.happens(0.4)) return { kind: 'read', key }
    const ids = { clientId: this.#number, requestId: this.#workload.nextRequest() }
    return { kind: 'command', command: list ? this.#drawList(key, ids) : this.#drawWrite(key, ids) }
  }

  /** Lists only grow, so from time to time all go on to new ones. */
  #listKey(): string {
    const era = Math.floor(this.#workload.requests / REQUESTS_PER_ERA)
    return `l${this.#chance.below(this.#parts.config.lists)}-${era}`
  }

  #drawWrite(text: string, ids: { clientId: number; requestId: number }): Command {
    const key = asciiBytes(text)
    const value = asciiBytes(`${ids.clientId}.${ids.requestId}`)
    const draw = this.#chance.below(10)
    if (draw < 5) return { kind: 'put', ...ids, key, value }
    if (draw < 6) return { kind: 'delete', ...ids, key }
    const seen = this.#seen.get(text) ?? null
    return { kind: 'compareAndPut', ...ids, key, value, expected: expectation(seen, draw) }
  }

  #drawList(text: string, ids: { clientId: number; requestId: number }): Command {
    const key = asciiBytes(text)
    if (this.#chance.happens(0.5)) {
      return { kind: 'append', ...ids, key, element: ids.requestId }
    }
    const operations: ListOperation[] = []
    const count = 1 + this.#chance.below(3)
    for (let i = 0; i < count; i++) {
      const other = asciiBytes(this.#listKey())
      if (this.#chance.happens(0.5)) operations.push({ kind: 'read', key: other })
      else {
        operations.push({ kind: 'append', key: other, element: ids.requestId * 8 + i + 1_000_000 })
      }
    }
    return { kind: 'transaction', ...ids, operations }
  }
}

function expectation(seen: Stored | null, draw: number): Expectation {
  if (seen === null) return { kind: 'absent' }
  if (draw < 8) return { kind: 'value', value: seen.value }
  return { kind: 'revision', revision: seen.modRevision }
}

/** One request on its way to a node and back. It ends once. */
class Call {
  readonly #parts: WorkloadParts
  readonly #chance: Chance
  readonly #operation: Operation
  readonly #done: () => void
  #ended = false

  constructor(parts: WorkloadParts, chance: Chance, operation: Operation, done: () => void) {
    this.#parts = parts
    this.#chance = chance
    this.#operation = operation
    this.#done = done
  }

  arrive(): void {
    if (this.#ended) return
    const { request, group } = this.#operation
    const node = this.#parts.reach(this.#operation.node)
    if (node === null) {
      // Nothing listens there: the request certainly did not arrive.
      this.#end('fail')
      return
    }
    if (request.kind === 'read') {
      node.group(group).read({ settleRead: (outcome) => this.#read(request.key, outcome) })
    } else {
      node.group(group).propose(encodeCommand(request.command), {
        settle: (outcome) => this.#settled(outcome),
      })
    }
  }

  timeOut(): void {
    // A read that was not answered has no effect; a command may still have one.
    this.#end(this.#operation.request.kind === 'read' ? 'fail' : 'info')
  }

  /** Runs inside the node: what it answers must be read now and travels back then. */
  #read(key: string, outcome: ReadOutcome): void {
    if (outcome.kind === 'refused') {
      this.#answer(() => this.#end('fail'))
      return
    }
    const stored = outcome.store.get(asciiBytes(key))
    const { revision } = outcome.store
    this.#answer(() => {
      this.#operation.stored = stored
      this.#operation.revision = revision
      this.#end('ok')
    })
  }

  #settled(outcome: Outcome): void {
    this.#answer(() => {
      if (outcome.kind !== 'applied') {
        this.#end(outcome.kind === 'refused' ? 'fail' : 'info')
        return
      }
      this.#operation.index = outcome.index
      this.#operation.result = outcome.result
      this.#operation.revision = outcome.result.revision
      this.#end('ok')
    })
  }

  #answer(deliver: () => void): void {
    if (this.#chance.happens(this.#parts.lossProbability)) return
    this.#parts.world.schedule(this.#parts.delayMs() * 1000, null, () => {
      if (!this.#ended) deliver()
    })
  }

  #end(outcome: 'ok' | 'fail' | 'info'): void {
    if (this.#ended) return
    this.#ended = true
    this.#operation.outcome = outcome
    if (outcome !== 'info') this.#operation.endUs = this.#parts.world.nowUs
    this.#done()
  }
}

export function valueText(stored: Stored | null): string | null {
  return stored === null ? null : decoder.decode(stored.value)
}

export function listOf(stored: Stored | null): readonly number[] {
  return stored === null ? [] : (decodeList(stored.value) ?? [])
}
