import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Socket, SocketError } from '../types.ts'
import { type SocketsHarness, signal } from './harness.ts'
import { connect, finish, Observer, pattern } from './observer.ts'

type SocketsTest = (behaviour: string, body: (harness: SocketsHarness) => Promise<void>) => void

export interface SocketsManner {
  /** A write that the system takes has left when `write` returns, and not only a turn later. */
  readonly leavesAtOnce: boolean
}

export function describeSockets(
  name: string,
  create: () => Promise<SocketsHarness>,
  { leavesAtOnce }: SocketsManner = { leavesAtOnce: true },
): void {
  const test: SocketsTest = (behaviour, body) => {
    it(behaviour, async () => {
      const harness = await create()
      try {
        await harness.run(() => body(harness))
      } finally {
        await harness.close()
      }
    })
  }
  describe(`${name}: connecting`, () => connectContract(test))
  describe(`${name}: bytes`, () => {
    byteContract(test)
    readContract(test)
  })
  describe(`${name}: backpressure`, () => pressureContract(test))
  describe(`${name}: what is queued`, () => {
    queueContract(test)
    reuseContract(test)
    if (leavesAtOnce) directContract(test)
  })
  describe(`${name}: how many are open`, () => countContract(test))
  describe(`${name}: ending`, () => endContract(test))
  describe(`${name}: dropping`, () => destroyContract(test))
}

function connectContract(test: SocketsTest): void {
  test('port 0 picks a free port, and both ends learn the other address', async (harness) => {
    const pair = await connect(harness)
    assert.notEqual(pair.listener.address.port, 0)
    assert.equal(pair.listener.address.host, harness.host)
    assert.deepEqual(pair.client.socket.remote, pair.listener.address)
    assert.equal(pair.server.socket.remote.host, harness.host)
    assert.notEqual(pair.server.socket.remote.port, 0)
    await finish(pair)
  })

  test('listening twice on one address is refused', async ({ sockets, host }) => {
    const listener = await sockets.listen({ host, port: 0 }, () => {})
    await assert.rejects(
      sockets.listen(listener.address, () => {}),
      { name: 'SocketError', code: 'addressInUse' },
    )
    await listener.close()
    const again = await sockets.listen(listener.address, () => {})
    await again.close()
    await again.close()
  })

  test('a refused connection ends in one onClose with the reason', async ({ sockets, host }) => {
    const listener = await sockets.listen({ host, port: 0 }, () => {})
    await listener.close()
    const client = new Observer(sockets.connect(listener.address))
    client.socket.write(pattern(10))
    assert.deepEqual(client.events, [], 'no callback inside a call')
    await client.untilEvent('close')
    assert.deepEqual(client.events, ['close'])
    assert.equal((client.error as SocketError).name, 'SocketError')
    assert.equal((client.error as SocketError).code, 'refused')
  })

  test('closing the listener leaves its open sockets alone', async (harness) => {
    const pair = await connect(harness)
    await pair.listener.close()
    pair.client.socket.write(pattern(10))
    await pair.server.untilBytes(10)
    await finish(pair)
  })

  test('a socket destroyed while it connects closes without an error', async (harness) => {
    const { sockets, host } = harness
    const listener = await sockets.listen({ host, port: 0 }, (socket) => new Observer(socket))
    const client = new Observer(sockets.connect(listener.address))
    client.socket.destroy()
    assert.deepEqual(client.events, [], 'no callback inside a call')
    await client.untilEvent('close')
    assert.equal(client.error, null)
    await listener.close()
  })
}

function byteContract(test: SocketsTest): void {
  test('bytes written before the connection stands arrive, in order', async (harness) => {
    const { sockets, host } = harness
    const accepted = signal<Observer>()
    const listener = await sockets.listen({ host, port: 0 }, (socket) => {
      accepted.resolve(new Observer(socket))
    })
    const client = new Observer(sockets.connect(listener.address))
    for (let i = 0; i < 100; i += 10) client.socket.write(pattern(100).subarray(i, i + 10))
    const server = await accepted.promise
    await server.untilBytes(100)
    assert.deepEqual(server.bytes, pattern(100))
    await finish({ client, server, listener })
  })

  test('many writes arrive as one stream, both ways at once', async (harness) => {
    const pair = await connect(harness)
    const bytes = pattern(200_000)
    for (let at = 0; at < bytes.length; at += 997) {
      const end = Math.min(at + 997, bytes.length)
      pair.client.socket.write(bytes.subarray(at, end))
      pair.server.socket.write(bytes.subarray(at, end))
    }
    await pair.server.untilBytes(bytes.length)
    await pair.client.untilBytes(bytes.length)
    assert.deepEqual(pair.server.bytes, bytes)
    assert.deepEqual(pair.client.bytes, bytes)
    await finish(pair)
  })
}

function readContract(test: SocketsTest): void {
  test('what is read can be copied with slice, on both ends', async (harness) => {
    const pair = await connect(harness)
    const copies: Uint8Array[] = []
    const keep = (bytes: Uint8Array): void => {
      copies.push(bytes.slice())
      bytes.fill(0)
    }
    const arrived = (end: Observer, count: number): Promise<void> => {
      const { onData } = end.socket
      end.socket.onData = (bytes) => {
        keep(bytes)
        onData?.(bytes)
      }
      return end.untilBytes(count)
    }
    pair.client.socket.write(Buffer.from(pattern(500)))
    await arrived(pair.server, 500)
    pair.server.socket.write(pattern(500))
    await arrived(pair.client, 500)
    const twice = Buffer.concat([pattern(500), pattern(500)])
    assert.deepEqual(Buffer.concat(copies), twice)
    await finish(pair)
  })

  test('nothing is lost before somebody listens', async (harness) => {
    const { sockets, host } = harness
    const accepted = signal<Socket>()
    const listener = await sockets.listen({ host, port: 0 }, (socket) => accepted.resolve(socket))
    const client = new Observer(sockets.connect(listener.address))
    client.socket.write(pattern(1_000))
    const socket = await accepted.promise
    // So much time passes that the data has arrived.
    for (let i = 1; i <= 10; i++) {
      socket.write(pattern(1))
      await client.untilBytes(i)
    }
    const server = new Observer(socket)
    await server.untilBytes(1_000)
    assert.deepEqual(server.bytes, pattern(1_000))
    await finish({ client, server, listener })
  })

  test('pause holds the data back and resume delivers all of it', async (harness) => {
    const pair = await connect(harness)
    pair.server.socket.pause()
    pair.client.socket.write(pattern(5_000))
    pair.server.socket.write(pattern(10))
    // The answer travels the same way back, so by then the data could have come.
    await pair.client.untilBytes(10)
    assert.equal(pair.server.received, 0)
    pair.server.socket.resume()
    assert.equal(pair.server.received, 0, 'no callback inside a call')
    await pair.server.untilBytes(5_000)
    assert.deepEqual(pair.server.bytes, pattern(5_000))
    await finish(pair)
  })
}

function pressureContract(test: SocketsTest): void {
  test('a reader that pauses stops the writer, and drain starts it again', async (harness) => {
    const pair = await connect(harness)
    pair.server.socket.pause()
    const chunk = pattern(65_536)
    let sent = 0
    // More than any buffer between the two may hold.
    while (pair.client.socket.write(chunk)) {
      sent += chunk.length
      assert.ok(sent < 2 ** 28, 'the writer is never stopped')
    }
    sent += chunk.length
    assert.deepEqual(pair.client.events, [], 'no callback inside a call')
    pair.server.socket.resume()
    await pair.client.untilEvent('drain')
    await pair.server.untilBytes(sent)
    assert.equal(pair.server.received, sent)
    assert.equal(pair.client.socket.write(pattern(1)), true)
    await pair.server.untilBytes(sent + 1)
    await finish(pair)
  })

  test('buffers are bounded: a writer that honours false cannot run ahead', async (harness) => {
    const pair = await connect(harness)
    pair.server.socket.pause()
    const chunk = pattern(65_536)
    const total = 2 ** 25
    let sent = 0
    const fill = (): void => {
      while (sent < total) {
        sent += chunk.length
        if (!pair.client.socket.write(chunk)) break
      }
    }
    pair.client.socket.onDrain = fill
    fill()
    // A round trip in the other direction gives the writer time to go on if it may.
    pair.server.socket.write(pattern(1))
    await pair.client.untilBytes(1)
    assert.ok(sent < total, 'the writer was stopped')
    pair.server.socket.resume()
    await pair.server.untilBytes(total)
    assert.equal(pair.server.received, total)
    await finish(pair)
  })
}

function queueContract(test: SocketsTest): void {
  test('nothing is queued once it has arrived and an answer is back', async (harness) => {
    const pair = await connect(harness)
    pair.client.socket.write(pattern(1_000))
    assert.ok(pair.client.socket.queuedBytes <= 1_000)
    await pair.server.untilBytes(1_000)
    pair.server.socket.write(pattern(10))
    await pair.client.untilBytes(10)
    assert.equal(pair.client.socket.queuedBytes, 0)
    await finish(pair)
  })

  test('everything waits until the connection stands', async (harness) => {
    const { sockets, host } = harness
    const accepted = signal<Observer>()
    const listener = await sockets.listen({ host, port: 0 }, (socket) => {
      accepted.resolve(new Observer(socket))
    })
    const client = new Observer(sockets.connect(listener.address))
    client.socket.write(pattern(600))
    client.socket.write(pattern(400))
    assert.equal(client.socket.queuedBytes, 1_000)
    const server = await accepted.promise
    await server.untilBytes(1_000)
    server.socket.write(pattern(1))
    await client.untilBytes(1)
    assert.equal(client.socket.queuedBytes, 0)
    await finish({ client, server, listener })
  })

  test('what a slow reader leaves behind is queued until it has left', async (harness) => {
    const pair = await connect(harness)
    const { socket } = pair.client
    pair.server.socket.pause()
    const chunk = pattern(65_536)
    let sent = chunk.length
    while (socket.write(chunk)) sent += chunk.length
    assert.ok(socket.queuedBytes > 0)
    assert.ok(socket.queuedBytes <= sent)
    const queuedAtDrain: number[] = []
    socket.onDrain = () => queuedAtDrain.push(socket.queuedBytes)
    pair.server.socket.resume()
    await pair.server.untilBytes(sent)
    pair.server.socket.write(pattern(1))
    await pair.client.untilBytes(1)
    assert.deepEqual(queuedAtDrain, [0])
    assert.equal(socket.queuedBytes, 0)
    await finish(pair)
  })
}

function reuseContract(test: SocketsTest): void {
  test('a buffer may be used again as soon as nothing is queued', async (harness) => {
    const pair = await connect(harness)
    const { socket } = pair.client
    const bytes = pattern(1_000_000)
    // A Buffer, of which a careless copy is no copy.
    const buffer = Buffer.alloc(40_000)
    let sent = 0
    const fill = (): void => {
      while (sent < bytes.length && socket.queuedBytes === 0) {
        const piece = bytes.subarray(sent, sent + buffer.length)
        buffer.set(piece)
        socket.write(buffer.subarray(0, piece.length))
        sent += piece.length
      }
      if (sent < bytes.length) pair.server.socket.write(pattern(1))
    }
    // Each byte that comes back is another look at the queue.
    pair.client.socket.onData = fill
    fill()
    await pair.server.untilBytes(bytes.length)
    assert.deepEqual(pair.server.bytes, bytes)
    await finish(pair)
  })
}

function directContract(test: SocketsTest): void {
  test('what the system takes at once is not queued', async (harness) => {
    const pair = await connect(harness)
    pair.server.socket.write(pattern(10))
    await pair.client.untilBytes(10)
    assert.equal(pair.client.socket.queuedBytes, 0)
    pair.client.socket.write(pattern(1_000))
    assert.equal(pair.client.socket.queuedBytes, 0)
    await finish(pair)
  })
}

function countContract(test: SocketsTest): void {
  test('the listener counts what it accepted and is open', async (harness) => {
    const pair = await connect(harness)
    assert.equal(pair.listener.connections, 1)
    pair.client.socket.end()
    pair.server.socket.end()
    await pair.server.untilEvent('close')
    assert.equal(pair.listener.connections, 0)
    await finish(pair)
  })

  test('beyond the highest number a socket is closed unseen', async ({ sockets, host }) => {
    const accepted: Observer[] = []
    const greet = (socket: Socket): void => {
      accepted.push(new Observer(socket))
      socket.write(pattern(1))
    }
    const listener = await sockets.listen({ host, port: 0 }, greet, { connectionsMax: 2 })
    const clients: Observer[] = []
    const tryOnce = async (): Promise<number> => {
      const client = new Observer(sockets.connect(listener.address))
      clients.push(client)
      await client.until(() => client.events.length > 0)
      return client.received
    }
    assert.deepEqual([await tryOnce(), await tryOnce(), await tryOnce()], [1, 1, 0])
    assert.equal(listener.connections, 2)
    accepted[0]?.socket.destroy()
    await accepted[0]?.untilEvent('close')
    assert.equal(listener.connections, 1)
    assert.deepEqual([await tryOnce(), await tryOnce()], [1, 0])
    for (const one of [...clients, ...accepted]) one.socket.destroy()
    for (const one of [...clients, ...accepted]) await one.untilEvent('close')
    assert.equal(listener.connections, 0)
    assert.equal(accepted.length, 3)
    await listener.close()
  })
}

function endContract(test: SocketsTest): void {
  test('end sends what is queued, then ends one direction only', async (harness) => {
    const pair = await connect(harness)
    pair.client.socket.write(pattern(100_000))
    pair.client.socket.end()
    assert.equal(pair.client.socket.write(pattern(5)), false)
    await pair.server.untilEvent('end')
    assert.equal(pair.server.received, 100_000)
    assert.deepEqual(pair.server.events, ['data', 'end'])
    pair.server.socket.write(pattern(2_000))
    await pair.client.untilBytes(2_000)
    assert.equal(pair.client.count('close'), 0)
    pair.server.socket.end()
    await pair.client.untilEvent('close')
    await pair.server.untilEvent('close')
    assert.equal(pair.client.error, null)
    assert.equal(pair.server.error, null)
    assert.deepEqual(pair.client.events.slice(-2), ['end', 'close'])
    assert.equal(pair.server.count('close'), 1)
    await pair.listener.close()
  })

  test('end may be repeated and is no callback', async (harness) => {
    const pair = await connect(harness)
    pair.client.socket.end()
    pair.client.socket.end()
    pair.server.socket.end()
    assert.deepEqual(pair.client.events, [])
    await pair.client.untilEvent('close')
    await pair.server.untilEvent('close')
    await pair.listener.close()
  })
}

function destroyContract(test: SocketsTest): void {
  test('destroy closes at once, once, without an error on our side', async (harness) => {
    const pair = await connect(harness)
    pair.client.socket.destroy()
    pair.client.socket.destroy()
    assert.deepEqual(pair.client.events, [], 'no callback inside a call')
    assert.equal(pair.client.socket.write(pattern(5)), false)
    await pair.client.untilEvent('close')
    pair.client.socket.destroy()
    assert.deepEqual(pair.client.events, ['close'])
    assert.equal(pair.client.error, null)
    // The other side sees an orderly end or a reset, depending on what was under way.
    pair.server.socket.end()
    await pair.server.untilEvent('close')
    assert.equal(pair.server.count('close'), 1)
    await pair.listener.close()
  })

  test('no data arrives after destroy, not even what is here already', async (harness) => {
    const pair = await connect(harness)
    const { server } = pair
    let calls = 0
    const closed = signal()
    server.socket.onData = () => {
      calls += 1
      server.socket.destroy()
    }
    server.socket.onClose = () => closed.resolve()
    for (let i = 0; i < 50; i++) pair.client.socket.write(pattern(4_000))
    await closed.promise
    assert.equal(calls, 1)
    pair.client.socket.destroy()
    await pair.client.untilEvent('close')
    await pair.listener.close()
  })

  test('writing to a side that dropped the connection ends in a reset', async (harness) => {
    const pair = await connect(harness)
    pair.server.socket.destroy()
    await pair.server.untilEvent('close')
    await pair.listener.close()
    const { client } = pair
    const again = (): void => {
      if (client.count('close') === 0) client.socket.write(pattern(1_000))
    }
    // The first write may still leave before the news arrives; the answer to it is the reset.
    again()
    await client.until(() => client.count('end') + client.count('close') > 0)
    again()
    again()
    await client.untilEvent('close')
    assert.equal(client.count('close'), 1)
    assert.ok(client.error === null || (client.error as SocketError).code === 'reset')
  })
}
