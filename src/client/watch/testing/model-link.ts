/** A link over sockets to the nodes of a test, one after the other. */

import { assert, type Chance } from '../../../base/index.ts'
import type { Clock, Gzip, Sockets } from '../../../io/index.ts'
import { type CallReceiver, type ClientCall, RpcChannel } from '../../../rpc/index.ts'
import { etcd } from '../../../wire/index.ts'
import type { Link, LinkOptions, LinkStream } from '../../link.ts'
import type { ModelStore } from './model-store.ts'

export interface ModelLinkOptions {
  readonly store: ModelStore
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly sockets: Sockets
  readonly hosts: readonly string[]
  /** What answers calls that a watch does not make. */
  readonly calls?: ModelCalls
}

export type ModelCalls = Pick<Link, 'txn' | 'grantLease' | 'revokeLease'> &
  Partial<Pick<Link, 'range'>>

export class ModelLink implements Link {
  readonly clock: Clock
  readonly chance: Chance
  readonly #store: ModelStore
  readonly #calls: ModelCalls | null
  readonly #channels: readonly RpcChannel[]
  readonly #closing = new AbortController()
  #next = 0
  /** Streams that were opened so far. */
  streams = 0

  constructor(options: ModelLinkOptions) {
    const { store, clock, chance, gzip, sockets, hosts } = options
    this.clock = clock
    this.chance = chance
    this.#store = store
    this.#calls = options.calls ?? null
    this.#channels = hosts.map(
      (host) =>
        new RpcChannel({
          clock,
          chance,
          gzip,
          endpoints: [{ host, port: 2379 }],
          connect: (address) => sockets.connect(address),
          onFault: (error) => {
            throw error
          },
        }),
    )
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  close(): void {
    this.#closing.abort()
    for (const channel of this.#channels) channel.close()
  }

  async range(request: etcd.RangeRequest, options: LinkOptions): Promise<etcd.RangeResponse> {
    if (this.#calls?.range !== undefined) return this.#calls.range(request, options)
    const header = etcd.ResponseHeader.create({ revision: this.#store.revision })
    return etcd.RangeResponse.create({ header })
  }

  txn(request: etcd.TxnRequest, options: LinkOptions): Promise<etcd.TxnResponse> {
    return this.#answering.txn(request, options)
  }

  grantLease(
    request: etcd.LeaseGrantRequest,
    options: LinkOptions,
  ): Promise<etcd.LeaseGrantResponse> {
    return this.#answering.grantLease(request, options)
  }

  revokeLease(request: etcd.LeaseRevokeRequest, options: LinkOptions): Promise<unknown> {
    return this.#answering.revokeLease(request, options)
  }

  get #answering(): ModelCalls {
    assert(this.#calls !== null, 'a test that writes says what happens then')
    return this.#calls
  }

  stream(path: string, receiver: CallReceiver): LinkStream {
    const channel = this.#channels[this.#next] as RpcChannel
    this.streams += 1
    let isCancelled = false
    const call: ClientCall = channel.stream(path, {
      message: (bytes, offset, length) => {
        if (!isCancelled) receiver.message(bytes, offset, length)
      },
      writable: () => {
        if (!isCancelled) receiver.writable()
      },
      ended: (end) => {
        if (isCancelled) return
        this.#goOn()
        receiver.ended(end)
      },
    })
    const cancel = (): void => {
      isCancelled = true
      call.cancel()
    }
    const abandon = (): void => {
      this.#goOn()
      cancel()
    }
    return { write: (bytes) => call.write(bytes, 0, bytes.length, false), cancel, abandon }
  }

  /** Whoever is asked next. */
  #goOn(): void {
    this.#next = (this.#next + 1) % this.#channels.length
  }
}
