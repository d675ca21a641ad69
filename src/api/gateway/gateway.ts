import { HTTP_BODY_BYTES_MAX } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import { type Method, STATUS } from '../../rpc/index.ts'
import { BodyMemory, type HttpHandler, type NodeExchange, type Upgrade } from '../http/index.ts'
import type { Histogram } from '../metrics/index.ts'
import { LEAVING, sendFailure } from './failures.ts'
import { GatewayCall, type GatewayHost, type OpenCall } from './gateway-call.ts'
import { type Route, Routes } from './routes.ts'
import { WebSocketCall } from './web-socket-call.ts'

export interface GatewayOptions {
  /** Those of the gRPC server; the gateway takes what it has a path for. */
  readonly methods: readonly Method[]
  readonly clock: Clock
  /** What a handler threw that was no expected failure. */
  readonly onFault: (error: unknown) => void
  /** Of calls with one answer: from the head of the request to its end. */
  readonly latencySeconds?: Histogram
  /** Of one request; base64 makes a message a third longer than it is over gRPC. */
  readonly bodyBytesMax?: number
}

export class Gateway implements HttpHandler, GatewayHost {
  readonly clock: Clock
  readonly memory = new BodyMemory()
  readonly bodyBytesMax: number
  readonly onFault: (error: unknown) => void
  readonly latencySeconds: Histogram | null
  readonly #routes: Routes
  readonly #calls = new Set<OpenCall>()
  #leaving = false

  constructor({ methods, clock, onFault, bodyBytesMax, latencySeconds }: GatewayOptions) {
    this.clock = clock
    this.latencySeconds = latencySeconds ?? null
    this.bodyBytesMax = bodyBytesMax ?? HTTP_BODY_BYTES_MAX
    this.onFault = onFault
    this.#routes = new Routes(methods)
  }

  /** Requests that are under way. */
  get calls(): number {
    return this.#calls.size
  }

  handle(exchange: NodeExchange): boolean {
    const route = this.#routes.find(exchange.path)
    if (route === undefined) return false
    if (route === null) exchange.sendText(404, 'Not Found')
    else if (exchange.allows('POST')) this.#begin(exchange, route)
    return true
  }

  #begin(exchange: NodeExchange, route: Route): void {
    const { method } = route
    if (method === null) {
      const message = `this server has no method at ${route.path}`
      sendFailure(exchange, { code: STATUS.UNIMPLEMENTED, message })
      return
    }
    if (this.#leaving) {
      sendFailure(exchange, LEAVING)
      return
    }
    const call = new GatewayCall(this, exchange, { route, method })
    this.#calls.add(call)
    call.begin()
  }

  /** Whoever asks for another protocol than HTTP. */
  upgrade(upgrade: Upgrade): boolean {
    const route = this.#routes.find(upgrade.exchange.path)
    if (!route?.method || !route.responseStream || this.#leaving) return false
    const call = new WebSocketCall(this, upgrade.exchange.request, { route, method: route.method })
    const peer = upgrade.accept({ listener: call, messageBytesMax: this.bodyBytesMax })
    if (peer === null) return true
    this.#calls.add(call)
    call.begin(peer)
    upgrade.start()
    return true
  }

  ended(call: OpenCall): void {
    this.#calls.delete(call)
  }

  /** No new requests; streams end now, the others when they are answered. Idempotent. */
  leave(): void {
    this.#leaving = true
    for (const call of [...this.#calls]) if (call.isStream) call.leave()
  }
}
