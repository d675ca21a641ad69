/** A node that serves watches of a model's history, slowly and in pieces if it is told to. */

import type { Chance } from '../../../base/index.ts'
import type { Clock, Gzip, Listener, Socket, Sockets } from '../../../io/index.ts'
import {
  type Method,
  RpcServer,
  type ServerCall,
  STATUS,
  type StatusCode,
  type StreamHandler,
} from '../../../rpc/index.ts'
import { etcd } from '../../../wire/index.ts'
import type { ModelStore } from './model-store.ts'

const { path } = etcd.Watch.methods.watch
const TEXT = new TextDecoder()

export interface ModelNodeOptions {
  readonly store: ModelStore
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly sockets: Sockets
  readonly host: string
  readonly methods?: readonly Method[]
}

export class ModelNode {
  readonly host: string
  readonly store: ModelStore
  readonly #options: ModelNodeOptions
  readonly #server: RpcServer
  readonly #accepted = new Set<Socket>()
  readonly #streams = new Set<ModelStream>()
  #listener: Listener | null = null
  /** It knows nothing later; null: it is up to date. */
  knownRevision: number | null = null
  /** Events of one answer at most; what is cut within a revision is marked as a fragment. */
  eventsPerAnswer = 1000
  /** Refuses to create watches with these words. */
  refusal: string | null = null
  /** Of everything that was asked for, in order. */
  readonly asked: etcd.WatchRequest[] = []

  constructor(options: ModelNodeOptions) {
    const { clock, gzip, store, host, methods = [] } = options
    this.#options = options
    this.host = host
    this.store = store
    const watch: Method = { kind: 'stream', path, open: (call) => this.#open(call) }
    this.#server = new RpcServer({
      clock,
      gzip,
      methods: [watch, ...methods],
      onFault: (error) => {
        throw error
      },
    })
    store.onChange(() => this.pump())
  }

  get revision(): number {
    return Math.min(this.knownRevision ?? this.store.revision, this.store.revision)
  }

  get chance(): Chance {
    return this.#options.chance
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#streams.size
  }

  /** Watches that are open. */
  get watches(): number {
    let count = 0
    for (const stream of this.#streams) count += stream.watches
    return count
  }

  async listen(): Promise<void> {
    const address = { host: this.host, port: 2379 }
    this.#listener = await this.#options.sockets.listen(address, (socket) => {
      this.#accepted.add(socket)
      this.#server.accept(socket)
    })
  }

  async leave(): Promise<void> {
    await this.#listener?.close()
    this.#listener = null
    this.cutConnections()
  }

  /** As a process that dies: whatever is under way is lost. */
  cutConnections(): void {
    for (const socket of this.#accepted) socket.destroy()
    this.#accepted.clear()
    this.#streams.clear()
  }

  failStreams(code: StatusCode = STATUS.UNAVAILABLE): void {
    for (const stream of [...this.#streams]) stream.fail(code)
  }

  cancelWatches(): void {
    for (const stream of this.#streams) stream.cancelAll()
  }

  pump(): void {
    this.#options.clock.soon(() => {
      for (const stream of this.#streams) stream.pump()
    })
  }

  #open(call: ServerCall): StreamHandler {
    const stream = new ModelStream(this, call, () => this.#streams.delete(stream))
    this.#streams.add(stream)
    return stream
  }
}

interface ModelWatch {
  readonly id: bigint
  readonly prefix: string
  revision: number
  /** Events of that revision that were sent. */
  sent: number
}

class ModelStream implements StreamHandler {
  readonly #node: ModelNode
  readonly #call: ServerCall
  readonly #forget: () => void
  readonly #watches = new Map<bigint, ModelWatch>()
  #mayWrite = true
  #progressWanted = false

  constructor(node: ModelNode, call: ServerCall, forget: () => void) {
    this.#node = node
    this.#call = call
    this.#forget = forget
  }

  get watches(): number {
    return this.#watches.size
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const own = bytes.slice(offset, offset + length)
    const request = etcd.WatchRequest.decodeBytes(own)
    this.#node.asked.push(request)
    const { requestUnion } = request
    if (requestUnion?.kind === 'createRequest') this.#create(requestUnion.value)
    else if (requestUnion?.kind === 'cancelRequest') this.#cancel(requestUnion.value.watchId)
    else this.#progressWanted = true
    this.#node.pump()
  }

  ended(): void {}

  writable(): void {
    this.#mayWrite = true
    this.#node.pump()
  }

  cancelled(): void {
    this.#watches.clear()
    this.#forget()
  }

  fail(code: StatusCode): void {
    this.cancelled()
    this.#call.fail(code, 'no more')
  }

  cancelAll(): void {
    for (const { id } of [...this.#watches.values()]) this.#cancel(id)
  }

  #create({ key, rangeEnd, startRevision, watchId }: etcd.WatchCreateRequest): void {
    const { refusal } = this.#node
    if (refusal !== null) {
      const cancelReason = refusal
      this.#tell({ watchId: -1n, created: true, canceled: true, cancelReason })
      return
    }
    this.#tell({ watchId, created: true })
    const revision = startRevision === 0 ? this.#node.revision + 1 : startRevision
    const text = TEXT.decode(key)
    const prefix = rangeEnd.length > 0 && text === '\0' ? '' : text
    this.#watches.set(watchId, { id: watchId, prefix, revision, sent: 0 })
  }

  #cancel(watchId: bigint): void {
    if (this.#watches.delete(watchId)) this.#tell({ watchId, canceled: true })
  }

  pump(): void {
    const { compactRevision } = this.#node.store
    for (const watch of [...this.#watches.values()]) {
      if (watch.revision < compactRevision) {
        this.#watches.delete(watch.id)
        this.#tell({ watchId: watch.id, canceled: true, compactRevision })
      }
      while (this.#mayWrite && this.#watches.has(watch.id) && this.#step(watch)) {
        // Answer after answer.
      }
    }
    if (!this.#progressWanted || !this.#mayWrite) return
    this.#progressWanted = false
    this.#tell({ watchId: -1n })
  }

  /** One answer; false when there is nothing to tell. */
  #step(watch: ModelWatch): boolean {
    const { store, revision: known, eventsPerAnswer } = this.#node
    const events: etcd.WatchResponse['events'] = []
    while (watch.revision <= known && events.length < eventsPerAnswer) {
      const all = store.eventsAt(watch.revision, watch.prefix)
      const some = all.slice(watch.sent, watch.sent + eventsPerAnswer - events.length)
      events.push(...some)
      watch.sent += some.length
      if (watch.sent < all.length) {
        this.#tell({ watchId: watch.id, events, fragment: true })
        return true
      }
      watch.revision += 1
      watch.sent = 0
    }
    if (events.length > 0) this.#tell({ watchId: watch.id, events })
    return events.length > 0
  }

  #tell(fields: Partial<etcd.WatchResponse>): void {
    const header = etcd.ResponseHeader.create({ revision: this.#node.revision })
    const bytes = etcd.WatchResponse.encodeBytes(etcd.WatchResponse.create({ header, ...fields }))
    if (!this.#call.isOver) this.#mayWrite = this.#call.write(bytes, 0, bytes.length)
  }
}
