/** A node that does what a test says: answers, is silent, refuses, or forgets to answer. */

import type { SimulatedSockets, World } from '../../../sim/world/index.ts'
import type { ErrorCode } from '../../base/index.ts'
import type { Clock, Gzip, Sockets } from '../../io/index.ts'
import {
  type Method,
  RpcServer,
  type ServerCall,
  type StatusCode,
  type StreamHandler,
} from '../../rpc/index.ts'
import { etcd, native } from '../../wire/index.ts'
import type { ScriptedStore } from './scripted-store.ts'

export const PORT = 2379

/** What becomes of an operation. */
export type Verdict =
  | { readonly kind: 'answer'; readonly afterMs?: number }
  /** Neither carried out nor answered. */
  | { readonly kind: 'ignore' }
  /** Carried out, and not answered. */
  | { readonly kind: 'lose' }
  | {
      readonly kind: 'refuse'
      readonly code: ErrorCode
      readonly retry: keyof typeof native.FailureRetry
      readonly isCarriedOut?: boolean
    }
  /** The stream ends with it. */
  | { readonly kind: 'end'; readonly status: StatusCode; readonly isCarriedOut?: boolean }

type Refusal = Pick<Extract<Verdict, { readonly kind: 'refuse' }>, 'code' | 'retry'>

export type Script = (operation: native.Operation) => Verdict

const ANSWER: Verdict = { kind: 'answer' }

export interface ScriptedNodeOptions {
  readonly world: World
  readonly network: SimulatedSockets
  readonly gzip: Gzip
  readonly store: ScriptedStore
  readonly host: string
  readonly id: bigint
  readonly clockOf: (life: ReturnType<World['createLife']>) => Clock
  /** Which members the cluster has. */
  readonly members: () => readonly ScriptedNode[]
  readonly methods: readonly Method[]
}

export class ScriptedNode {
  readonly host: string
  readonly id: bigint
  readonly #options: ScriptedNodeOptions
  #life: ReturnType<World['createLife']>
  #server: RpcServer | null = null
  /** Who it says leads. */
  leader = 0n
  clusterId = 1n
  /**
   * From its next start on. `status`: it says who it is and knows no operations, as etcd does;
   * `nothing`: another program, or the port for other nodes.
   */
  offers: 'everything' | 'status' | 'nothing' = 'everything'
  script: Script = () => ANSWER
  /** Every operation that came, in order. */
  readonly asked: native.Operation[] = []
  /** Operations of each message that came. */
  readonly batches: number[] = []
  /** Came and were not answered. */
  waiting = 0
  waitingMost = 0
  /** What was ignored, and may still be refused. */
  #ignored: ((failure: Refusal) => void)[] = []
  connections = 0

  constructor(options: ScriptedNodeOptions) {
    this.#options = options
    this.host = options.host
    this.id = options.id
    this.#life = options.world.createLife(options.host)
  }

  get clock(): Clock {
    return this.#options.clockOf(this.#life)
  }

  /** The kinds of what came. */
  get kinds(): string[] {
    return this.asked.map(({ operation }) => operation?.kind ?? 'nothing')
  }

  async start(): Promise<void> {
    const { network, gzip, host } = this.#options
    const sockets: Sockets = network.socketsFor(host, this.#life)
    const server = new RpcServer({
      clock: this.clock,
      gzip,
      methods: this.#methods(),
      onFault: (error) => {
        throw error
      },
    })
    this.#server = server
    await sockets.listen({ host, port: PORT }, (socket) => {
      this.connections += 1
      server.accept(socket)
    })
  }

  /** As when the process is killed. */
  kill(): void {
    this.#life.end('killed')
    this.waiting = 0
  }

  async restart(): Promise<void> {
    this.#life = this.#options.world.createLife(this.host)
    await this.start()
  }

  /** It stands still: nothing is refused, and nothing answered. */
  freeze(): void {
    this.#life.pause()
  }

  thaw(): void {
    this.#life.resume()
  }

  noteIgnored(refuse: (failure: Refusal) => void): void {
    this.#ignored.push(refuse)
  }

  /** Refuses what was ignored. */
  refuseWaiting(failure: Refusal): void {
    const ignored = this.#ignored
    this.#ignored = []
    for (const refuse of ignored) refuse(failure)
  }

  /** As a node does that is stopped in order. */
  async leave(): Promise<void> {
    await this.#server?.leave({ msMax: 1000 })
  }

  #methods(): Method[] {
    const { status } = etcd.Maintenance.methods
    const { memberList } = etcd.Cluster.methods
    const all: Method[] = [
      ...this.#options.methods,
      {
        kind: 'stream',
        path: native.KV.methods.pipeline.path,
        open: (call) => new ScriptedStream(this, this.#options.store, call),
      },
      {
        kind: 'unary',
        path: status.path,
        handle: (call) => {
          const header = etcd.ResponseHeader.create({
            memberId: this.id,
            clusterId: this.clusterId,
          })
          const response = etcd.StatusResponse.create({ header, leader: this.leader })
          call.answerWith(status.response, response)
        },
      },
      {
        kind: 'unary',
        path: memberList.path,
        handle: (call) => {
          const members = this.#options
            .members()
            .map(({ id, host }) =>
              etcd.Member.create({ ID: id, clientURLs: [`http://${host}:${PORT}`] }),
            )
          call.answerWith(memberList.response, etcd.MemberListResponse.create({ members }))
        },
      },
    ]
    if (this.offers === 'everything') return all
    return this.offers === 'nothing' ? [] : all.filter(({ path }) => path === status.path)
  }
}

class ScriptedStream implements StreamHandler {
  readonly #node: ScriptedNode
  readonly #store: ScriptedStore
  readonly #call: ServerCall

  constructor(node: ScriptedNode, store: ScriptedStore, call: ServerCall) {
    this.#node = node
    this.#store = store
    this.#call = call
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const own = bytes.slice(offset, offset + length)
    const { operations } = native.Operations.decode(own, 0, length)
    this.#node.batches.push(operations.length)
    for (const operation of operations) this.#take(operation)
  }

  #take(operation: native.Operation): void {
    const node = this.#node
    node.asked.push(operation)
    node.waiting += 1
    node.waitingMost = Math.max(node.waitingMost, node.waiting)
    const verdict = node.script(operation)
    switch (verdict.kind) {
      case 'answer':
        if (verdict.afterMs === undefined) this.#answer(operation)
        else node.clock.after(verdict.afterMs, () => this.#answer(operation))
        break
      case 'lose':
        this.#store.carryOut(operation)
        break
      case 'refuse': {
        if (verdict.isCarriedOut === true) this.#store.carryOut(operation)
        const retry = native.FailureRetry[verdict.retry]
        this.#fail(operation, { code: verdict.code, text: 'scripted', retry })
        break
      }
      case 'end':
        if (verdict.isCarriedOut === true) this.#store.carryOut(operation)
        node.waiting = 0
        this.#call.fail(verdict.status, 'scripted')
        break
      case 'ignore':
        node.noteIgnored(({ code, retry }) => {
          const own = { code, text: 'late', retry: native.FailureRetry[retry] }
          this.#fail(operation, own)
        })
        break
    }
  }

  #answer(operation: native.Operation): void {
    const result = this.#store.carryOut(operation)
    const retry = native.FailureRetry.UNKNOWN_OUTCOME
    if (result !== null) this.#send({ id: operation.id, failure: null, result })
    else this.#fail(operation, { code: 'SESSION_EXPIRED', text: 'scripted', retry })
  }

  #fail({ id }: native.Operation, told: Omit<native.Failure, 'advice' | 'repair'>): void {
    this.#send({ id, failure: { ...told, advice: '', repair: '' }, result: null })
  }

  #send(result: native.Result): void {
    this.#node.waiting -= 1
    const bytes = native.Results.encodeBytes({ results: [result], leader: this.#node.leader })
    this.#call.write(bytes, 0, bytes.length)
  }

  ended(): void {
    this.#call.end()
  }

  writable(): void {}

  cancelled(): void {}
}
