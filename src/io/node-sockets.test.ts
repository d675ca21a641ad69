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
