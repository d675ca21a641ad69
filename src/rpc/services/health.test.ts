import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { RPC_STREAM_WINDOW_BYTES } from '../../base/index.ts'
import { health as wire } from '../../wire/index.ts'
import { HealthService, type RpcChannel } from '../index.ts'
import {
  callStream,
  callUnary,
  type OwnCall,
  open,
  serve,
  until,
} from '../interop/testing/index.ts'

const { check, list, watch } = wire.Health.methods
const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = wire.HealthCheckResponseServingStatus

/** A message with its prefix. */
const ANSWER_BYTES = 7

async function start(context: TestContext) {
  const health = new HealthService(['kv.Store'])
  const own = await serve(context, { methods: health.methods, messageBytesMax: 4096 })
  return { health, own, channel: open(context, own.port) }
}

async function ask(channel: RpcChannel, service: string): Promise<number | string> {
  const { answers } = callUnary(channel, check, { request: { service } })
  const status = await answers.status
  return status === 'OK' ? (answers.messages[0]?.status ?? -1) : status
}

type Watching = OwnCall<wire.HealthCheckRequest, wire.HealthCheckResponse>

async function watching(channel: RpcChannel, service: string): Promise<Watching> {
  const call = await callStream(channel, watch)
  call.write({ service })
  call.call.end()
  return call
}

function told({ answers }: Watching): number[] {
  return answers.messages.map(({ status }) => status)
}

describe('the health of a server', () => {
  it('is what was said of each service, and not serving before', async (context) => {
    const { health, channel } = await start(context)
    assert.equal(await ask(channel, ''), NOT_SERVING)
    assert.equal(await ask(channel, 'kv.Store'), NOT_SERVING)
    health.set('kv.Store', true)
    assert.equal(await ask(channel, 'kv.Store'), SERVING)
    assert.equal(await ask(channel, ''), NOT_SERVING)
  })

  it('is not found for a service that is not there', async (context) => {
    const { channel } = await start(context)
    assert.equal(await ask(channel, 'kv.Sto'), 'NOT_FOUND')
  })

  it('is listed for all services at once', async (context) => {
    const { health, channel } = await start(context)
    health.set('', true)
    const { answers } = callUnary(channel, list, { request: {} })
    assert.equal(await answers.status, 'OK')
    const statuses = answers.messages[0]?.statuses.map(({ key, value }) => [key, value?.status])
    assert.deepEqual(statuses, [
      ['', SERVING],
      ['kv.Store', NOT_SERVING],
    ])
  })
})

describe('watching the health of a server', () => {
  it('tells what it is, and every change', async (context) => {
    const { health, channel } = await start(context)
    const call = await watching(channel, 'kv.Store')
    await until(() => told(call).length === 1)
    health.set('kv.Store', true)
    await until(() => told(call).length === 2)
    health.set('kv.Store', true)
    health.set('kv.Store', false)
    await until(() => told(call).length === 3)
    assert.deepEqual(told(call), [NOT_SERVING, SERVING, NOT_SERVING])
    assert.equal(call.answers.result, null)
  })

  it('waits for a service that is not known yet', async (context) => {
    const { health, channel } = await start(context)
    const call = await watching(channel, 'kv.Later')
    await until(() => told(call).length === 1)
    health.set('kv.Later', true)
    await until(() => told(call).length === 2)
    assert.deepEqual(told(call), [SERVICE_UNKNOWN, SERVING])
    assert.equal(await ask(channel, 'kv.Later'), SERVING)
  })

  it('tells a reader that was slow the newest only', async (context) => {
    const { health, own, channel } = await start(context)
    const call = await watching(channel, 'kv.Store')
    await until(() => told(call).length === 1)
    // Nothing is read at the other end while it changes a million times.
    for (let i = 0; i < 1_000_000; i++) health.set('kv.Store', i % 2 === 0)
    health.set('kv.Store', true)
    await until(() => told(call).at(-1) === SERVING)
    const underWayMax = RPC_STREAM_WINDOW_BYTES / ANSWER_BYTES
    assert.ok(told(call).length <= underWayMax + 3, `${told(call).length} changes were told`)
    assert.equal(own.accepted.length, 1)
  })

  it('keeps nothing of who is gone, however it went', async (context) => {
    const { health, own, channel } = await start(context)
    const [first, second, third, fourth] = [
      await watching(channel, ''),
      await callStream(channel, watch),
      await callStream(channel, watch),
      await watching(channel, 'kv.Nobody'),
    ]
    for (const call of [second, third]) call.write({ service: 'kv.Store' })
    await until(() => health.watchers === 4)
    first.call.cancel()
    second.write({ service: 'kv.Store' })
    third.write({ service: 'x'.repeat(4096) })
    await until(() => health.watchers === 1)
    assert.equal(await third.answers.status, 'RESOURCE_EXHAUSTED')
    own.accepted[0]?.destroy()
    await until(() => health.watchers === 0)
    assert.equal(await fourth.answers.status, 'UNAVAILABLE')
  })

  it('takes one message, and no name without a bound', async (context) => {
    const { channel } = await start(context)
    const twice = await callStream(channel, watch)
    twice.write({ service: '' })
    twice.write({ service: 'kv.Store' })
    assert.equal(await twice.answers.status, 'UNIMPLEMENTED')
    const none = await callStream(channel, watch)
    none.call.end()
    assert.equal(await none.answers.status, 'UNIMPLEMENTED')
    const long = await watching(channel, 'x'.repeat(257))
    assert.equal(await long.answers.status, 'INVALID_ARGUMENT')
    assert.deepEqual(told(long), [])
  })
})

describe('the health of a server that leaves', () => {
  it('is not serving from then on, whatever is said later', async (context) => {
    const { health, channel } = await start(context)
    health.set('', true)
    health.set('kv.Store', true)
    health.leave()
    health.leave()
    health.set('kv.Store', true)
    assert.equal(await ask(channel, ''), NOT_SERVING)
    assert.equal(await ask(channel, 'kv.Store'), NOT_SERVING)
  })

  it('is told to who watches, and the server does not wait for them', async (context) => {
    const { health, own, channel } = await start(context)
    health.set('', true)
    const call = await watching(channel, '')
    await until(() => told(call).length === 1)
    health.leave()
    assert.equal(await call.answers.status, 'UNAVAILABLE')
    assert.deepEqual(told(call), [SERVING, NOT_SERVING])
    const late = await watching(channel, '')
    assert.equal(await late.answers.status, 'UNAVAILABLE')
    assert.deepEqual(told(late), [NOT_SERVING])
    await own.server.leave()
    assert.equal(own.server.connections, 0)
  })
})
