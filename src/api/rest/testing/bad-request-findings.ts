import { ERRORS, type ErrorSpec } from '../../../base/index.ts'
import { adviceOf } from '../failure.ts'
import {
  BAD_REQUESTS,
  type BadRequest,
  prepareForBadRequests,
  type Requests,
} from './bad-requests.ts'

/**
 * Asks a server to which nothing was written yet for everything that must be refused, and tells
 * what was not refused as it should be, and whether anything has changed.
 */
export async function badRequestFindings(
  web: Requests,
): Promise<{ readonly findings: readonly string[]; readonly count: number }> {
  await prepareForBadRequests(web)
  const before = await fingerprint(web)
  const findings: string[] = []
  for (const bad of BAD_REQUESTS) {
    const { method, path, headers = {}, body } = bad
    const request = { method, headers, ...(body !== undefined && { body }) }
    const finding = findingOf(bad, await web.ask(path, request))
    if (finding !== null) findings.push(`${nameOf(bad)}: ${finding}`)
  }
  const after = await fingerprint(web)
  if (after !== before) findings.push(`${after}, not ${before}`)
  return { findings, count: BAD_REQUESTS.length }
}

function findingOf(
  { code, says = /./, advises }: BadRequest,
  { status, text }: { readonly status: number; readonly text: string },
): string | null {
  const spec: ErrorSpec = ERRORS[code]
  const told = JSON.parse(text).error ?? {}
  if (told.code !== code) return `${text}, not ${code}`
  if (status !== spec.http) return `${status}`
  const isAdvised = advises?.test(told.advice) ?? told.advice === adviceOf(code)
  if (!isAdvised || told.retry !== spec.retry) return text
  return says.test(told.message) ? null : told.message
}

const NAME_PART_MAX = 90

function nameOf({ method, path, headers, body }: BadRequest): string {
  const parts = [
    method,
    path,
    JSON.stringify(headers ?? {}),
    body === undefined ? '' : String(body),
  ]
  return parts.map((part) => part.slice(0, NAME_PART_MAX)).join(' ')
}

/** Everything that a client could have changed. */
async function fingerprint(web: Requests): Promise<string> {
  const list = await web.ask('/api/v1/kv')
  const leases = await web.ask('/api/v1/leases')
  const { alarms } = JSON.parse((await web.ask('/api/v1/cluster/status')).text)
  const hash = await web.ask('/v3/maintenance/hashkv', { method: 'POST', body: '{}' })
  return [list.text, leases.text, JSON.stringify(alarms), JSON.parse(hash.text).hash].join(' ')
}
