import assert from 'node:assert/strict'
import { describePort, type PortTest } from './testing/harness.ts'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const GET = 'GET /health HTTP/1.1\r\nhost: a\r\n\r\n'

describePort('the port with TLS: who gets a socket', choiceTests)
describePort('the port with TLS: who does not decide', undecidedTests)

function choiceTests(test: PortTest): void {
  test('what was agreed on decides, whatever the bytes look like', async (setting) => {
    const { http2, http1, events } = setting
    await setting.open({ tls: setting.tls('refused') })
    const [first, second] = [setting.connectTls(['h2']), setting.connectTls(['http/1.1'])]
    await events.until(() => http2.taken.length === 1 && http1.taken.length === 1)
    first.send(GET)
    second.send(PREFACE)
    await events.until(() => http2.taken[0]?.text === GET && http1.taken[0]?.text === PREFACE)
    http2.taken[0]?.send('over two')
    await events.until(() => first.text === 'over two')
    assert.equal(http2.taken[0]?.socket.tls?.protocol, 'h2')
    assert.equal(setting.port.undecided, 0)
    assert.equal(setting.port.connections, 2)
  })

  test('plain text is accepted beside it only when that was said', async (setting) => {
    const { http2, http1, events } = setting
    await setting.open({ tls: setting.tls('accepted') })
    setting.connect().send(PREFACE)
    setting.connect().send(GET)
    const secured = setting.connectTls(['h2'])
    secured.send(PREFACE)
    await events.until(() => http2.taken.length === 2 && http1.taken.length === 1)
    await events.until(() => http2.taken.every(({ text }) => text === PREFACE))
    assert.deepEqual(http2.taken.map(({ socket }) => socket.tls?.protocol).sort(), [
      'h2',
      undefined,
    ])
  })

  test('plain text is refused otherwise', async (setting) => {
    const { http2, http1, events } = setting
    await setting.open({ tls: setting.tls('refused') })
    const clients = [PREFACE, GET, '?'].map((text) => {
      const client = setting.connect()
      client.send(text)
      return client
    })
    await events.until(() => clients.every((client) => client.ended || client.closed))
    assert.deepEqual([http2.taken, http1.taken], [[], []])
    assert.ok(clients.every(({ text }) => text === ''))
  })

  test('who fails the handshake reaches nobody', async (setting) => {
    const { http2, http1, events } = setting
    const tls = setting.tls('refused', { protocols: ['h2'] })
    await setting.open({ tls })
    const client = setting.connectTls(['http/1.1'])
    client.send(GET)
    await events.until(() => client.closed)
    const other = setting.connectTls(['h2'])
    other.send(PREFACE)
    await events.until(() => http2.taken[0]?.text === PREFACE)
    assert.equal(setting.port.undecided, 0)
    assert.deepEqual([http2.taken.length, http1.taken.length], [1, 0])
  })
}

function undecidedTests(test: PortTest): void {
  test('a handshake that does not end counts as undecided and is dropped', async (setting) => {
    await setting.open({ tls: setting.tls('refused'), limits: { undecidedMsMax: 30 } })
    const client = setting.connect()
    client.send('\x16\x03')
    await setting.events.until(() => client.ended || client.closed)
    assert.equal(setting.port.undecided, 0)
  })

  test('closing drops the handshakes that are under way', async (setting) => {
    const { events } = setting
    await setting.open({ tls: setting.tls('accepted') })
    const client = setting.connect()
    client.send('\x16\x03')
    await setting.untilUndecided(1)
    const closing = setting.port.close()
    assert.equal(setting.port.undecided, 0)
    await events.until(() => client.ended || client.closed)
    setting.http1.finish()
    setting.http2.finish()
    await closing
  })
}
