/**
 * `/ready`: whether to send requests to this node, in our own words. Unlike etcd's `/readyz` it
 * does not refuse a node without a vote: that one answers, too.
 */

import type { Exchange } from '../http/index.ts'
import type { Checks } from './checks.ts'

export async function sendReadiness(exchange: Exchange, checks: Checks): Promise<void> {
  const reason = await unreadiness(checks)
  if (reason === null) exchange.sendJson(200, '{"ready":true}\n')
  else exchange.sendJson(503, `${JSON.stringify({ ready: false, reason })}\n`)
}

/** Null: it is ready. */
async function unreadiness(checks: Checks): Promise<string | null> {
  if ((await checks.alarms()).includes('CORRUPT')) return 'its data is damaged'
  if (!checks.hasLeader) return 'it knows no leader'
  const failure = await checks.read({ serializable: false })
  return failure === null ? null : `it cannot read through the leader: ${failure}`
}
