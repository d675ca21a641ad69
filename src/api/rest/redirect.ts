/** `?redirect=1`: whoever wants to save the way through this node is told where the leader is. */

import type { RestCall } from './rest-call.ts'

/**
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
    const location = `${url.replace(/\/+$/, '')}${call.request.url}`
    call.send({ status: 307, fields: ['Location', location] }, '')
  })
  return true
}
