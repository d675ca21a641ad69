import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { NodeService } from '../../server/index.ts'
import { MachineNode, until } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'

/** The client of the platform, and what it hears. */
class Browser {
  readonly heard: string[] = []
  readonly socket: WebSocket
  code = 0

  constructor(context: TestContext, url: string) {
    this.socket = new WebSocket(url)
    this.socket.onmessage = ({ data }) => void this.heard.push(String(data))
    this.socket.onclose = ({ code }) => {
      this.code = code
    }
    context.after(() => this.socket.close())
  }

  async opened(): Promise<void> {
    await new Promise((resolve) => {
      this.socket.onopen = resolve
    })
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message))
  }
}

async function open(context: TestContext, corsOrigins: readonly string[] = ['*']) {
  const node = new MachineNode()
  const { address, doors } = await openDoors(context, { node: node as NodeService, corsOrigins })
  const web = new HttpClient(context, address)
  const browse = (path: string): Browser =>
    new Browser(context, `ws://127.0.0.1:${address.port}${path}`)
  return { node, doors, web, browse, address }
}

const CREATE = { create_request: { key: btoa('a') } }

describe('a WebSocket', () => {
  it('watches: a message for every answer', async (context) => {
    const { web, browse, node } = await open(context)
    const browser = browse('/v3/watch')
    await browser.opened()
    browser.say(CREATE)
    await until(() => browser.heard.length === 1)
    await web.post('/v3/kv/put', { key: btoa('a'), value: btoa('x'.repeat(70_000)) })
    await until(() => browser.heard.length === 2)
    const [created, changed] = browser.heard.map((text) => JSON.parse(text).result)
    assert.equal(created.created, true)
    assert.equal(atob(changed.events[0].kv.value).length, 70_000)
    browser.socket.close()
    await until(() => browser.code !== 0 && node.watchHub().streamCount === 0)
    assert.equal(browser.code, 1000)
  })

  it('renews leases, and is told why it ends', async (context) => {
    const { browse } = await open(context)
    const browser = browse('/v3beta/lease/keepalive')
    await browser.opened()
    browser.say({ ID: 7 })
    browser.socket.send('{"ID":')
    browser.socket.send('8}[')
    await until(() => browser.code !== 0)
    const [first, second, error] = browser.heard.map((text) => JSON.parse(text))
    assert.deepEqual([first.result.ID, second.result.ID], ['7', '8'])
    assert.match(error.error.message, /^json: /)
    assert.equal(browser.heard.length, 3)
  })

  it('ends with the server', async (context) => {
    const { browse, doors } = await open(context)
    const browser = browse('/v3/watch')
    await browser.opened()
    browser.say(CREATE)
    await until(() => browser.heard.length === 1)
    doors.leave()
    await until(() => browser.code !== 0)
    assert.equal(browser.code, 1001)
    assert.match(browser.heard[1] ?? '', /etcdserver: server stopped/)
  })

  it('is refused where no stream is, to strangers, and to who does it wrong', async (context) => {
    const { address } = await open(context, ['http://friend'])
    const own = `http://127.0.0.1:${address.port}`
    const wanted = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    const cases = [
      ['/v3/kv/put', wanted + key, 404],
      ['/v3/nothing', wanted + key, 404],
      ['/health', wanted + key, 404],
      ['/v3/watch', `${wanted}${key}Origin: http://stranger\r\n`, 403],
      ['/v3/watch', wanted, 400],
      ['/v3/watch', wanted.replace('13', '8') + key, 400],
      // Not a WebSocket that is wanted: it is a request as any other.
      ['/v3/watch', wanted.replace('websocket', 'h2c') + key, 405],
      ['/health', wanted.replace('websocket', 'h2c') + key, 200],
      ['/v3/watch', `${wanted}${key}Origin: http://friend\r\n`, 101],
      ['/v3/watch', `${wanted}${key}Origin: ${own}\r\n`, 101],
      ['/v3/watch', wanted + key, 101],
    ] as const
    for (const [path, head, status] of cases) {
      const host = `127.0.0.1:${address.port}`
      const text = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${head}\r\n`
      assert.equal(await statusOf(address.port, text), status, `${path} ${head}`)
    }
  })
})

/** Of the first line that comes. */
function statusOf(port: number, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.on('data', (piece) => {
      resolve(Number(String(piece).split(' ')[1]))
      socket.destroy()
    })
    socket.write(text)
  })
}
