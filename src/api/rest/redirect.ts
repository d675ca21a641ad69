/** Answers that send a client elsewhere: to the leader, or to the page. */

import type { Exchange } from '../http/index.ts'
import { JSON_TYPE, sendWhole } from './answering.ts'
import { type Failure, failureJson, statusOf } from './failure.ts'
import type { RestCall } from './rest-call.ts'

/** Where people look who have the address of a node and nothing else. */
const FRONT_DOORS: ReadonlySet<string> = new Set(['/', '/docs', '/docs/'])

/** What is read there by who has no browser. */
const AT_THE_DOOR: Failure = {
  code: 'ROUTE_UNKNOWN',
  message:
    'There is nothing at this path: REST begins with /api/v1 (in a browser: /api), and the JSON ' +
    'of etcd with /v3',
  advice: 'See /openapi.json for every path, or try /api/v1/cluster/status and /health.',
}

/** True: a browser was sent to the page, or a program was told where to go. */
export function sendsToPage(exchange: Exchange): boolean {
  const { path, method, headers } = exchange
  if (!FRONT_DOORS.has(path) || (method !== 'GET' && method !== 'HEAD')) return false
  const vary = ['Vary', 'Accept']
  if (headers.accept?.includes('text/html') === true) {
    sendWhole(exchange, { status: 302, fields: ['Location', '/api', ...vary] }, '')
  } else {
    const content = { status: statusOf(AT_THE_DOOR), type: JSON_TYPE, fields: vary }
    sendWhole(exchange, content, `${JSON.stringify({ error: failureJson(AT_THE_DOOR) })}\n`)
  }
  return true
}

/**
 * `?redirect=1`: whoever wants to save the way through this node is told where the leader is.
 *
 * True: the answer is on its way. Where this node leads, or knows no leader, the request is served
 * as any other.
 */
export function redirectsTo(call: RestCall): boolean {
  const { node } = call.parts
  const { leader } = node.status(node.defaultGroup)
  if (leader === null || leader === node.nodeId) return false
  call.later(async () => {
    const members = await node.members({ linearizable: false })
    const [url] = members.find(({ id }) => id === leader)?.clientUrls ?? []
    if (url === undefined) {
      const message = 'The leader has not said yet where clients reach it.'
      call.fail({ code: 'NO_LEADER', message })
      return
    }
    const location = `${url.replace(/\/+$/, '')}${call.exchange.target}`
    call.send({ status: 307, fields: ['Location', location] }, '')
  })
  return true
}
