/** Takes requests of the REST door, finds their route, checks what came with them, and answers. */

import { HTTP_BODY_BYTES_MAX, KvError } from '../../base/index.ts'
import type { DirectHandler, Exchange } from '../http/index.ts'
import { JSON_TYPE, sendWhole, whenRead } from './answering.ts'
import { batch } from './batch.ts'
import { clusterNodes, clusterStatus } from './cluster.ts'
import { checkConditions } from './conditions.ts'
import { checkLocal, cpuProfile, getLogLevel, heapSnapshot, putLogLevel } from './debugging.ts'
import { type Failure, failureJson, fieldsOf, statusOf } from './failure.ts'
import { deleteKey, getKey, incrementKey, putKey } from './keys.ts'
import { getLease, grantLease, keepLease, listLeases, revokeLease } from './leases.ts'
import { deleteKeys, listKeys } from './listing.ts'
import { openApiText } from './openapi.ts'
import { PAGE, PAGE_POLICY } from './page.ts'
import { QUERY } from './query.ts'
import { redirectsTo, sendsToPage } from './redirect.ts'
import { RestCall } from './rest-call.ts'
import type { RestOptions, RestParts } from './rest-parts.ts'
import type { Route } from './route.ts'
import type { FoundRoute, RouteId } from './router.ts'
import { ROUTES, Router } from './router.ts'
import { transact } from './transaction.ts'
import { Watching } from './watching.ts'

type Handler = (call: RestCall) => void

/** Routes that are described here and answered by `src/api/paths`. */
type OtherRoute = 'health' | 'ready' | 'metrics'

const PREFIXES = ['/api', '/openapi.json', '/debug/pprof', '/debug/log-level'] as const
/** Of one key: what is read and written most. */
const KEY_PREFIX = ROUTES.getKey.path.slice(0, ROUTES.getKey.path.indexOf('{'))
const API_END = PREFIXES[0].length

export class RestDoor implements DirectHandler {
  readonly #parts: RestParts
  readonly #router = new Router()
  readonly #watching: Watching
  readonly #handlers: Readonly<Record<Exclude<RouteId, OtherRoute>, Handler>>
  readonly #description = openApiText()
  #isLeaving = false

  constructor(options: RestOptions) {
    this.#parts = { ...options, jsonBytesMax: HTTP_BODY_BYTES_MAX }
    this.#watching = new Watching(options)
    this.#handlers = {
      ...{ getKey, putKey, deleteKey, incrementKey, listKeys, deleteKeys, batch },
      ...{ grantLease, listLeases, getLease, keepLease, revokeLease },
      ...{ clusterStatus, clusterNodes, clusterMembers: clusterNodes },
      ...{ cpuProfile, heapSnapshot, getLogLevel, putLogLevel },
      transaction: transact,
      watch: (call) => this.#watching.begin(call),
      openApi: (call) => call.json(this.#description.trimEnd()),
      page: (call) => {
        const fields = ['Content-Security-Policy', PAGE_POLICY]
        call.send({ status: 200, type: 'text/html; charset=utf-8', fields }, PAGE)
      },
    }
  }

  /** Watches that are under way. */
  get watches(): number {
    return this.#watching.count
  }

  /** GET and PUT of a key. */
  takesDirectly(_method: string, target: string): boolean {
    return target.startsWith(KEY_PREFIX)
  }

  methodsAt(path: string): readonly string[] | null {
    return isOurs(path) ? this.#router.methodsAt(path) : null
  }

  handle(exchange: Exchange): boolean {
    if (!isOurs(exchange.path)) return sendsToPage(exchange)
    const finding = this.#router.find(exchange.method, exchange.path)
    if (finding.kind === 'found') this.#begin(exchange, finding)
    else if (finding.kind === 'otherMethods') {
      const allowed = finding.methods.join(', ')
      const message = `${exchange.path} is there for ${allowed}`
      this.#refuse(exchange, { code: 'METHOD_NOT_ALLOWED', message }, ['Allow', allowed])
    } else this.#refuse(exchange, nothingAt(exchange.path, finding.hint))
    return true
  }

  /**
   * Of a path that no door knows: whoever comes from another store hears what he may mean. Returns
   * false where nobody can tell: that is answered as etcd does.
   */
  refuseStray(exchange: Exchange): boolean {
    const hint = this.#router.hintFor(exchange.path)
    if (hint === '') return false
    this.#refuse(exchange, { ...nothingAt(exchange.path, hint), advice: WHERE_TO_GO })
    return true
  }

  #begin(exchange: Exchange, found: FoundRoute): void {
    if (this.#isLeaving) {
      this.#refuse(exchange, { code: 'STOPPED' })
      return
    }
    let call: RestCall
    try {
      if (found.route.isLocal === true) checkLocal(exchange.node.request)
      checkConditions(exchange, found.route)
      if (found.route.body === undefined && exchange.isUnread) {
        this.#refuse(exchange, noBodyHere(found.route))
        return
      }
      call = new RestCall(this.#parts, exchange, found)
    } catch (error) {
      if (!(error instanceof KvError)) throw error
      this.#refuse(exchange, { code: error.code, message: error.message })
      return
    }
    const handler = this.#handlers[found.id as Exclude<RouteId, OtherRoute>]
    call.guard(() => {
      if (call.values.redirect === true && redirectsTo(call)) return
      handler(call)
    })
  }

  /** What has not become a call. */
  #refuse(exchange: Exchange, failure: Failure, fields: readonly string[] = []): void {
    const told = [...fieldsOf(failure), ...fields]
    const content = { status: statusOf(failure), type: JSON_TYPE, fields: told }
    whenRead(this.#parts, exchange, () => {
      sendWhole(exchange, content, `${JSON.stringify({ error: failureJson(failure) })}\n`)
    })
  }

  /** No new requests; watches end now, the others when they are answered. Idempotent. */
  leave(): void {
    this.#isLeaving = true
    this.#watching.leave()
  }
}

const WHERE_TO_GO =
  'REST begins with /api/v1, the JSON of etcd with /v3; see /openapi.json for every path, or try ' +
  '/api/v1/cluster/status and /health.'

function nothingAt(path: string, hint: string): Failure {
  return { code: 'ROUTE_UNKNOWN', message: `There is nothing at ${path.slice(0, 200)}${hint}` }
}

/** Who sends `5` to be added, or `{"ttl":60}`, hears where that belongs. */
function noBodyHere({ method, query = [] }: Route): Failure {
  const message = `${method} takes no body here`
  const names = method === 'POST' ? query.filter((name) => name !== 'redirect') : []
  const [first] = names
  if (first === undefined) return { code: 'BAD_REQUEST', message, advice: 'Send it without one.' }
  const example = `?${first}=${QUERY[first].example}`
  const advice = `Say it in the query, as in ${example}; there are ${names.join(', ')}.`
  return {
    code: 'BAD_REQUEST',
    message: `${message}: say it in the query, as in ${example}`,
    advice,
  }
}

/** Asked of every request of the node, the gateway's too: most differ in their second letter. */
function isOurs(path: string): boolean {
  const second = path.charCodeAt(1)
  // a, o, d
  if (second !== 0x61 && second !== 0x6f && second !== 0x64) return false
  if (path.startsWith(PREFIXES[0])) return path.length === API_END || path[API_END] === '/'
  return PREFIXES.some((prefix) => path.startsWith(prefix))
}
