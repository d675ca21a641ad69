import assert from 'node:assert/strict'
import type { SocketError } from '../../io/index.ts'
import { describePort, type PortTest } from './testing/harness.ts'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const GET = 'GET /health HTTP/1.1\r\nhost: a\r\n\r\n'
/** Far longer than this machine takes to hear of what was sent, however busy it is. */
const UNDECIDED_MS = 400

describePort('the port: who gets a socket', choiceTests)
describePort('the port: who does not decide', undecidedTests)
describePort('the port: the end', endTests)

function choiceTests(test: PortTest): void {
  test('the preface of HTTP/2 leads to its handler, with everything behind it', async (setting) => {
    const { http2, http1, events } = setting
    await setting.open()
    const client = setting.connect()
    const bytes = `${PREFACE}${'frames '.repeat(1_000)}`
    client.send(bytes)
    await events.until(() => http2.taken[0]?.text.length === bytes.length)
    assert.equal(http2.taken[0]?.text, bytes)
    assert.equal(http1.taken.length, 0)
    http2.taken[0]?.send('answer')
    await events.until(() => client.text === 'answer')
  })

  test('the preface may come a byte at a time', async (setting) => {
    const { http2, http1, events } = setting
    await setting.open()
    const client = setting.connect()
    for (const [at, byte] of [...PREFACE].entries()) {
      assert.equal(http2.taken.length, 0, `after ${at} bytes`)
      client.send(byte)
      await setting.roundTrip()
    }
    await events.until(() => http2.taken[0]?.text === PREFACE)
    assert.ok(http1.taken.every(({ text }) => text === '?'))
  })

  test('what is no preface any more leads to HTTP/1.1, with all of it', async (setting) => {
    const { http1, events } = setting
    await setting.open()
    const almost = `${PREFACE.slice(0, 20)} and no more`
    for (const [at, text] of [GET, almost, 'PROPFIND / HTTP/1.1', '\0\0\0'].entries()) {
      const client = setting.connect()
      const half = Math.floor(text.length / 2)
      client.send(text.slice(0, half))
      client.send(text.slice(half))
      await events.until(() => http1.taken[at]?.text.length === text.length)
      assert.equal(http1.taken[at]?.text, text)
    }
    assert.equal(setting.http2.taken.length, 0)
  })

  test('a request and the end of its connection arrive both', async (setting) => {
    const { http1, events } = setting
    await setting.open()
    const client = setting.connect()
    client.send(GET)
    client.socket.end()
    await events.until(() => http1.taken[0]?.ended === true)
    assert.equal(http1.taken[0]?.text, GET)
    http1.taken[0]?.send('answer')
    await events.until(() => client.text === 'answer')
  })

  test('TLS is closed where none is spoken', async (setting) => {
    await setting.open()
    const client = setting.connect()
    client.send('\x16\x03\x01\x02\x00\x01')
    await setting.events.until(() => client.ended || client.closed)
    assert.deepEqual([setting.http2.taken, setting.http1.taken], [[], []])
  })
}

function undecidedTests(test: PortTest): void {
  test('who stays undecided for too long is dropped', async (setting) => {
    await setting.open({ limits: { undecidedMsMax: UNDECIDED_MS } })
    const silent = setting.connect()
    const slow = setting.connect()
    slow.send(PREFACE.slice(0, 23))
    for (const client of [silent, slow]) {
      await setting.events.until(() => client.ended || client.closed)
    }
    await setting.roundTrip()
    assert.equal(setting.port.undecided, 0)
    assert.equal(setting.http2.taken.length, 0)
  })

  test('who has decided is left alone afterwards', async (setting) => {
    const { http2, events } = setting
    await setting.open({ limits: { undecidedMsMax: UNDECIDED_MS } })
    const client = setting.connect()
    client.send(PREFACE)
    await events.until(() => http2.taken.length === 1)
    const silent = setting.connect()
    await events.until(() => silent.ended || silent.closed)
    client.send('more')
    await events.until(() => http2.taken[0]?.text === `${PREFACE}more`)
  })

  test('when too many are undecided, the one that waits longest goes', async (setting) => {
    await setting.open({ limits: { undecidedMax: 2 } })
    const [first, second, third] = [setting.connect(), setting.connect(), setting.connect()]
    await setting.events.until(() => [first, second, third].some((one) => one.ended || one.closed))
    assert.equal(setting.port.undecided, 2)
    // One of them is gone, and the others still may decide.
    const left = [first, second, third].filter((one) => !one.ended && !one.closed)
    assert.equal(left.length, 2)
    for (const one of left) one.send(GET)
    await setting.events.until(() => setting.http1.taken.length === 2)
    assert.equal(setting.port.undecided, 0)
  })

  test('who ends or goes without a word is forgotten', async (setting) => {
    await setting.open()
    const [ending, going] = [setting.connect(), setting.connect()]
    ending.send('PR')
    await setting.untilUndecided(2)
    ending.socket.end()
    going.socket.destroy()
    await setting.events.until(() => ending.closed && going.closed)
    await setting.untilUndecided(0)
    assert.ok(setting.http1.taken.every(({ text }) => text === '?'))
  })

  test('no more sockets are open than allowed', async (setting) => {
    const { http2, events } = setting
    await setting.open({ limits: { connectionsMax: 1 } })
    const client = setting.connect()
    client.send(PREFACE)
    await events.until(() => http2.taken.length === 1)
    const second = setting.connect()
    await events.until(() => second.ended || second.closed)
    assert.equal(setting.port.connections, 1)
    client.send('more')
    await events.until(() => http2.taken[0]?.text === `${PREFACE}more`)
  })
}

function endTests(test: PortTest): void {
  test('closing frees the address, drops the undecided, waits for handlers', async (setting) => {
    await setting.open()
    const { http2, http1, events, port } = setting
    const [undecided, client] = [setting.connect(), setting.connect()]
    client.send(PREFACE)
    await events.until(() => http2.taken.length === 1)
    await setting.roundTrip()
    let closed = false
    const closing = port.close().then(() => {
      closed = true
    })
    await events.until(() => undecided.ended || undecided.closed)
    const late = setting.connect()
    await events.until(() => late.closed)
    assert.equal((late.error as SocketError | null)?.code, 'refused')
    assert.deepEqual([http2.calls, http1.calls], [['leave'], ['leave']])
    client.send('the last words')
    await events.until(() => http2.taken[0]?.text.endsWith('words') === true)
    assert.equal(closed, false)
    http2.finish()
    http1.finish()
    await closing
  })

  test('closing twice is closing once; destroy drops what is left', async (setting) => {
    await setting.open()
    const { http2, http1, events, port } = setting
    const client = setting.connect()
    client.send(PREFACE)
    await events.until(() => http2.taken.length === 1)
    assert.equal(port.close(), port.close())
    port.destroy()
    port.destroy()
    await events.until(() => client.closed || client.ended)
    assert.deepEqual(http2.calls, ['leave', 'destroy', 'destroy'])
    assert.deepEqual(http1.calls, ['leave', 'destroy', 'destroy'])
  })
}
