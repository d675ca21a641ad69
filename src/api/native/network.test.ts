import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createNodeChance, createNodeClock } from '../../io/index.ts'
import { etcd, native } from '../../wire/index.ts'
import { RemoteClient, ScriptedNode, serve, until } from '../etcd/testing/index.ts'
import { NATIVE_LIMITS, NativeDoor } from './index.ts'
import { operation, putOf } from './testing/index.ts'

const { pipeline, execute } = native.KV.methods

async function open(context: Pick<TestContext, 'after'>) {
  const node = new ScriptedNode()
  const door = new NativeDoor({ node, clock: createNodeClock(), chance: createNodeChance() })
  const address = await serve(context, door.methods)
  return { node, client: new RemoteClient(context, address) }
}

function keyOf({ body }: { readonly body: Uint8Array }): number {
  return Number(Buffer.from(etcd.PutRequest.decodeBytes(body).key).toString())
}

describe('a pipeline over the network', () => {
  it('holds a client by flow control that sends more than may be under way', async (context) => {
    const { node, client } = await open(context)
    const stream = await client.stream(pipeline)
    const [messages, each] = [300, 100]
    for (let message = 0; message < messages; message++) {
      const ids = Array.from({ length: each }, (_, n) => message * each + n + 1)
      // Together many times what the windows of a stream let through.
      const value = 'v'.repeat(200)
      stream.send({ operations: ids.map((id) => operation(id, putOf(`${id}`, value))) })
    }
    const results = (): number => stream.messages.reduce((sum, one) => sum + one.results.length, 0)
    const begun: number[] = []
    while (results() < messages * each) {
      const left = messages * each - begun.length
      const full = Math.min(NATIVE_LIMITS.operationsMax, left)
      await until(() => node.writes.length >= full)
      assert.equal(node.writes.length, full)
      begun.push(...node.writes.map(keyOf))
      while (node.writes.length > 0) node.applied()
      await until(() => results() === begun.length)
    }
    assert.deepEqual(
      begun,
      begun.map((_, at) => at + 1),
    )
    stream.sendEnd()
    assert.equal(await stream.end, 'OK')
    // All that ended together came together.
    assert.ok(stream.messages.length < 100, `${stream.messages.length} messages`)
  })

  it('leaves the rest of its connection to others', async (context) => {
    const { node, client } = await open(context)
    const stream = await client.stream(pipeline)
    const value = 'v'.repeat(1000)
    for (let id = 1; id <= 10_000; id++)
      stream.send({ operations: [operation(id, putOf('a', value))] })
    await until(() => node.writes.length === NATIVE_LIMITS.operationsMax)
    const single = client.call(execute, operation(1, putOf('b')))
    await until(() => node.writes.length > NATIVE_LIMITS.operationsMax)
    node.writes.splice(0, NATIVE_LIMITS.operationsMax)
    node.applied()
    assert.equal(await single.end, 'OK')
    stream.cancel()
    assert.match(await stream.end, /^CANCELLED/)
  })
})
