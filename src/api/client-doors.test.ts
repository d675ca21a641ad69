import assert from 'node:assert/strict'
import https from 'node:https'
import { describe, it, type TestContext } from 'node:test'
import { type Authority, createAuthority } from '../io/contract/index.ts'
import {
  type Address,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../io/index.ts'
import { type CallReceiver, openPort, type PortTls, RpcChannel, statusName } from '../rpc/index.ts'
import { etcd, health, native, reflection } from '../wire/index.ts'
import { MachineNode, RemoteClient, until } from './etcd/testing/index.ts'
import { HttpClient, openDoors } from './testing/index.ts'

const { put } = etcd.KV.methods
const { check } = health.Health.methods
const { serverReflectionInfo } = reflection.ServerReflection.methods

describe('a path that nobody knows', () => {
  it('is answered with what may be meant, by whoever comes from another store', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const web = new HttpClient(context, address)
    for (const [path, hint] of [
      ['/v1/kv/greeting', '; did you mean /api/v1/kv/greeting?'],
      ['/v2/keys/greeting?x=1', '; did you mean /api/v1/kv/greeting?'],
      ['/status', '; did you mean /api/v1/cluster/status?'],
      ['/kv', '; did you mean /api/v1/kv?'],
      ['/metrix', '; did you mean /metrics?'],
    ] as const) {
      const { status, text, headers } = await web.ask(path, { method: 'PUT', body: 'x' })
      const { error } = JSON.parse(text)
      assert.deepEqual([status, headers['content-type']], [404, 'application/json'], path)
      const message = `There is nothing at ${path.split('?')[0]}${hint}`
      assert.deepEqual([error.code, error.message], ['ROUTE_UNKNOWN', message])
      assert.match(error.advice, /REST begins with \/api\/v1, .*\/openapi\.json/)
    }
    // What nobody can mean is answered in etcd's words, as is what it has.
    assert.equal((await web.ask('/something/else')).text, '404 page not found\n')
    assert.equal((await web.post('/v3/nothing', '{}')).text, 'Not Found\n')
  })
})

function tlsOf(authority: Authority, plaintext: PortTls['plaintext']): PortTls {
  const names = ['IP Address:127.0.0.1']
  const server = createNodeSockets().tlsServer({
    identity: authority.issue({ commonNames: ['node'], names }),
    protocols: ['h2', 'http/1.1'],
    clients: null,
    handshakeMsMax: 10_000,
  })
  return { server, plaintext }
}

/** A put over gRPC within TLS; how it ended. */
function putSecurely(context: TestContext, address: Address, authority: Uint8Array) {
  const sockets = createNodeSockets()
  const tls = sockets.tlsClient({
    authority,
    serverName: null,
    identity: null,
    protocols: ['h2'],
    connectMsMax: 10_000,
  })
  const channel = new RpcChannel({
    clock: createNodeClock(),
    gzip: createNodeGzip(),
    chance: createNodeChance(),
    endpoints: [address],
    connect: (endpoint) => tls.connect(endpoint),
    scheme: 'https',
    onFault: (error) => {
      throw error
    },
  })
  context.after(() => channel.close())
  const bytes = put.request.encodeBytes(put.request.create({ key: Uint8Array.of(1) }))
  return new Promise<string>((resolve) => {
    const receiver: CallReceiver = {
      message: () => {},
      writable: () => {},
      ended: ({ status }) => resolve(statusName(status.code)),
    }
    channel.unary(put.path, { bytes, offset: 0, length: bytes.length }, receiver)
  })
}

function getSecurely(address: Address, path: string, ca: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: address.host, port: address.port, path, ca: pem(ca), agent: false }
    const request = https.get(options, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
}

function pem(certificate: Uint8Array): string {
  const text = new TextDecoder().decode(certificate)
  if (text.startsWith('-----')) return text
  const base64 = Buffer.from(certificate).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`
}

describe('the doors of clients', () => {
  it('are all on one port', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const client = new RemoteClient(context, address)
    const stored = await client.ask(put, put.request.create({ key: Uint8Array.of(1) }))
    assert.equal(stored.outcome, 'OK')
    const web = new HttpClient(context, address)
    assert.match((await web.post('/v3/kv/range', { key: 'AQ==' })).text, /"count":"1"/)
    assert.equal((await web.ask('/health')).status, 200)
    for (const service of ['etcdserverpb.KV', 'quorate.v1.KV']) {
      const healthy = await client.ask(check, { service })
      assert.equal(healthy.message.status, 1)
    }
  })

  it('tell what services there are', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const client = new RemoteClient(context, address)
    const asking = await client.stream(serverReflectionInfo)
    asking.send({ host: '', messageRequest: { kind: 'listServices', value: '' } })
    asking.sendEnd()
    await asking.end
    const { messageResponse } = asking.message
    assert.ok(messageResponse?.kind === 'listServicesResponse')
    const names = messageResponse.value.service.map(({ name }) => name)
    for (const name of ['etcdserverpb.KV', 'quorate.v1.KV', 'grpc.health.v1.Health']) {
      assert.ok(names.includes(name), name)
    }
  })

  it('are all within TLS too, and without it on the same port', async (context) => {
    const authority = createAuthority('authority')
    const tls = tlsOf(authority, 'accepted')
    const { address } = await openDoors(context, { node: new MachineNode(), tls })
    assert.equal(await putSecurely(context, address, authority.certificate), 'OK')
    assert.match(await getSecurely(address, '/version', authority.certificate), /etcdserver/)
    assert.equal((await new HttpClient(context, address).ask('/health')).status, 200)
  })

  it('may be told apart: health and metrics on a port of their own', async (context) => {
    const { doors } = await openDoors(context, { node: new MachineNode() })
    const [clock, sockets] = [createNodeClock(), createNodeSockets()]
    const monitoring = doors.openMonitoring()
    const port = await openPort({
      ...{ sockets, clock, tls: null },
      address: { host: '127.0.0.1', port: 0 },
      http1: monitoring,
      http2: monitoring,
    })
    context.after(() => port.close())
    const web = new HttpClient(context, port.address)
    assert.equal((await web.ask('/metrics')).status, 200)
    assert.equal((await web.post('/v3/kv/put', { key: 'AQ==' })).status, 404)
    port.destroy()
  })

  it('end what would go on for ever, and then the port closes', async (context) => {
    const node = new MachineNode()
    const { doors, port, address } = await openDoors(context, { node })
    const client = new RemoteClient(context, address)
    const watch = await client.stream(etcd.Watch.methods.watch)
    const value = etcd.WatchCreateRequest.create({ key: Uint8Array.of(1) })
    watch.send({ requestUnion: { kind: 'createRequest', value } })
    const pipeline = await client.stream(native.KV.methods.pipeline)
    const lines: string[] = []
    const web = new HttpClient(context, address)
    web.stream('/v3/watch', (line) => lines.push(line)).write('{"create_request":{"key":"AQ=="}}')
    await until(() => watch.messages.length === 1 && lines.length === 1)
    doors.leave()
    doors.leave()
    await port.close()
    assert.equal(await watch.end, 'UNAVAILABLE etcdserver: server stopped')
    assert.equal(await pipeline.end, 'UNAVAILABLE this node is shutting down')
    assert.match(lines[1] ?? '', /server stopped/)
    assert.equal(node.watchHub().streamCount, 0)
  })
})
