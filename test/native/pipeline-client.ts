/** One pipeline to one member. It tries nothing twice; what its end leaves open is told so. */

import assert from 'node:assert/strict'
import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../src/io/index.ts'
import { type ClientCall, RpcChannel } from '../../src/rpc/index.ts'
import { native } from '../../src/wire/index.ts'

export type What = NonNullable<native.Operation['operation']>

export interface Place {
  readonly session: number
  readonly sequence: number
}

type Told = NonNullable<native.Result['result']>
type ValueOf<Kind extends What['kind']> = Extract<Told, { kind: Kind }>['value']

/** What became of an operation: its result, or nothing when the stream ended first. */
export type Outcome = native.Result | null

/** An operation failed, or nobody knows what became of it. */
export class NotDone extends Error {}

const MESSAGE_BYTES_MAX = 128 * 1024 * 1024
const { path, request, response } = native.KV.methods.pipeline

export class PipelineClient {
  readonly #channel: RpcChannel
  readonly #call: ClientCall
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  #operations: native.Operation[] = []
  #id = 0
  #isOver = false
  /** Member id of the leader, as told last. */
  leader = 0n

  private constructor(url: string) {
    const { hostname, port } = new URL(url)
    const sockets = createNodeSockets()
    this.#channel = new RpcChannel({
      clock: createNodeClock(),
      chance: createNodeChance(),
      gzip: createNodeGzip(),
      endpoints: [{ host: hostname, port: Number(port) }],
      connect: (address) => sockets.connect(address),
      messageBytesMax: MESSAGE_BYTES_MAX,
      onFault: (error) => {
        throw error
      },
    })
    this.#call = this.#channel.stream(path, {
      message: (bytes, offset, length) =>
        this.#received(response.decodeBytes(bytes.slice(offset, offset + length))),
      ended: () => this.#over(),
      writable: () => this.#opened.resolve(),
    })
  }

  /** Resolves when it may be written to, or when that has failed. */
  static async open(url: string): Promise<PipelineClient> {
    const client = new PipelineClient(url)
    await client.#opened.promise
    return client
  }

  /** Leaves with what else is asked in this turn, in one message. */
  ask(operation: What, place: Place = { session: 0, sequence: 0 }): Promise<Outcome> {
    return new Promise((resolve) => {
      if (this.#isOver) {
        resolve(null)
        return
      }
      this.#id += 1
      this.#waiting.set(this.#id, resolve)
      if (this.#operations.length === 0) queueMicrotask(() => this.#send())
      this.#operations.push({ id: this.#id, ...place, conditions: [], operation })
    })
  }

  /** The result, or what went wrong. */
  async done<Kind extends What['kind']>(
    operation: Extract<What, { kind: Kind }>,
    place?: Place,
  ): Promise<ValueOf<Kind>> {
    const outcome = await this.ask(operation, place)
    const result = outcome?.result ?? null
    if (result === null) throw new NotDone(outcome?.failure?.code ?? 'the stream ended')
    assert.equal(result.kind, operation.kind)
    return result.value as ValueOf<Kind>
  }

  async close(): Promise<void> {
    this.#call.end()
    await this.#ended.promise
    this.#channel.close()
  }

  #send(): void {
    const bytes = request.encodedLength({ operations: this.#operations })
    const message = new Uint8Array(bytes)
    request.encode({ operations: this.#operations }, message, 0)
    this.#operations = []
    this.#call.write(message, 0, bytes, false)
  }

  #received({ results, leader }: native.Results): void {
    this.leader = leader
    for (const result of results) {
      this.#waiting.get(result.id)?.(result)
      this.#waiting.delete(result.id)
    }
  }

  #over(): void {
    this.#isOver = true
    this.#opened.resolve()
    for (const resolve of this.#waiting.values()) resolve(null)
    this.#waiting.clear()
    this.#ended.resolve()
  }
}
