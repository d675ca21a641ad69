import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { BrokenInvariant, HTTP_BODIES_BYTES_ALL_MAX, HTTP_IDLE_MS_MAX } from '../../base/index.ts'
import { createHttpDoor, createNodeSockets, type Socket } from '../../io/index.ts'
import { ManualClock, settle } from '../../log/testing/index.ts'
import { until } from '../etcd/testing/index.ts'
import {
  BodyMemory,
  createDirectDoor,
  createHttpServer,
  type DirectHandler,
  type Exchange,
  NodeExchange,
} from './index.ts'

const LOOK_MS = 5000
const DIRECT = 'direct'
const NODE = 'node'

interface Options {
  readonly memory?: BodyMemory
}

/**
 * Answers with who has read a request, its target and its body, or with as many letters as the
 * query says; paths that begin with `/held` when the test says so. Those that begin with `/node`
 * are not answered directly.
 */
async function open(context: TestContext, { memory = new BodyMemory() }: Options = {}) {
  const clock = new ManualClock()
  const faults: unknown[] = []
  const held: (() => void)[] = []
  const asked: Exchange[] = []
  const onFault = (error: unknown): void => void faults.push(error)
  const handle = (exchange: Exchange): boolean => {
    asked.push(exchange)
    const { path, target } = exchange
    if (path === '/broken') throw new RangeError('a mistake')
    if (path === '/nobody') return false
    if (path === '/streamed') exchange.node.response.write('')
    const done = (outcome: { kind: string; bytes?: Uint8Array }): void => {
      const by = exchange instanceof NodeExchange ? NODE : DIRECT
      const body = Buffer.from(outcome.bytes ?? []).toString()
      const answer = (): void => {
        const letters = Number(exchange.queryText)
        if (letters > 0) exchange.sendText(200, 'x'.repeat(letters))
        else exchange.sendText(200, `${by} ${target} ${outcome.kind} ${body}`)
      }
      if (path.startsWith('/held')) held.push(answer)
      else answer()
    }
    exchange.readBody({ clock, memory, bytesMax: 60_000, done })
    return true
  }
  const handler: DirectHandler = {
    takesDirectly: (_, target) => !target.startsWith('/node'),
    handle,
  }
  const serving = { corsOrigins: ['http://page'], onFault }
  const behind = createHttpDoor(createHttpServer({ handlers: [{ handle }], ...serving }))
  const door = createDirectDoor({ handler, behind, clock, memory, ...serving })
  const accepted: Socket[] = []
  const heard = { bytes: 0, ends: 0 }
  const listener = await createNodeSockets().listen({ host: '127.0.0.1', port: 0 }, (socket) => {
    accepted.push(socket)
    door.accept(socket, new Uint8Array(0))
    overhear(socket, heard)
  })
  context.after(async () => {
    door.destroy()
    await listener.close()
  })
  const connect = (text = '') => connected(context, listener.address.port, text)
  return { connect, door, clock, memory, held, asked, faults, accepted, heard }
}

/** Counts what comes as long as whoever has accepted the socket reads it. */
function overhear(socket: Socket, heard: { bytes: number; ends: number }): void {
  const { onData, onEnd } = socket
  socket.onData = (bytes) => {
    heard.bytes += bytes.length
    onData?.(bytes)
  }
  socket.onEnd = () => {
    heard.ends += 1
    onEnd?.()
  }
}

function connected(context: TestContext, port: number, text: string) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  const seen = { text: '', hasEnded: false, isClosed: false }
  socket.on('data', (piece) => {
    seen.text += piece
  })
  socket.on('end', () => {
    seen.hasEnded = true
  })
  socket.on('close', () => {
    seen.isClosed = true
  })
  socket.on('error', () => {})
  socket.write(text)
  context.after(() => socket.destroy())
  /** Waits for so many answers of the handler, and returns who and what. */
  const answers = async (count: number): Promise<readonly string[]> => {
    const found = () => seen.text.match(/^(?:direct|node) .*$/gm) ?? []
    await until(() => found().length >= count)
    return found()
  }
  return { socket, seen, answers }
}

const get = (target: string, fields = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
const put = (target: string, body: string): string =>
  `PUT ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('a connection of plain requests', () => {
  it('is answered directly, one after the other', async (context) => {
    const { connect } = await open(context)
    const { socket, answers, seen } = connect(get('/a?b'))
    assert.deepEqual(await answers(1), ['direct /a?b whole '])
    socket.write(put('/c', 'value'))
    assert.deepEqual((await answers(2))[1], 'direct /c whole value')
    const [, head = ''] = /^(HTTP.*?\r\n\r\n)direct/s.exec(seen.text) ?? []
    const told = head.replace(/Date: [^\r]+ GMT\r\n/, 'Date\r\n').split('\r\n')
    assert.deepEqual(told.slice(0, -2), [
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain; charset=utf-8',
      'X-Content-Type-Options: nosniff',
      'Content-Length: 19',
      'Date',
      'Connection: keep-alive',
      'Keep-Alive: timeout=75',
    ])
  })

  it('may bring a body in pieces, as long as it is small', async (context) => {
    const { connect, memory } = await open(context)
    const { socket, answers } = connect()
    for (const piece of ['x', 'y'.repeat(4000)]) {
      const text = put('/a', piece.repeat(4))
      const cuts = [text.indexOf('\r\n\r\n') + 4, text.length - piece.length, text.length]
      let at = 0
      for (const cut of cuts) {
        const held = memory.heldBytes
        socket.write(text.slice(at, cut))
        if (cut < text.length) await until(() => held > 0 || memory.heldBytes > 0)
        await settle()
        at = cut
      }
    }
    const [one, other] = await answers(2)
    assert.equal(one, 'direct /a whole xxxx')
    assert.equal(other, `direct /a whole ${'y'.repeat(16_000)}`)
    assert.equal(memory.heldBytes, 0)
  })

  it('survives mistakes of handlers, and what nobody answers', async (context) => {
    const { connect, faults } = await open(context)
    const { socket, seen, answers } = connect(get('/broken'))
    await until(() => seen.text.includes('HTTP/1.1 500 '))
    assert.equal(faults.length, 1)
    socket.write(get('/nobody'))
    await until(() => seen.text.includes('404 page not found'))
    socket.write(get('/a'))
    assert.deepEqual(await answers(1), ['direct /a whole '])
    socket.write(get('/streamed'))
    await until(() => faults.length === 2)
    assert.ok(faults[1] instanceof BrokenInvariant)
  })

  it('tells pages that they may read an answer', async (context) => {
    const { connect } = await open(context)
    const { seen, answers } = connect(get('/a', 'Origin: http://page\r\n'))
    await answers(1)
    assert.match(seen.text, /Access-Control-Allow-Origin: http:\/\/page\r\n/)
  })

  it('gets answers of any length', async (context) => {
    const { connect } = await open(context)
    const { socket, seen } = connect()
    for (const length of [3000, 3900, 4000, 5000, 2_000_000, 1]) {
      seen.text = ''
      socket.write(get(`/large?${length}`))
      await until(() => seen.text.endsWith('x\n'))
      const [head = '', body = ''] = seen.text.split('\r\n\r\n')
      assert.equal(body.length, length + 1)
      assert.match(head, new RegExp(`Content-Length: ${length + 1}\r\n`))
    }
  })
})

describe('a connection is handed to the server of Node', () => {
  for (const [what, text] of Object.entries({
    'what is not answered directly': get('/node'),
    'a head in pieces': 'GET /a HTTP/1.1\r\n',
    'a body without length': put('/a', '').replace('Content-Length: 0\r\n', ''),
    'an end of the connection': get('/a', 'Connection: close\r\n'),
  })) {
    it(`for ${what}`, async (context) => {
      const { connect, heard } = await open(context)
      const { socket, answers } = connect(get('/first'))
      await answers(1)
      const before = heard.bytes
      socket.write(text)
      if (!text.endsWith('\r\n\r\n')) {
        await until(() => heard.bytes > before)
        socket.write('Host: a\r\n\r\n')
      }
      assert.match((await answers(2))[1] ?? '', /^node \/\w+ whole /)
    })
  }

  it('for a body that is large and not whole, and there is nothing lost', async (context) => {
    const { connect, heard } = await open(context)
    const body = 'y'.repeat(50_000)
    const { socket, answers } = connect(put('/a', body).slice(0, 1000))
    await until(() => heard.bytes > 0)
    socket.write(put('/a', body).slice(1000))
    assert.deepEqual(await answers(1), [`node /a whole ${body}`])
    socket.write(get('/b'))
    assert.equal((await answers(2))[1], 'node /b whole ')
  })

  it('for a body for which there is no room', async (context) => {
    const memory = new BodyMemory()
    assert.ok(memory.grow(0, HTTP_BODIES_BYTES_ALL_MAX))
    const { connect, heard } = await open(context, { memory })
    // With its head it is above what is always let in, and alone it is not.
    const text = put('/a', 'y'.repeat(16_384))
    const { socket, answers } = connect(text.slice(0, 1000))
    await until(() => heard.bytes > 0)
    socket.write(text.slice(1000))
    assert.match((await answers(1))[0] ?? '', /^node \/a whole y+$/)
  })

  it('for a body that takes its time, which begins anew there', async (context) => {
    const { connect, clock, memory } = await open(context)
    const { socket, answers } = connect(put('/a', 'slowly').slice(0, -2))
    await until(() => memory.heldBytes > 0)
    await clock.advance(LOOK_MS)
    await clock.advance(LOOK_MS)
    const before = memory.heldBytes
    await clock.advance(LOOK_MS)
    await until(() => memory.heldBytes < before)
    socket.write('ly')
    assert.deepEqual(await answers(1), ['node /a whole slowly'])
  })

  it('for a body of which a little comes again and again', async (context) => {
    const { connect, clock, memory } = await open(context)
    const { socket, answers } = connect(put('/a', 'drops').slice(0, -4))
    await until(() => memory.heldBytes > 0)
    const before = memory.heldBytes
    for (const piece of ['r', 'o', 'p']) {
      await clock.advance(LOOK_MS)
      socket.write(piece)
      await settle()
    }
    await until(() => memory.heldBytes < before)
    socket.write('s')
    assert.deepEqual(await answers(1), ['node /a whole drops'])
  })

  it('for requests that do not wait for the answers, behind what is answered', async (context) => {
    const { connect, held } = await open(context)
    const { socket, answers, seen } = connect(get('/held1') + get('/held2'))
    await until(() => held.length === 1)
    socket.write(put('/c', 'value'))
    await settle()
    assert.deepEqual([held.length, seen.text], [1, ''])
    held[0]?.()
    await until(() => held.length === 2)
    held[1]?.()
    const told = ['direct /held1 whole ', 'node /held2 whole ', 'node /c whole value']
    assert.deepEqual(await answers(3), told)
    const { answers: others } = connect(get('/d') + get('/e') + get('/f'))
    const those = ['direct /d whole ', 'node /e whole ', 'node /f whole ']
    assert.deepEqual(await others(3), those)
  })

  it('when its client reads no answers', async (context) => {
    const { connect, accepted, asked } = await open(context)
    const { socket } = connect()
    socket.pause()
    for (let at = 0; at < 100 && asked.at(-1) instanceof NodeExchange === false; at++) {
      socket.write(get('/large?3000000'))
      await until(() => asked.length > at)
    }
    assert.ok(asked.at(-1) instanceof NodeExchange)
    assert.ok((accepted[0]?.queuedBytes ?? 0) < 20_000_000)
  })
})

describe('a connection ends', () => {
  it('when nothing was asked on it for too long', async (context) => {
    const { connect, clock, accepted } = await open(context)
    const [fresh, used] = [connect(), connect(get('/a'))]
    await used.answers(1)
    await until(() => accepted.length === 2)
    for (let ms = 0; ms <= 10_000; ms += LOOK_MS) await clock.advance(LOOK_MS)
    await until(() => fresh.seen.hasEnded)
    for (let ms = 15_000; ms < HTTP_IDLE_MS_MAX; ms += LOOK_MS) await clock.advance(LOOK_MS)
    assert.equal(used.seen.hasEnded, false)
    await clock.advance(LOOK_MS)
    await until(() => used.seen.hasEnded)
  })

  it('not while an answer takes its time', async (context) => {
    const { connect, clock, held } = await open(context)
    const { answers } = connect(get('/held'))
    await until(() => held.length === 1)
    for (let ms = 0; ms < 2 * HTTP_IDLE_MS_MAX; ms += LOOK_MS) await clock.advance(LOOK_MS)
    held[0]?.()
    assert.deepEqual(await answers(1), ['direct /held whole '])
  })

  it('when the other side ends it, after the last answer', async (context) => {
    const { connect, held, heard } = await open(context)
    const { socket, seen, answers } = connect(get('/held'))
    await until(() => held.length === 1)
    socket.end()
    await until(() => heard.ends === 1)
    held[0]?.()
    assert.deepEqual(await answers(1), ['direct /held whole '])
    assert.match(seen.text, /\r\nConnection: close\r\n/)
    await until(() => seen.isClosed)
    const idle = connect(get('/a'))
    await idle.answers(1)
    idle.socket.end()
    await until(() => idle.seen.isClosed)
  })

  it('with a refusal when the other side ends it in the middle of a body', async (context) => {
    const { connect, memory } = await open(context)
    const { socket, seen } = connect(put('/a', 'whole').slice(0, -1))
    await until(() => memory.heldBytes > 0)
    socket.end()
    await until(() => seen.isClosed)
    assert.equal(seen.text, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    assert.equal(memory.heldBytes, 0)
  })

  it('and the request whose client is gone is told so', async (context) => {
    const { connect, held, asked } = await open(context)
    const { socket } = connect(get('/held') + get('/b'))
    await until(() => held.length === 1)
    assert.equal(asked[0]?.isGone, false)
    socket.resetAndDestroy()
    // It is not read on, so that the end is seen when something is written.
    held[0]?.()
    await until(() => asked[0]?.isGone === true)
    held[0]?.()
  })

  it('when the server leaves: at once, or behind the answer', async (context) => {
    const { connect, door, held, accepted } = await open(context)
    const idle = connect(get('/a'))
    await idle.answers(1)
    const busy = connect(get('/held') + get('/b'))
    const node = connect(get('/node'))
    await node.answers(1)
    await until(() => held.length === 1)
    let hasLeft = false
    const leaving = door.leave().then(() => {
      hasLeft = true
    })
    await until(() => idle.seen.hasEnded && node.seen.hasEnded)
    assert.equal(hasLeft, false)
    held[0]?.()
    assert.deepEqual(await busy.answers(1), ['direct /held whole '])
    assert.match(busy.seen.text, /\r\nConnection: close\r\n/)
    busy.socket.end()
    await leaving
    await door.leave()
    const late = connect()
    await until(() => accepted.length === 4 && late.seen.hasEnded)
  })

  it('behind what was answered just before the server leaves', async (context) => {
    const { connect, door, held } = await open(context)
    const { answers } = connect(get('/held'))
    await until(() => held.length === 1)
    held[0]?.()
    await door.leave()
    assert.deepEqual(await answers(1), ['direct /held whole '])
  })

  it('and what is sent behind the last answer does not cut it off', async (context) => {
    const { connect, door, held } = await open(context)
    const { socket, seen } = connect(get('/held?5000000'))
    await until(() => held.length === 1)
    socket.pause()
    const leaving = door.leave()
    held[0]?.()
    socket.write(get('/more'))
    await settle()
    socket.resume()
    await until(() => seen.hasEnded)
    assert.ok(seen.text.endsWith(`${'x'.repeat(5_000_000)}\n`))
    socket.end()
    await leaving
  })
})
