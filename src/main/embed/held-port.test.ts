import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { describeSockets } from '../../io/contract/index.ts'
import { createNodeSockets, SocketError } from '../../io/index.ts'
import { HeldPort, heldSockets } from './held-port.ts'

describeSockets('sockets with held ports', async () => {
  return {
    sockets: heldSockets(createNodeSockets(), []),
    host: '127.0.0.1',
    run: (body) => body(),
    close: async () => {},
  }
})

async function visit(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (data) => {
    heard += data.toString()
  })
  socket.on('error', () => {})
  await once(socket, 'close')
  return heard
}

describe('a held port', () => {
  it('turns away whoever comes while nobody is behind it, and stays where it is', async () => {
    const sockets = createNodeSockets()
    const port = await HeldPort.open(sockets, 0)
    const held = heldSockets(sockets, [port])
    assert.equal(await visit(port.address.port), '')
    for (const word of ['first', 'second']) {
      const listener = await held.listen(port.address, (socket) => {
        socket.write(new TextEncoder().encode(word))
        socket.end()
      })
      assert.equal(listener.address.port, port.address.port)
      assert.equal(await visit(port.address.port), word)
      await listener.close()
      assert.equal(await visit(port.address.port), '')
    }
    await port.close()
  })

  it('has one listener at a time', async () => {
    const sockets = createNodeSockets()
    const port = await HeldPort.open(sockets, 0)
    const held = heldSockets(sockets, [port])
    await held.listen(port.address, (socket) => socket.destroy())
    await assert.rejects(
      held.listen(port.address, (socket) => socket.destroy()),
      (error) => error instanceof SocketError && error.code === 'addressInUse',
    )
    await port.close()
  })

  it('lets in as many as its listener bears', async () => {
    const sockets = createNodeSockets()
    const port = await HeldPort.open(sockets, 0)
    const held = heldSockets(sockets, [port])
    const inside: { destroy(): void }[] = []
    await held.listen(port.address, (socket) => inside.push(socket), { connectionsMax: 1 })
    const first = connect(port.address.port, '127.0.0.1')
    await once(first, 'connect')
    assert.equal(await visit(port.address.port), '')
    assert.equal(inside.length, 1)
    first.destroy()
    await once(first, 'close')
    for (const socket of inside) socket.destroy()
    await port.close()
  })

  it('that somebody else has is refused with what to do', async () => {
    const sockets = createNodeSockets()
    const port = await HeldPort.open(sockets, 0)
    await assert.rejects(HeldPort.open(sockets, port.address.port), {
      code: 'BAD_REQUEST',
      message: /is in use: name another one/,
    })
    await port.close()
  })
})
