import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { FedHub, MachineNode, ScriptedNode, until } from '../etcd/testing/index.ts'
import { SCHEMAS, type Schema } from './schemas.ts'
import { EventReader, openRest } from './testing/index.ts'

const WATCH = '/api/v1/watch'
const KV = '/api/v1/kv'

async function open(context: TestContext) {
  const door = await openRest(context, { node: new MachineNode() })
  const watch = (query = '', headers = {}) => {
    const reader = new EventReader(door.address, `${WATCH}${query}`, headers)
    context.after(() => reader.close())
    return reader
  }
  const put = (key: string, body = '') => door.ask('PUT', `${KV}/${key}`, { body })
  const txn = (...keys: readonly string[]) => {
    const operations = keys.map((key) => ({ op: 'put', key, value: '' }))
    // biome-ignore lint/suspicious/noThenProperty: it is data.
    return door.ask('POST', '/api/v1/txn', { body: JSON.stringify({ then: operations }) })
  }
  return { ...door, watch, put, txn }
}

describe('a watch', () => {
  it('tells what happens from now on, with ids to come back with', async (context) => {
    const { watch, put, ask } = await open(context)
    await put('a')
    const reader = watch('?prefix=a')
    assert.equal(await reader.open(), 200)
    await until(() => reader.lastId === '2')
    await put('b')
    await put('a1', 'x')
    await ask('DELETE', `${KV}/a`)
    assert.deepEqual(await reader.until(2), ['put a1 4', 'delete a 5'])
    const { entry } = JSON.parse(reader.messages[0]?.data ?? '')
    assert.deepEqual([entry.value, entry.encoding, entry.revision], ['x', 'text', 4])
  })

  it('tells what has happened since a revision', async (context) => {
    const { watch, put } = await open(context)
    for (const key of ['a', 'b', 'c']) await put(key)
    assert.deepEqual(await watch('?from=3').until(2), ['put b 3', 'put c 4'])
    assert.deepEqual(await watch('?after=2').until(2), ['put b 3', 'put c 4'])
    assert.deepEqual(await watch('?from=2&key=b').until(1), ['put b 3'])
    assert.deepEqual(await watch('?from=2&start=a&end=c').until(2), ['put a 2', 'put b 3'])
    const resumed = watch('?from=2', { 'Last-Event-ID': '3' })
    assert.deepEqual(await resumed.until(1), ['put c 4'])
  })

  it('is only described by HEAD, and does not begin', async (context) => {
    const { ask, rest } = await open(context)
    const { status, headers, text } = await ask('HEAD', '/api/v1/watch')
    assert.deepEqual([status, headers['content-type'], text], [200, 'text/event-stream', ''])
    assert.equal(rest.watches, 0)
  })

  it('tells of revisions to come when they have come', async (context) => {
    const { watch, put } = await open(context)
    const reader = watch('?from=4')
    await reader.open()
    for (const key of ['a', 'b', 'c']) await put(key)
    assert.deepEqual(await reader.until(1), ['put c 4'])
  })

  it('goes on behind any event of a transaction, without gap or repetition', async (context) => {
    const { watch, put, txn, ask } = await open(context)
    await put('x')
    await txn('k1', 'k2', 'other', 'k3')
    await ask('DELETE', `${KV}?prefix=k`)
    await put('k4')
    const all = await watch('?prefix=k&from=1').until(7)
    const dropped = ['delete k1 4.1', 'delete k2 4.2', 'delete k3 4']
    assert.deepEqual(all, ['put k1 3.1', 'put k2 3.2', 'put k3 3', ...dropped, 'put k4 5'])
    for (const [at, event] of all.entries()) {
      const id = event.split(' ')[2] ?? ''
      const rest = all.slice(at + 1)
      const resumed = watch('?prefix=k', { 'Last-Event-ID': id })
      assert.deepEqual(await resumed.until(rest.length), rest, id)
      await until(() => resumed.lastId === '5')
    }
  })

  it('tells only puts, or only deletes, and what was there before', async (context) => {
    const { watch, put, ask } = await open(context)
    await put('a', '1')
    await put('a', '2')
    await ask('DELETE', `${KV}/a`)
    assert.deepEqual(await watch('?from=1&events=delete').until(1), ['delete a 4'])
    const reader = watch('?from=1&events=put&previous')
    assert.deepEqual(await reader.until(2), ['put a 2', 'put a 3'])
    const previous = reader.messages.map(({ data }) => JSON.parse(data).previous?.value)
    assert.deepEqual(previous, [undefined, '1'])
  })

  it('is JSON, a line each, for whoever wants that', async (context) => {
    const { watch, put } = await open(context)
    await put('%ff', 'x')
    const reader = watch('?from=2', { Accept: 'application/x-ndjson' })
    await until(() => reader.text.split('\n').length >= 3)
    const [ready, event] = reader.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(ready, { type: 'ready', id: '1' })
    const facts = { revision: 2, createRevision: 2, version: 1 }
    const entry = { key: '/w==', keyEncoding: 'base64', value: 'x', encoding: 'text', ...facts }
    assert.deepEqual(event, { type: 'put', id: '2', entry })
  })

  it('is JSON for whoever takes JSON and no events', async (context) => {
    const { watch } = await open(context)
    for (const [Accept, type] of [
      ['application/json', 'application/x-ndjson'],
      ['application/json, text/plain, */*', 'application/x-ndjson'],
      ['application/json, text/event-stream', 'text/event-stream'],
      ['text/event-stream', 'text/event-stream'],
      ['*/*', 'text/event-stream'],
    ] as const) {
      const reader = watch('', { Accept })
      await reader.open()
      assert.equal(reader.type, type, Accept)
    }
  })
})

/** Whether a value is what a schema of the description says, as far as those here use the words. */
function isDescribed(name: string, value: unknown): boolean {
  return conforms(SCHEMAS[name] ?? assert.fail(name), value)
}

function conforms(schema: Schema, value: unknown): boolean {
  const { $ref, oneOf, properties, required = [], items } = schema
  if ($ref !== undefined) return isDescribed($ref.split('/').at(-1) ?? '', value)
  if (oneOf !== undefined) return oneOf.filter((one) => conforms(one, value)).length === 1
  if (schema.enum !== undefined) return schema.enum.some((one) => one === value)
  if (items !== undefined) return Array.isArray(value) && value.every((one) => conforms(items, one))
  if (properties === undefined) {
    return schema.type === 'integer' ? Number.isInteger(value) : typeof value === schema.type
  }
  const isObject = typeof value === 'object' && value !== null
  return (
    isObject &&
    required.every((field) => Object.hasOwn(value, field)) &&
    Object.entries(value).every(([field, inner]) => {
      const described = properties[field]
      return described !== undefined && conforms(described, inner)
    })
  )
}

/** A node whose changes the test makes. */
async function openFed(context: TestContext) {
  const node = new ScriptedNode()
  const fed = new FedHub()
  node.hub = fed.hub
  const door = await openRest(context, { node })
  const watch = (query = '', headers = {}) => {
    const reader = new EventReader(door.address, `${WATCH}${query}`, headers)
    context.after(() => reader.close())
    return reader
  }
  return { ...door, node, fed, hub: fed.hub, watch }
}

describe('a watch that goes on', () => {
  it('shows that it lives, and moves its id on when all is told', async (context) => {
    const { watch, clock, fed, hub } = await openFed(context)
    const reader = watch('?key=a')
    await until(() => reader.lastId === '1')
    await clock.advance(14_999)
    assert.equal(reader.comments, 0)
    await clock.advance(1)
    await until(() => reader.comments === 1)
    hub.drain(1000)
    fed.put('other')
    hub.drain(1000)
    await clock.advance(15_000)
    hub.drain(1000)
    await until(() => reader.lastId === '2' && reader.comments === 2)
    assert.deepEqual(reader.messages, [])
  })

  it('is told as described, line by line, when nothing happens, too', async (context) => {
    const { watch, clock, fed, hub, rest } = await openFed(context)
    const reader = watch('?prefix=a&from=2', { Accept: 'application/x-ndjson' })
    const lines = () => reader.text.split('\n').slice(0, -1)
    await until(() => lines().length === 1)
    await clock.advance(15_000)
    await until(() => lines().length === 2)
    fed.put('a1', 'a2')
    hub.drain(1000)
    await until(() => lines().length === 5)
    await clock.advance(15_000)
    await until(() => lines().length === 6)
    fed.put('other')
    hub.drain(1000)
    await until(() => lines().length === 7)
    rest.leave()
    await until(() => reader.isOver)
    const told = lines().map((line) => JSON.parse(line))
    const marks = told.map(({ type, id, error }) => [type ?? error.code, id])
    const silence = ['progress', '2']
    assert.deepEqual(marks, [
      ...[['ready', '1'], ['progress', '1'], ['put', '2.1'], ['put', '2'], silence, silence],
      ...[
        ['progress', '3'],
        ['STOPPED', undefined],
      ],
    ])
    for (const line of told) assert.ok(isDescribed('WatchLine', line), JSON.stringify(line))
    assert.ok(!isDescribed('WatchLine', { type: 'ready' }))
    assert.ok(!isDescribed('WatchLine', { type: 'put', id: '2' }))
  })

  it('begins with the id that it goes on behind, within a revision, too', async (context) => {
    const { watch, fed } = await openFed(context)
    fed.put('a', 'b', 'c')
    for (const [id, format] of [
      ['2.1', 'application/x-ndjson'],
      ['9000', 'application/x-ndjson'],
    ]) {
      const reader = watch(`?after=${id}`, { Accept: format })
      await until(() => reader.text.includes('\n'))
      assert.equal(reader.text.split('\n')[0], `{"type":"ready","id":"${id}"}`)
      reader.close()
    }
  })

  it('is silent no longer than that after an event', async (context) => {
    const { watch, clock, fed, hub } = await openFed(context)
    const reader = watch('')
    await until(() => reader.lastId === '1')
    await clock.advance(10_000)
    fed.put('a')
    hub.drain(1000)
    await reader.until(1)
    await clock.advance(5000)
    await clock.advance(9999)
    assert.equal(reader.comments, 0)
    await clock.advance(1)
    await until(() => reader.comments === 1)
  })

  it('ends when what comes next is compacted away', async (context) => {
    const { watch, fed, hub } = await openFed(context)
    for (const key of ['a', 'b', 'c']) fed.put(key)
    fed.compact(3)
    hub.drain(1000)
    const refused = watch('?from=2')
    await until(() => refused.isOver)
    assert.equal(refused.status, 410)
    const { error } = JSON.parse(refused.text)
    assert.deepEqual([error.code, /revision 3/.test(error.message)], ['COMPACTED', true])
    const known = watch('?from=3')
    hub.drain(1000)
    assert.equal(await known.open(), 200)
  })

  it('ends with a word when the node leaves', async (context) => {
    const { watch, rest, hub, ask } = await openFed(context)
    const reader = watch('')
    await reader.open()
    rest.leave()
    await until(() => reader.isOver)
    assert.deepEqual(reader.told, ['error STOPPED'])
    assert.deepEqual([hub.streamCount, rest.watches], [0, 0])
    assert.equal((await ask('GET', WATCH)).status, 503)
  })

  it('ends when there is no leader for too long, so that it goes on elsewhere', async (context) => {
    const { watch, node, clock } = await openFed(context)
    const reader = watch('')
    await reader.open()
    node.setLeading(false)
    await clock.advance(2999)
    node.setLeading(true)
    await clock.advance(3000)
    node.setLeading(false)
    await clock.advance(2999)
    assert.equal(reader.isOver, false)
    await clock.advance(1)
    await until(() => reader.isOver)
    assert.deepEqual(reader.told, ['error NO_LEADER'])
  })

  it('is forgotten when nobody reads it any more', async (context) => {
    const { watch, hub, rest } = await openFed(context)
    const reader = watch('')
    await reader.open()
    assert.deepEqual([hub.streamCount, rest.watches], [1, 1])
    reader.close()
    await until(() => hub.streamCount === 0 && rest.watches === 0)
  })

  it('holds little for who reads slowly, and tells it all in the end', async (context) => {
    const { watch, fed, hub } = await openFed(context)
    const reader = watch('')
    await reader.open()
    reader.pause()
    await flood(fed, hub)
    assert.equal(reader.isOver, false)
    reader.resume()
    await until(() => {
      hub.drain(10_000)
      return reader.messages.length >= FLOOD
    })
    const ids = reader.messages.map(({ id }) => Number(id))
    assert.deepEqual(
      ids,
      Array.from({ length: FLOOD }, (_, at) => at + 2),
    )
  })

  it('tells a revision in several answers of the hub, with ids all through', async (context) => {
    const { watch, fed, hub } = await openFed(context)
    const reader = watch('')
    await reader.open()
    const count = 4000
    fed.put(...Array.from({ length: count }, (_, at) => `${LONG}${at}`))
    fed.put('next')
    await until(() => {
      hub.drain(10_000)
      return reader.messages.length > count
    })
    const ids = reader.messages.map(({ id }) => id)
    const within = Array.from({ length: count - 1 }, (_, at) => `2.${at + 1}`)
    assert.deepEqual(ids, [...within, '2', '3'])
    const resumed = watch('', { 'Last-Event-ID': '2.3990' })
    await resumed.open()
    await until(() => {
      hub.drain(10_000)
      return resumed.messages.length >= 11
    })
    assert.deepEqual(
      resumed.messages.map(({ id }) => id),
      ids.slice(3990),
    )
  })

  it('is dropped when nothing of it is read for a minute', async (context) => {
    const { watch, fed, hub, clock } = await openFed(context)
    const reader = watch('')
    await reader.open()
    reader.pause()
    await flood(fed, hub)
    await clock.advance(59_999)
    assert.equal(hub.streamCount, 1)
    await clock.advance(1)
    await until(() => hub.streamCount === 0)
  })
})

const FLOOD = 10_000
/** Six bytes each as JSON, so that what systems buffer is soon full. */
const LONG = '\u0001'.repeat(400)

/** So much happens that a reader who takes nothing cannot be told all of it. */
async function flood(fed: FedHub, hub: FedHub['hub']): Promise<void> {
  for (let i = 0; i < FLOOD; i++) fed.put(`${LONG}${i}`)
  // It is told no more when its part of the hub has nothing left to do, and it is behind.
  await until(() => !hub.drain(10_000) && hub.slowWatcherCount === 1)
}
