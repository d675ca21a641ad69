import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAuthority, describeSockets, describeTls, socketsOverTls } from './contract/index.ts'
import { createNodeSockets, type Socket } from './index.ts'

const harness = {
  sockets: createNodeSockets(),
  host: '127.0.0.1',
  createAuthority,
  run: (body: () => Promise<void>) => body(),
  close: async () => {},
}

describeSockets('the sockets of Node', async () => harness)
describeTls('TLS of Node', async () => harness)
describeSockets(
  'the sockets of Node with TLS',
  async () => ({ ...harness, sockets: socketsOverTls(harness) }),
  { leavesAtOnce: false },
)

test('a socket of the machine is used again after a crash, and taken from nobody', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-sockets-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'a.sock:1')
  // Whoever is killed removes nothing.
  const then = "process.kill(process.pid, 'SIGKILL')"
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => ${then})`
  spawnSync(process.execPath, ['-e', script])
  assert.ok(existsSync(path))

  const sockets = createNodeSockets()
  const address = { host: `unix:${path}`, port: 0 }
  const greet = (socket: Socket): void => {
    socket.write(new TextEncoder().encode('hello'))
    socket.end()
  }
  const listener = await sockets.listen(address, greet)
  assert.deepEqual(listener.address, address)
  await assert.rejects(
    sockets.listen(address, () => {}),
    { code: 'addressInUse' },
  )
  const client = sockets.connect(address)
  const heard = Promise.withResolvers<string>()
  client.onData = (bytes) => heard.resolve(new TextDecoder().decode(bytes))
  assert.equal(await heard.promise, 'hello')
  client.destroy()
  await listener.close()
  assert.ok(!existsSync(path))
})

test('what an accepted socket has read is freed when the call is over', async () => {
  const sockets = createNodeSockets()
  const chunks: Uint8Array[] = []
  let read = 0
  const ended = Promise.withResolvers<void>()
  const listener = await sockets.listen({ host: '127.0.0.1', port: 0 }, (socket) => {
    socket.onData = (bytes) => {
      if (bytes.every((byte) => byte === 7)) read += bytes.length
      if (bytes.length >= 4096) chunks.push(bytes)
    }
    socket.onEnd = () => {
      socket.end()
      ended.resolve()
    }
  })
  const client = sockets.connect(listener.address)
  client.onData = () => {}
  client.write(new Uint8Array(64 * 1024).fill(7))
  client.end()
  await ended.promise
  await listener.close()
  assert.equal(read, 64 * 1024)
  assert.ok(chunks.length > 0)
  assert.ok(chunks.every(({ length }) => length === 0))
})
