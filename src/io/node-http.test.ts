import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
import { describe, it } from 'node:test'
import { createHttpDoor, createNodeSockets, type HttpDoor, type Socket } from './index.ts'

/** Answers every request with its method, path and body. */
function createServer(options: http.ServerOptions = {}): http.Server {
  return http.createServer(options, (request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      response.end(`${request.method} ${request.url} ${Buffer.concat(pieces).toString('latin1')}`)
    })
  })
}

interface Setting {
  readonly port: number
  readonly door: HttpDoor
  /** What the listener gave away, first bytes read. */
  readonly taken: Socket[]
  readonly close: () => Promise<void>
}

/** A listener that reads the first bytes of each socket and gives both to the door. */
async function open(server: http.Server): Promise<Setting> {
  const door = createHttpDoor(server)
  const taken: Socket[] = []
  const listener = await createNodeSockets().listen({ host: '127.0.0.1', port: 0 }, (socket) => {
    socket.onData = (bytes) => {
      taken.push(socket)
      // Only a part was meant to be read so far, and the bytes are ours during the call only.
      const first = Uint8Array.from(bytes)
      door.accept(socket, first)
      first.fill(0)
    }
  })
  const close = async (): Promise<void> => {
    await listener.close()
    door.destroy()
    await door.leave()
  }
  return { port: listener.address.port, door, taken, close }
}

/** Sends the text, and returns what comes until the connection ends. */
async function exchange(port: number, pieces: readonly string[]): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  for (const piece of pieces) socket.write(piece)
  let answer = ''
  for await (const bytes of socket) answer += bytes
  return answer
}

function get(port: number, agent: http.Agent): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = http.get({ port, host: '127.0.0.1', path: '/a', agent }, (response) => {
    let text = ''
    response.on('data', (bytes) => {
      text += bytes
    })
    response.on('end', () => resolve(text))
  })
  request.on('error', reject)
  return promise
}

describe('the door to a server of node:http', () => {
  it('a request whose beginning was read already is answered whole', async () => {
    const { port, close } = await open(createServer())
    const body = 'x'.repeat(500_000)
    const fields = `host: a\r\nconnection: close\r\ncontent-length: ${body.length}`
    const pieces = ['P', 'OST /a', ` HTTP/1.1\r\n${fields}`, '\r\n\r\n', body]
    const answer = await exchange(port, pieces)
    assert.ok(answer.startsWith('HTTP/1.1 200 OK\r\n'))
    // As chunks, so only the beginning and the sum of the body are easy to compare.
    assert.match(answer, /POST \/a x+/)
    assert.equal(answer.split('x').length - 1, body.length)
    await close()
  })

  it('requests one after the other, and several at once, share a connection', async () => {
    const { port, taken, close } = await open(createServer())
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 3; i++) assert.equal(await get(port, agent), 'GET /a ')
    assert.equal(taken.length, 1)
    const one = 'GET /b HTTP/1.1\r\nhost: a\r\n\r\n'
    const last = 'GET /c HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
    const answer = await exchange(port, [one + one, one, last])
    assert.deepEqual(answer.match(/GET \/[abc]/g), ['GET /b', 'GET /b', 'GET /b', 'GET /c'])
    agent.destroy()
    await close()
  })

  it('an upgrade gets what was sent behind it', async () => {
    const server = createServer()
    server.on('upgrade', (_request, socket, head) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      socket.write(head)
      socket.pipe(socket)
    })
    const { port, close } = await open(server)
    const upgrade = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n'
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.write(`${upgrade}first`)
    let answer = ''
    for await (const bytes of socket) {
      answer += bytes
      if (answer.endsWith('first')) socket.end('second')
    }
    assert.ok(answer.endsWith('\r\n\r\nfirstsecond'))
    await close()
  })

  it('nonsense is answered as node:http does it', async () => {
    const { port, close } = await open(createServer())
    assert.match(await exchange(port, ['\0\x01nonsense']), /^HTTP\/1.1 400 /)
    await close()
  })

  it('who sends a request too slowly is turned away', async () => {
    const slow = createServer({ headersTimeout: 20, connectionsCheckingInterval: 10 })
    const { port, close } = await open(slow)
    assert.match(await exchange(port, ['GET / HTTP/1.1\r\nhost: a\r\n']), /^HTTP\/1.1 408 /)
    await close()
  })

  it('the socket given away takes no more writes, and tells when it is closed', async () => {
    const { port, taken, close } = await open(createServer())
    const answer = await exchange(port, ['GET / HTTP/1.0\r\n', '\r\n'])
    assert.match(answer, /^HTTP\/1.1 200 OK\r\n/)
    assert.equal(taken[0]?.write(new Uint8Array(5)), false)
    await close()
  })

  it('a socket that is over before it is given away is dropped', async () => {
    const { port, door, taken, close } = await open(createServer())
    await exchange(port, ['GET / HTTP/1.0\r\n\r\n'])
    const [socket] = taken
    assert.ok(socket !== undefined)
    socket.destroy()
    door.accept(socket, new Uint8Array(0))
    await close()
  })

  it('closing ends idle connections, and waits for requests under way', async () => {
    const begun = Promise.withResolvers<http.ServerResponse>()
    const server = http.createServer((request, response) => {
      if (request.url === '/slow') begun.resolve(response)
      else response.end('quick')
    })
    const { port, door, close } = await open(server)
    const agent = new http.Agent({ keepAlive: true })
    assert.equal(await get(port, agent), 'quick')
    const slow = exchange(port, ['GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'])
    const response = await begun.promise
    let closed = false
    const closing = door.leave().then(() => {
      closed = true
    })
    assert.equal(door.leave(), door.leave())
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(closed, false)
    response.end('at last')
    assert.match(await slow, /at last/)
    await closing
    agent.destroy()
    await close()
  })
})
