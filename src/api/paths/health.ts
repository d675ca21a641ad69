/** `/health`: one word for load balancers. Source: etcd, `etcdhttp/health.go`. */

import type { Exchange } from '../http/index.ts'
import type { Checks } from './checks.ts'

export interface Health {
  readonly health: 'true' | 'false'
  readonly reason: string
}

const HEALTHY: Health = { health: 'true', reason: '' }

export async function healthOf(checks: Checks, query: URLSearchParams): Promise<Health> {
  const serializable = query.get('serializable') === 'true'
  const excluded = query.getAll('exclude')
  const alarm = (await checks.alarms()).find((name) => !excluded.includes(name))
  if (alarm !== undefined) return unhealthy(`ALARM ${alarm}`)
  if (!serializable && !checks.hasLeader) return unhealthy('RAFT NO LEADER')
  const failure = await checks.read({ serializable })
  return failure === null ? HEALTHY : unhealthy(`RANGE ERROR:${failure}`)
}

function unhealthy(reason: string): Health {
  return { health: 'false', reason }
}

export function sendHealth(exchange: Exchange, health: Health): void {
  const text = JSON.stringify(health)
  if (health.health === 'false') exchange.sendText(503, text)
  else exchange.send(200, { type: 'text/plain; charset=utf-8', body: text })
}
