import { HTTP_BODY_BYTES_MAX } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import { type Method, STATUS } from '../../rpc/index.ts'
import { BodyMemory, type Exchange, type HttpHandler } from '../http/index.ts'
import { LEAVING, sendFailure } from './failures.ts'
import { GatewayCall, type GatewayHost } from './gateway-call.ts'
import { type Route, Routes } from './routes.ts'

export interface GatewayOptions {
  /** Those of the gRPC server; the gateway takes what it has a path for. */
  readonly methods: readonly Method[]
  readonly clock: Clock
  /** What a handler threw that was no expected failure. */
  readonly onFault: (error: unknown) => void
  /** Of one request; base64 makes a message a third longer than it is over gRPC. */
  readonly bodyBytesMax?: number
}

export class Gateway implements HttpHandler, GatewayHost {
  readonly clock: Clock
  readonly memory = new BodyMemory()
  readonly bodyBytesMax: number
  readonly onFault: (error: unknown) => void
  readonly #routes: Routes
  readonly #calls = new Set<GatewayCall>()
  #leaving = false

  constructor({ methods, clock, onFault, bodyBytesMax }: GatewayOptions) {
    this.clock = clock
    this.bodyBytesMax = bodyBytesMax ?? HTTP_BODY_BYTES_MAX
    this.onFault = onFault
    this.#routes = new Routes(methods)
  }

  /** Requests that are under way. */
  get calls(): number {
    return this.#calls.size
  }

  handle(exchange: Exchange): boolean {
    const route = this.#routes.find(exchange.path)
    if (route === undefined) return false
    if (route === null) exchange.sendText(404, 'Not Found')
    else if (exchange.allows('POST')) this.#begin(exchange, route)
    return true
  }

  #begin(exchange: Exchange, route: Route): void {
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

  ended(call: GatewayCall): void {
    this.#calls.delete(call)
  }

  /** No new requests; streams end now, the others when they are answered. Idempotent. */
  leave(): void {
    this.#leaving = true
    for (const call of [...this.#calls]) if (call.isStream) call.leave()
  }
}
