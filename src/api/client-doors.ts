import type http from 'node:http'
import { type Chance, RPC_LEAVE_MS_MAX } from '../base/index.ts'
import type { Clock, Gzip, Hashing, Profiler, Socket } from '../io/index.ts'
import {
  CallCounts,
  type CallTiming,
  type ConnectionHandler,
  type Method,
  RpcServer,
  reflectionMethods,
} from '../rpc/index.ts'
import type { NodeService } from '../server/index.ts'
import { STATE_LIMITS, type StateLimits } from '../state/index.ts'
import { health } from '../wire/index.ts'
import { ETCD_MESSAGE_BYTES_MAX, EtcdDoor, type EtcdLimits } from './etcd/index.ts'
import { Gateway } from './gateway/index.ts'
import { createDirectDoor, createHttpServer, type HttpHandler } from './http/index.ts'
import type { LogLevelControl } from './log-level.ts'
import { type Histogram, latencyHistogram, type MetricsSource, Scrape } from './metrics/index.ts'
import { NativeDoor } from './native/index.ts'
import { InfoPaths } from './paths/index.ts'
import { RestDoor } from './rest/index.ts'

export interface ClientDoorsOptions {
  readonly node: NodeService
  readonly clock: Clock
  readonly chance: Chance
  readonly hashing: Hashing
  readonly gzip: Gzip
  /** Of etcd's, whose behaviour is offered, such as `3.6.6`: clients choose theirs by it. */
  readonly version: string
  /** Origins whose pages may read answers over HTTP; etcd's own default is `*`. */
  readonly corsOrigins: readonly string[]
  readonly metrics: MetricsSource
  /** `createHttpDoor` of `src/io`. */
  readonly openHttpDoor: (server: http.Server) => HttpDoor
  /** What a handler threw that was no expected failure: a mistake of ours. */
  readonly onFault: (error: unknown) => void
  readonly limits?: Partial<EtcdLimits>
  /** Those that the state of this cluster has. */
  readonly stateLimits?: StateLimits
  /** Silence after which a client over gRPC is asked whether it is still there. */
  readonly keepaliveMs?: number
  /** Without it the level cannot be seen or changed. */
  readonly logLevel?: LogLevelControl
  /** Without it the process cannot be looked into over HTTP. */
  readonly profiler?: Profiler
  /** Further methods, of other doors on the same port. */
  readonly methods?: readonly Method[]
}

/** As `src/io` makes it of a server of `node:http`. */
type HttpDoor = Pick<ConnectionHandler, 'leave' | 'destroy'> & {
  accept(socket: Socket, firstBytes: Uint8Array): void
}

/**
 * Everything that clients call, of etcd and of Quorate, for any number of ports of one node.
 *
 * To stop: `leave`, so that what would go on for ever ends; then close the ports.
 */
export interface ClientDoors {
  /** gRPC, for `openPort`. */
  readonly http2: RpcServer
  /** REST, the gateway, and what else there is over HTTP/1.1, for `openPort`. */
  readonly http1: ConnectionHandler
  /** Health, version and metrics alone, for a port of their own; a new one at every call. */
  openMonitoring(): ConnectionHandler
  /** Idempotent. */
  leave(): void
}

export function createClientDoors(options: ClientDoorsOptions): ClientDoors {
  const { node, clock, version, gzip, onFault, metrics: source } = options
  const { stateLimits = STATE_LIMITS, corsOrigins, openHttpDoor } = options
  const latencies = {
    ...{ etcd: latencyHistogram(), native: latencyHistogram() },
    ...{ gateway: latencyHistogram(), rest: latencyHistogram() },
  }
  const { chance } = options
  const native = new NativeDoor({
    ...{ node, clock, chance, stateLimits, latencySeconds: latencies.native },
  })
  const etcd = new EtcdDoor({ ...options, otherServices: native.services })
  const services = [...etcd.services, ...native.services, health.Health]
  const doors = [...etcd.methods, ...native.methods]
  const own = [...doors, ...reflectionMethods(services), ...(options.methods ?? [])]
  const isNative = new Set(native.methods.map(({ path }) => path))
  const methods = own.map((method): Method => {
    const histogram = isNative.has(method.path) ? latencies.native : latencies.etcd
    const timing = method.kind === 'unary' ? timingOf(clock, histogram) : null
    return { ...method, counts: new CallCounts(timing) }
  })
  const gateway = new Gateway({ methods, clock, onFault, latencySeconds: latencies.gateway })
  const { requestBytesMax } = stateLimits
  const scrape = new Scrape({
    ...{ node, methods, services, native, latencies, source, version, requestBytesMax },
  })
  const { memory } = gateway
  const { rest: latencySeconds } = latencies
  const rest = new RestDoor({ ...options, stateLimits, memory, latencySeconds })
  const info = new InfoPaths({ node, clock, version, scrape, source, onFault })
  const open = (handlers: readonly HttpHandler[]): HttpDoor =>
    openHttpDoor(createHttpServer({ handlers, corsOrigins, onFault }))
  const strays: HttpHandler = { handle: (exchange) => rest.refuseStray(exchange) }
  const behind = open([rest, gateway, info, strays])
  const direct = createDirectDoor({
    ...{ handler: rest, behind, clock, memory, corsOrigins, onFault },
  })
  const messageBytesMax = Math.max(
    ETCD_MESSAGE_BYTES_MAX,
    requestBytesMax + ETCD_MESSAGE_BYTES_MAX - STATE_LIMITS.requestBytesMax,
  )
  const { keepaliveMs } = options
  return {
    http2: new RpcServer({
      ...{ clock, gzip, methods, messageBytesMax, onFault },
      ...(keepaliveMs !== undefined && { keepaliveMs }),
    }),
    http1: leaving(direct, clock),
    openMonitoring: () => leaving(open([info]), clock),
    leave: () => {
      // Before the calls end that it has under way, so that it can say why.
      rest.leave()
      gateway.leave()
      etcd.leave()
      native.leave()
      scrape.close()
    },
  }
}

function timingOf(clock: Clock, histogram: Histogram): CallTiming {
  return { nowMs: () => clock.monotonicMs(), took: (seconds) => histogram.observe(seconds) }
}

/** A client that does not finish what it has begun holds nothing up: as for gRPC. */
function leaving(door: HttpDoor, clock: Clock): ConnectionHandler {
  return {
    accept: (socket, firstBytes) => door.accept(socket, firstBytes),
    destroy: () => door.destroy(),
    leave: async () => {
      const timer = clock.after(RPC_LEAVE_MS_MAX, () => door.destroy())
      await door.leave()
      timer.cancel()
    },
  }
}
