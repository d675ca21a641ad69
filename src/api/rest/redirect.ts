/** Answers that send a client elsewhere: to the leader, or to the page. */

import type { Exchange } from '../http/index.ts'
import { sendWhole } from './answering.ts'
import type { RestCall } from './rest-call.ts'

/** Where people look who have the address of a node and nothing else. */
const FRONT_DOORS: ReadonlySet<string> = new Set(['/', '/docs', '/docs/'])

/** True: a browser was sent to the page. Programs get what etcd answers there. */
export function sendsToPage(exchange: Exchange): boolean {
  const { path, method, headers } = exchange
  if (!FRONT_DOORS.has(path) || (method !== 'GET' && method !== 'HEAD')) return false
  if (headers.accept?.includes('text/html') !== true) return false
  sendWhole(exchange, { status: 302, fields: ['Location', '/api', 'Vary', 'Accept'] }, '')
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
