/**
 * `grpc.health.v1`: whether a server, and each service of it, takes calls. The service with the
 * empty name is the server as a whole. Source: the gRPC document "GRPC Health Checking Protocol".
 */

import { assert, RPC_HEALTH_NAME_LENGTH_MAX } from '../../base/index.ts'
import { health as wire } from '../../wire/index.ts'
import { type Method, type ServerCall, STATUS, type StreamHandler } from '../grpc/index.ts'

const STATUSES = wire.HealthCheckResponseServingStatus
const { check, list, watch } = wire.Health.methods

/** Which services are known, and what each would answer; watchers hear of every change. */
export class HealthService {
  readonly methods: readonly Method[]
  /** Invariant: the empty name is in it. */
  readonly #serving = new Map<string, boolean>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  #left = false

  /** The services are not serving until `set` says so, nor is the server as a whole. */
  constructor(services: readonly string[]) {
    for (const service of ['', ...services]) this.#serving.set(service, false)
    this.methods = [
      {
        kind: 'unary',
        path: check.path,
        handle: (call, bytes, offset, length) => {
          this.#check(call, check.request.decode(bytes, offset, length).service)
        },
      },
      { kind: 'unary', path: list.path, handle: (call) => this.#list(call) },
      { kind: 'stream', path: watch.path, open: (call) => this.#open(call) },
    ]
  }

  /** Calls of `Watch` that wait for a change. */
  get watchers(): number {
    let count = 0
    for (const watchers of this.#watchers.values()) count += watchers.size
    return count
  }

  /** Nothing, once the server has left. */
  set(service: string, isServing: boolean): void {
    assert(service.length <= RPC_HEALTH_NAME_LENGTH_MAX, 'a service has a name of some length')
    if (this.#left || this.#serving.get(service) === isServing) return
    this.#serving.set(service, isServing)
    for (const watcher of this.#watchers.get(service) ?? []) watcher.changed()
  }

  /**
   * The server takes no more calls: everything is NOT_SERVING from now on. Watchers hear it, and
   * their calls end, since a server waits for its calls before it is gone. Idempotent.
   */
  leave(): void {
    if (this.#left) return
    for (const service of this.#serving.keys()) this.set(service, false)
    this.#left = true
    for (const watchers of this.#watchers.values()) {
      for (const watcher of watchers) watcher.leave()
    }
    this.#watchers.clear()
  }

  #statusOf(service: string): number {
    const isServing = this.#serving.get(service)
    if (isServing === undefined) return STATUSES.SERVICE_UNKNOWN
    return isServing ? STATUSES.SERVING : STATUSES.NOT_SERVING
  }

  #check(call: ServerCall, service: string): void {
    const status = this.#statusOf(service)
    if (status === STATUSES.SERVICE_UNKNOWN) {
      call.fail(STATUS.NOT_FOUND, 'this server has no service of that name')
    } else {
      call.answerWith(check.response, { status })
    }
  }

  #list(call: ServerCall): void {
    const names = [...this.#serving.keys()]
    const statuses = names.map((key) => ({ key, value: { status: this.#statusOf(key) } }))
    call.answerWith(list.response, { statuses })
  }

  #open(call: ServerCall): StreamHandler {
    let watcher: Watcher | null = null
    return {
      message: (bytes, offset, length) => {
        if (watcher !== null) {
          this.#forget(watcher)
          call.fail(STATUS.UNIMPLEMENTED, 'the method takes one message')
          return
        }
        const { service } = watch.request.decode(bytes, offset, length)
        if (service.length > RPC_HEALTH_NAME_LENGTH_MAX) {
          call.fail(STATUS.INVALID_ARGUMENT, 'no service has a name as long as that')
        } else {
          watcher = this.#watch(call, service)
        }
      },
      ended: () => {
        if (watcher === null) call.fail(STATUS.UNIMPLEMENTED, 'the method takes one message')
      },
      writable: () => watcher?.writable(),
      cancelled: () => {
        if (watcher !== null) this.#forget(watcher)
      },
    }
  }

  #watch(call: ServerCall, service: string): Watcher {
    const watcher = new Watcher(call, { service, status: () => this.#statusOf(service) })
    watcher.changed()
    if (this.#left) {
      watcher.leave()
      return watcher
    }
    const watchers = this.#watchers.get(service) ?? new Set()
    this.#watchers.set(service, watchers.add(watcher))
    return watcher
  }

  /** Strangers choose the names, so one that nobody watches any more is dropped. */
  #forget(watcher: Watcher): void {
    const watchers = this.#watchers.get(watcher.service)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.#watchers.delete(watcher.service)
  }
}

/** One call of `Watch`. What changes while its client does not read is told as one change. */
class Watcher {
  readonly service: string
  readonly #call: ServerCall
  readonly #status: () => number
  #told = -1
  #mayWrite = true

  constructor(call: ServerCall, options: { service: string; status: () => number }) {
    this.#call = call
    this.service = options.service
    this.#status = options.status
  }

  /** Also what is told first. */
  changed(): void {
    const status = this.#status()
    if (!this.#mayWrite || status === this.#told) return
    this.#told = status
    const bytes = watch.response.encodeBytes({ status })
    this.#mayWrite = this.#call.write(bytes, 0, bytes.length)
  }

  writable(): void {
    this.#mayWrite = true
    this.changed()
  }

  leave(): void {
    this.#call.fail(STATUS.UNAVAILABLE, 'this server is leaving')
  }
}
