import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, type ErrorSpec } from '../../base/index.ts'
import { MachineNode } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'
import { BAD_REQUESTS, type BadRequest, prepareForBadRequests } from './testing/index.ts'

function nameOf({ method, path, headers, body }: BadRequest): string {
  const cut = (text: string): string => (text.length > 90 ? `${text.slice(0, 90)}…` : text)
  const told = body === undefined ? '' : ` ${cut(String(body))}`
  return `${method} ${cut(path)} ${cut(JSON.stringify(headers ?? {}))}${told}`
}

describe('requests that make no sense', () => {
  it('are refused with their code, and change nothing', async (context) => {
    const node = new MachineNode()
    const { address } = await openDoors(context, { node })
    const web = new HttpClient(context, address)
    await prepareForBadRequests(web)
    const fingerprint = async () => {
      const { machine } = node
      const { text } = await web.post('/v3/maintenance/hashkv', {})
      return [machine.revision, machine.keyCount, machine.leaseCount, JSON.parse(text).hash]
    }
    const before = await fingerprint()
    assert.deepEqual(before.slice(0, 3), [4, 2, 1])
    const findings: string[] = []
    for (const bad of BAD_REQUESTS) {
      const { method, path, headers = {}, body, code, says } = bad
      const request = { method, headers, ...(body !== undefined && { body }) }
      const { status, text } = await web.ask(path, request)
      const told = JSON.parse(text).error ?? {}
      const spec: ErrorSpec = ERRORS[code]
      if (told.code !== code) findings.push(`${nameOf(bad)}: ${text}, not ${code}`)
      else if (status !== spec.http) findings.push(`${nameOf(bad)}: ${status}`)
      else if (told.advice !== spec.advice) findings.push(`${nameOf(bad)}: ${told.advice}`)
      else if (!(says ?? /./).test(told.message)) findings.push(`${nameOf(bad)}: ${told.message}`)
    }
    assert.deepEqual(findings, [])
    assert.deepEqual(await fingerprint(), before)
    assert.ok(BAD_REQUESTS.length >= 200, `${BAD_REQUESTS.length} requests`)
    context.diagnostic(`${BAD_REQUESTS.length} requests`)
  })
})
