/** What `npm run attack:rpc` starts: the server, or one kind of attacker. */

import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { createNodeClock, createNodeGzip, createNodeSockets } from '../../../io/index.ts'
import {
  continuation,
  data,
  headers,
  PREFACE,
  ping,
  reset,
  type Setting,
  setting,
  settings,
  settingsAck,
  windowUpdate,
} from '../../conformance/testing/kit/frames.ts'
import { block } from '../../conformance/testing/kit/hpack-writer.ts'
import { RpcServer } from '../../index.ts'
import { fieldsOf, inFrames, message, opening } from './scene.ts'

const HOST = '127.0.0.1'
const EMPTY = Buffer.alloc(0)
const LARGE_BYTES = 1024 * 1024

interface Attack {
  readonly connections: number
  readonly settings?: readonly Setting[]
  readonly reads?: boolean
  /** Said once, and then again and again, as fast as it is taken, for as long as it lives. */
  readonly once?: Buffer
  readonly again?: Buffer
}

function many(make: (stream: number) => Buffer | Buffer[], count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => make(2 * i + 1)).flat())
}

const asks = (stream: number): Buffer[] => [
  opening(stream, 'Large'),
  data(stream, message(EMPTY), { end: true }),
]
const bomb = message(gzipSync(Buffer.alloc(100 * 1024 * 1024)), { flag: 1 })

export const ATTACKS: Readonly<Record<string, Attack>> = {
  // Not against anybody: what it costs that a third process is busy.
  'a busy neighbour': { connections: 0 },
  'rapid reset': {
    connections: 1,
    again: many((id) => [opening(id, 'Echo'), reset(id)], 20_000),
  },
  PING: { connections: 1, again: many(() => ping('flood'), 20_000) },
  SETTINGS: {
    connections: 1,
    once: many((id) => opening(id, 'EchoAll'), 1000),
    again: many((id) => settings(setting('initialWindowSize', id % 5)), 20_000),
  },
  'empty DATA': {
    connections: 1,
    once: opening(1, 'EchoAll'),
    again: many(() => data(1, EMPTY), 20_000),
  },
  CONTINUATION: {
    connections: 1,
    once: headers(1, block(fieldsOf('Echo')), { endHeaders: false }),
    again: many(() => continuation(1, EMPTY, { endHeaders: false }), 20_000),
  },
  'never reads': {
    connections: 20,
    settings: [setting('initialWindowSize', 2 ** 31 - 1)],
    reads: false,
    once: Buffer.concat([windowUpdate(0, 2 ** 31 - 1 - 65_535), many(asks, 1000)]),
  },
  'zero windows': {
    connections: 5,
    settings: [setting('initialWindowSize', 0)],
    once: many(asks, 1000),
  },
  'messages in part': {
    connections: 5,
    once: many((id) => {
      const part = message(Buffer.alloc(99_990), { length: 100_000 })
      return [opening(id, 'Echo'), ...inFrames(id, part, { end: false })]
    }, 500),
  },
  'gzip bombs': {
    connections: 1,
    once: many(
      (id) => [
        opening(id, 'Echo', ['grpc-encoding', 'gzip']),
        ...inFrames(id, bomb, { end: true }),
      ],
      100,
    ),
  },
  'a thousand idle': { connections: 1000 },
}

/** Comes again as soon as it is turned away. */
function connect(port: number, attack: Attack): void {
  const socket = net.connect({ host: HOST, port })
  socket.on('error', () => {})
  socket.on('close', () => connect(port, attack))
  if (attack.reads === false) socket.pause()
  else socket.resume()
  const { once = EMPTY, again } = attack
  const greeting = [PREFACE, settings(...(attack.settings ?? [])), settingsAck(), once]
  socket.write(Buffer.concat(greeting))
  if (again === undefined) return
  const go = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(again));
  }
  socket.on('drain', go)
  go()
}

function beBusy(): void {
  for (let i = 0; i < 100; i++) block(fieldsOf('Echo'))
  createNodeClock().soon(beBusy)
}

async function serve(): Promise<void> {
  const large = new Uint8Array(LARGE_BYTES)
  const server = new RpcServer({
    clock: createNodeClock(),
    gzip: createNodeGzip(),
    methods: [
      {
        kind: 'unary',
        path: '/test.Test/Echo',
        handle: (call, bytes, offset, length) => call.answer(bytes, offset, length),
      },
      {
        kind: 'unary',
        path: '/test.Test/Large',
        handle: (call) => call.answer(large, 0, LARGE_BYTES),
      },
      {
        kind: 'stream',
        path: '/test.Test/EchoAll',
        open: (call) => ({
          message: (bytes, offset, length) => void call.write(bytes, offset, length),
          ended: () => call.end(),
          writable: () => {},
          cancelled: () => {},
        }),
      },
    ],
    onFault: (error) => {
      throw error
    },
  })
  const address = { host: HOST, port: 0 }
  const listener = await createNodeSockets().listen(address, (socket) => server.accept(socket))
  process.on('message', () => {
    process.send?.({ mib: Math.round(process.memoryUsage.rss() / 2 ** 20) })
  })
  process.send?.({ port: listener.address.port })
}

const [, , kind = '', port] = process.argv
const attack = ATTACKS[kind]
if (kind === 'server') await serve()
else if (attack !== undefined && process.send !== undefined) {
  for (let i = 0; i < attack.connections; i++) connect(Number(port), attack)
  if (attack.connections === 0) beBusy()
  // It has begun once the server has had the time to hear of it.
  createNodeClock().after(300, () => process.send?.({ begun: true }))
}
process.on('disconnect', () => process.exit(0))
