/**
 * `/livez` and `/readyz`: whether to restart this node, and whether to send it requests. Each check
 * has a path of its own below them. Source: etcd, `etcdhttp/health.go`.
 */

import type { Exchange } from '../http/index.ts'
import type { Checks } from './checks.ts'

/** Null: it went well. */
type Check = (checks: Checks) => Promise<string | null>

const SERIALIZABLE: Check = (checks) => checks.read({ serializable: true })
const LINEARIZABLE: Check = (checks) => checks.read({ serializable: false })
const INTACT: Check = async (checks) =>
  (await checks.alarms()).includes('CORRUPT') ? 'alarm activated: CORRUPT' : null
const VOTING: Check = async (checks) => (checks.isLearner ? 'not supported for learner' : null)

const PROBES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  livez: { serializable_read: SERIALIZABLE },
  readyz: {
    data_corruption: INTACT,
    serializable_read: SERIALIZABLE,
    linearizable_read: LINEARIZABLE,
    non_learner: VOTING,
  },
}

/** What a path asks for; undefined when it is none of these. */
export function probeOf(path: string): Readonly<Record<string, Check>> | undefined {
  const [, probe = '', name, ...rest] = path.split('/')
  const all = Object.hasOwn(PROBES, probe) ? PROBES[probe] : undefined
  if (all === undefined || rest.length > 0) return undefined
  if (name === undefined) return all
  const one = Object.hasOwn(all, name) ? all[name] : undefined
  return one === undefined ? undefined : { [name]: one }
}

export async function answerProbe(
  exchange: Exchange,
  probe: Readonly<Record<string, Check>>,
  checks: Checks,
): Promise<void> {
  const { query } = exchange
  const excluded = query.getAll('exclude')
  let isWell = true
  let report = ''
  for (const [name, check] of Object.entries(probe)) {
    if (excluded.includes(name)) continue
    const failure = await check(checks)
    isWell &&= failure === null
    report += failure === null ? `[+]${name} ok\n` : `[-]${name} failed: ${failure}\n`
  }
  if (!isWell) exchange.sendText(503, report)
  else exchange.sendText(200, query.has('verbose') ? `${report}ok` : 'ok')
}
