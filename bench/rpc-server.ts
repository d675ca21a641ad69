/** The servers that `bench/rpc.ts` compares, one in each process: unary echo, and nothing else. */

import http2 from 'node:http2'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { createNodeClock, createNodeGzip, createNodeSockets } from '../src/io/index.ts'
import { RpcServer } from '../src/rpc/index.ts'

const HOST = '127.0.0.1'
const PATH = '/quorate.echo.v1.Echo/Unary'

async function startOwn(): Promise<number> {
  const server = new RpcServer({
    clock: createNodeClock(),
    gzip: createNodeGzip(),
    methods: [
      {
        kind: 'unary',
        path: PATH,
        handle: (call, bytes, offset, length) => call.answer(bytes, offset, length),
      },
    ],
    onFault: (error) => {
      throw error
    },
  })
  const address = { host: HOST, port: 0 }
  const listener = await createNodeSockets().listen(address, (socket) => server.accept(socket))
  return listener.address.port
}

/** The least that answers gRPC: no message is looked into, no deadline watched. */
function startNodeHttp2(): Promise<number> {
  const server = http2.createServer({ settings: { maxConcurrentStreams: 1024 } })
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => {})
    stream.on('end', () => {
      const head = { ':status': 200, 'content-type': 'application/grpc' }
      stream.respond(head, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
    })
  })
  return new Promise((resolve) => {
    server.listen(0, HOST, () => resolve((server.address() as { port: number }).port))
  })
}

function startGrpcJs(): Promise<number> {
  const same = (bytes: Buffer): Buffer => bytes
  const server = new Server({ 'grpc.max_concurrent_streams': 1024 })
  const definition = {
    unary: {
      path: PATH,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  }
  server.addService(definition, {
    unary: (
      call: { request: Buffer },
      answer: (error: Error | null, value?: Buffer) => void,
    ): void => answer(null, call.request),
  })
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port)
      else reject(error)
    })
  })
}

const STARTS: Readonly<Record<string, () => Promise<number>>> = {
  own: startOwn,
  'node:http2': startNodeHttp2,
  'grpc-js': startGrpcJs,
}

const start = STARTS[process.argv[2] ?? '']
if (start === undefined) {
  process.stderr.write(`usage: rpc-server.ts ${Object.keys(STARTS).join('|')}\n`)
  process.exit(2)
}
process.send?.({ port: await start() })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit(0))
