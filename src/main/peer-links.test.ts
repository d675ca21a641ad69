import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { freePorts } from '../../test/cluster/index.ts'
import type { NodeConfig } from '../cli/config/index.ts'
import { type Address, createNodeSockets, type Socket, SocketError } from '../io/index.ts'
import { listeningOnAll, peerAddresses } from './peer-links.ts'

const ANY: Address = { host: '127.0.0.1', port: 0 }

function peerConfig(addresses: readonly Address[]): NodeConfig['peer'] {
  const listen = addresses.map((address) => {
    return { text: `http://${address.host}:${address.port}`, isSecure: false, address }
  })
  return { listen, advertise: [], tls: null }
}

async function twoFree(): Promise<readonly [Address, Address]> {
  const [first = 0, second = 0] = await freePorts(2)
  return [
    { ...ANY, port: first },
    { ...ANY, port: second },
  ]
}

test('others reach a node at every address that it listens on, until it closes', async () => {
  const addresses = await twoFree()
  const sockets = listeningOnAll(createNodeSockets(), peerConfig(addresses))
  const came: Socket[] = []
  const two = Promise.withResolvers<void>()
  const listener = await sockets.listen(addresses[0], (socket) => {
    came.push(socket)
    if (came.length === 2) two.resolve()
  })
  assert.deepEqual(listener.address, addresses[0])
  const visitors = addresses.map(({ port }) => connect(port, '127.0.0.1'))
  await two.promise
  assert.equal(listener.connections, 2)
  const gone = visitors.map((visitor) => once(visitor, 'close'))
  for (const socket of came) socket.destroy()
  await Promise.all(gone)
  await listener.close()
  for (const { port } of addresses) {
    const late = connect(port, '127.0.0.1')
    await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' })
  }
})

test('when one of its addresses is taken a node listens on none', async () => {
  const real = createNodeSockets()
  const [free] = await twoFree()
  const taken = await real.listen(ANY, (socket) => socket.destroy())
  const sockets = listeningOnAll(real, peerConfig([free, taken.address]))
  await assert.rejects(
    sockets.listen(free, (socket) => socket.destroy()),
    (error) => error instanceof SocketError && error.code === 'addressInUse',
  )
  const again = await real.listen(free, (socket) => socket.destroy())
  await again.close()
  await taken.close()
})

test('with one address nothing is in between', () => {
  const real = createNodeSockets()
  assert.equal(listeningOnAll(real, peerConfig([ANY])), real)
})

test('members are dialled at all of their addresses', () => {
  const peerUrls = peerConfig([ANY, { host: '127.0.0.2', port: 7 }]).listen
  const addresses = peerAddresses([{ id: 3, name: 'm3', peerUrls }])
  assert.deepEqual(
    [...addresses],
    [
      [
        3,
        [
          { host: '127.0.0.1', port: 0 },
          { host: '127.0.0.2', port: 7 },
        ],
      ],
    ],
  )
})
