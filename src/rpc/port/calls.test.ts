import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeededChance } from '../../base/index.ts'
import { type Address, createNodeGzip, type Socket } from '../../io/index.ts'
import {
  type CallEnd,
  openPort,
  type PortTls,
  RpcChannel,
  RpcServer,
  type ServerCall,
  STATUS,
} from '../index.ts'
import { HARNESSES, type Harness } from './testing/harness.ts'
import { Events, RecordingHandler } from './testing/recorder.ts'

const onFault = (error: unknown): void => assert.fail(String(error))

/** A server of gRPC at one port, which answers with the message and who asked. */
async function open(harness: Harness, tls: PortTls | null) {
  const { sockets, clock, host } = harness
  const whole = new TextDecoder()
  const rpc = new RpcServer({
    clock,
    gzip: createNodeGzip(),
    onFault,
    methods: [
      {
        kind: 'unary',
        path: '/test.Test/Echo',
        handle: (call: ServerCall, bytes, offset, length) => {
          const text = `heard ${whole.decode(bytes.subarray(offset, offset + length))}`
          call.answer(new TextEncoder().encode(text), 0, text.length)
        },
      },
    ],
  })
  const http1 = new RecordingHandler(new Events())
  http1.finish()
  const port = await openPort({
    sockets,
    clock,
    address: { host, port: 0 },
    http2: rpc,
    http1,
    tls,
  })
  return { port, rpc }
}

function call(channel: RpcChannel, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const bytes = new TextEncoder().encode(text)
  let answer = ''
  const receiver = {
    message: (bytes: Uint8Array, offset: number, length: number) => {
      answer += new TextDecoder().decode(bytes.subarray(offset, offset + length))
    },
    writable: () => {},
    ended: ({ status }: CallEnd) => {
      if (status.code === STATUS.OK) resolve(answer)
      else reject(new Error(`${status.code} ${status.message}`))
    },
  }
  channel.unary('/test.Test/Echo', { bytes, offset: 0, length: bytes.length }, receiver)
  return promise
}

function connectChannel(
  { clock }: Harness,
  endpoint: Address,
  connect: (endpoint: Address) => Socket,
): RpcChannel {
  const chance = new SeededChance(1, 'channel')
  const gzip = createNodeGzip()
  return new RpcChannel({ clock, chance, gzip, endpoints: [endpoint], connect, onFault })
}

function tlsOf(harness: Harness) {
  const authority = harness.createAuthority('authority')
  const names = [`IP Address:${harness.host}`]
  const server = harness.sockets.tlsServer({
    identity: authority.issue({ commonNames: ['port'], names }),
    protocols: ['h2', 'http/1.1'],
    clients: { authority: authority.certificate, required: true },
    handshakeMsMax: 10_000,
  })
  const client = harness.sockets.tlsClient({
    authority: authority.certificate,
    serverName: null,
    identity: authority.issue({ commonNames: ['client'], names: ['DNS:client'] }),
    protocols: ['h2'],
    connectMsMax: 10_000,
  })
  return { server, client }
}

for (const { name, create } of HARNESSES) {
  describe(`gRPC at the one port, ${name}`, () => {
    it('is spoken with prior knowledge and over TLS, at the same time', async () => {
      const harness = create()
      await harness.run(async () => {
        const { server, client } = tlsOf(harness)
        const { port, rpc } = await open(harness, { server, plaintext: 'accepted' })
        const plain = connectChannel(harness, port.address, (to) => harness.sockets.connect(to))
        const secured = connectChannel(harness, port.address, (to) => client.connect(to))
        const texts = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(i * 100)}`)
        for (const channel of [plain, secured]) {
          const answers = await Promise.all(texts.map((text) => call(channel, text)))
          assert.deepEqual(
            answers,
            texts.map((text) => `heard ${text}`),
          )
        }
        assert.equal(port.connections, 2)
        assert.equal(rpc.connections, 2)
        assert.equal(port.undecided, 0)
        await port.close()
        assert.equal(rpc.connections, 0)
        plain.close()
        secured.close()
      })
    })
  })
}
