import assert from 'node:assert/strict'
import net from 'node:net'
import { it, type TestContext } from 'node:test'
import { createHttpDoor, createNodeSockets } from '../../io/index.ts'
import { until } from '../etcd/testing/index.ts'
import { createHttpServer, type Exchange } from './index.ts'

const REQUESTS = 20_000
const HELD = 'GET /held HTTP/1.1\r\nHost: a\r\n\r\n'

/** Answers with the path, but for `/held`, which the test answers. */
async function open(context: TestContext) {
  const held: Exchange[] = []
  const handle = (exchange: Exchange): boolean => {
    if (exchange.path === '/held') held.push(exchange)
    else exchange.sendText(200, exchange.path)
    return true
  }
  const onFault = (error: unknown): void => assert.fail(String(error))
  const server = createHttpServer({ handlers: [{ handle }], corsOrigins: [], onFault })
  const seen = { came: 0, answered: '' }
  server.on('request', () => {
    seen.came += 1
  })
  const door = createHttpDoor(server)
  const local = { host: '127.0.0.1', port: 0 }
  const listener = await createNodeSockets().listen(local, (socket) =>
    door.accept(socket, new Uint8Array(0)),
  )
  const socket = net.connect(listener.address.port, '127.0.0.1')
  socket.on('data', (piece) => {
    seen.answered += piece
  })
  context.after(async () => {
    socket.destroy()
    door.destroy()
    await listener.close()
  })
  return { held, seen, socket }
}

it('a connection on which many requests wait is not read on; all are answered', async (context) => {
  const { held, seen, socket } = await open(context)
  const rest = Array.from({ length: REQUESTS }, (_, at) => `GET /${at} HTTP/1.1\r\nHost: a\r\n\r\n`)
  socket.write(HELD + rest.join(''))
  await until(() => held.length === 1)
  // As long as it is read, something comes with every turn.
  for (let came = 0, calm = 0; calm < 200; calm++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (came !== seen.came) calm = 0
    came = seen.came
  }
  assert.ok(seen.came < REQUESTS / 4, `${seen.came} requests were taken apart`)
  held[0]?.sendText(200, '/held')
  await until(() => seen.answered.endsWith(`/${REQUESTS - 1}\n`))
  const paths = seen.answered.match(/^\/\w+$/gm) ?? []
  assert.deepEqual(paths, ['/held', ...rest.map((_, at) => `/${at}`)])
})

it('a body of a request that waits comes when it is its turn', async (context) => {
  const { held, seen, socket } = await open(context)
  const body = 'x'.repeat(200_000)
  const post = `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  socket.write(HELD + HELD.repeat(2) + post)
  await until(() => held.length === 1)
  for (let at = 0; at < 3; at++) {
    await until(() => held.length === at + 1)
    held[at]?.sendText(200, `/held${at}`)
  }
  await until(() => seen.answered.includes('/a\n'))
  assert.match(seen.answered, /\/held0.*\/held1.*\/held2.*\/a\n/s)
})
