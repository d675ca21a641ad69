/**
 * A plain client of one member: calls are promises, a watch is a callback. Tries nothing twice, but
 * for what says so.
 */

import {
  type Address,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../src/io/index.ts'
import { type CallEnd, type ClientCall, RpcChannel } from '../../src/rpc/index.ts'
import { etcd, type MethodDescription } from '../../src/wire/index.ts'

const TIMEOUT_MS = 10_000
/** Far more than a failover takes. */
const TAKEN_MS_MAX = 20_000
const MESSAGE_BYTES_MAX = 256 * 1024 * 1024

/** How a call ended that was not answered. */
export class Failure extends Error {
  readonly code: number
  /** No server has looked at it: it certainly did nothing. */
  readonly unprocessed: boolean

  constructor({ status, unprocessed }: CallEnd) {
    super(status.message)
    this.code = status.code
    this.unprocessed = unprocessed
  }
}

type Fields<Request> = Partial<Request>

export class EtcdClient {
  readonly #channel: RpcChannel

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    const endpoint: Address = { host: hostname, port: Number(port) }
    const sockets = createNodeSockets()
    this.#channel = new RpcChannel({
      clock: createNodeClock(),
      chance: createNodeChance(),
      gzip: createNodeGzip(),
      endpoints: [endpoint],
      connect: (address) => sockets.connect(address),
      messageBytesMax: MESSAGE_BYTES_MAX,
      onFault: (error) => {
        throw error
      },
    })
  }

  put(fields: Fields<etcd.PutRequest>, timeoutMs = TIMEOUT_MS): Promise<etcd.PutResponse> {
    const request = etcd.PutRequest.create(fields)
    return this.call(etcd.KV.methods.put, request, timeoutMs)
  }

  /** What was under way to a leader that is gone is not known: then again, as clients do. */
  async putUntilTaken(fields: Fields<etcd.PutRequest>): Promise<void> {
    const untilMs = performance.now() + TAKEN_MS_MAX
    for (;;) {
      const failure = await this.put(fields, TAKEN_MS_MAX).then(
        () => null,
        (error: unknown) => error,
      )
      if (failure === null) return
      if (performance.now() > untilMs) throw failure
    }
  }

  range(fields: Fields<etcd.RangeRequest>): Promise<etcd.RangeResponse> {
    const request = etcd.RangeRequest.create(fields)
    return this.call(etcd.KV.methods.range, request)
  }

  compact(fields: Fields<etcd.CompactionRequest>): Promise<etcd.CompactionResponse> {
    const request = etcd.CompactionRequest.create(fields)
    return this.call(etcd.KV.methods.compact, request)
  }

  status(timeoutMs = TIMEOUT_MS): Promise<etcd.StatusResponse> {
    return this.call(etcd.Maintenance.methods.status, etcd.StatusRequest.create(), timeoutMs)
  }

  hashKv(revision: number, timeoutMs = TIMEOUT_MS): Promise<etcd.HashKVResponse> {
    const request = etcd.HashKVRequest.create({ revision })
    return this.call(etcd.Maintenance.methods.hashKV, request, timeoutMs)
  }

  /** Goes on until it is cancelled with what comes back, or ends. */
  watch(
    fields: Fields<etcd.WatchCreateRequest>,
    on: {
      readonly response: (response: etcd.WatchResponse) => void
      readonly ended?: (failure: Failure) => void
    },
  ): ClientCall {
    const { path, request: codec, response } = etcd.Watch.methods.watch
    const value = etcd.WatchCreateRequest.create(fields)
    const request: etcd.WatchRequest = { requestUnion: { kind: 'createRequest', value } }
    const bytes = new Uint8Array(codec.encodedLength(request))
    codec.encode(request, bytes, 0)
    let isSent = false
    const call = this.#channel.stream(path, {
      message: (from, offset, length) => on.response(response.decode(from, offset, length)),
      ended: (end) => on.ended?.(new Failure(end)),
      // Told for the first time when there is a connection.
      writable: () => {
        if (!isSent) call.write(bytes, 0, bytes.length, false)
        isSent = true
      },
    })
    return call
  }

  close(): void {
    this.#channel.close()
  }

  /** Any method that takes one message and answers with one. */
  call<Request, Response>(
    method: MethodDescription<Request, Response>,
    request: Request,
    timeoutMs = TIMEOUT_MS,
  ): Promise<Response> {
    const bytes = new Uint8Array(method.request.encodedLength(request))
    method.request.encode(request, bytes, 0)
    return new Promise((resolve, reject) => {
      let answer: Response | null = null
      const receiver = {
        message: (from: Uint8Array, offset: number, length: number) => {
          const own = from.slice(offset, offset + length)
          answer = method.response.decode(own, 0, length)
        },
        ended: (end: CallEnd) => {
          if (end.status.code === 0 && answer !== null) resolve(answer)
          else reject(new Failure(end))
        },
        writable: () => {},
      }
      const message = { bytes, offset: 0, length: bytes.length }
      this.#channel.unary(method.path, message, receiver, { timeoutMs })
    })
  }
}
