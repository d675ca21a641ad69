import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeJson, JsonOutput } from '../../wire/index.ts'
import { CONVERSATION, MachineNode, startRealEtcd } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'
import { Routes } from './routes.ts'

/** What differs between any two servers; so do the rest of a lease and the order of its keys. */
const OWN = new Set(['cluster_id', 'member_id', 'raft_term', 'hash'])

function comparable(text: string): string {
  return text
    .replaceAll(/"(\w+)":"\d+",?/g, (pair, name) => (OWN.has(name) ? '' : pair))
    .replaceAll(/"hash":\d+,?/g, '')
    .replaceAll(/"TTL":"(\d{3,})"/g, (_, ttl) => `"TTL":"${Math.round(Number(ttl) / 100) * 100}"`)
    .replaceAll(/"keys":\["([^\]]*)"\]/g, (_, keys) => `"keys":${keys.split('","').sort()}`)
    .replaceAll(',}', '}')
    .trimEnd()
}

/** What each turn was answered, and how it was asked. */
async function answersOf(web: HttpClient): Promise<string[]> {
  const routes = new Routes([])
  const answers: string[] = []
  for (const { method, request } of CONVERSATION) {
    const path = routes.pathOf(method.path)
    const route = path === null ? null : routes.find(path)
    assert.ok(path !== null && route, `${method.path} has a path`)
    const bytes = new Uint8Array(method.request.encodedLength(request))
    method.request.encode(request, bytes, 0)
    const output = new JsonOutput()
    encodeJson(route.request, bytes, output)
    const { status, text } = await web.post(path, output.bytes)
    // An alarm has no header before etcd 3.5.
    const told = method.path.endsWith('/Alarm') ? text.replace(/"header":\{[^}]*\},?/, '') : text
    // A path that came with etcd 3.5.
    if (path === '/v3/maintenance/hashkv') continue
    answers.push(`${path} ${new TextDecoder().decode(output.bytes)}\n${status} ${comparable(told)}`)
  }
  return answers
}

describe('a conversation as JSON', () => {
  it('goes as it does with a real etcd, byte for byte', async (context) => {
    const real = await startRealEtcd(context)
    if (real === null) return
    const { address } = await openDoors(context, { node: new MachineNode() })
    const expected = await answersOf(new HttpClient(context, real.address))
    const actual = await answersOf(new HttpClient(context, address))
    const different = actual.flatMap((answer, turn) =>
      answer === expected[turn] ? [] : [`ours: ${answer}\nreal: ${expected[turn]}`],
    )
    assert.deepEqual(different, [])
  })
})
