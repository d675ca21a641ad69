import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { SocketError, type SocketErrorCode } from '../io/index.ts'
import { STATUS, type StatusCode } from '../rpc/index.ts'
import { AbortSignals } from './abort-signals.ts'
import { text } from './codecs.ts'
import { checkRuntime } from './connect.ts'
import { parseEndpoints } from './endpoints.ts'
import { QuorateError } from './errors.ts'
import { failureOfEnd, messageLimitOf, reasonOf } from './failures.ts'
import { Fifo } from './fifo.ts'
import { endOfPrefix, isNothing, keyAfter, rangeOf } from './keys.ts'
import { pauseMs } from './limits.ts'
import { valueBytesOf } from './requests.ts'
import { Session } from './session.ts'
import { bytesOfText } from './utf8.ts'

describe('ranges of keys', () => {
  test('a prefix ends where its last byte that can grow has grown', () => {
    const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)
    assert.deepEqual(endOfPrefix(bytes(0x61, 0x62)), bytes(0x61, 0x63))
    assert.deepEqual(endOfPrefix(bytes(0x61, 0xff, 0xff)), bytes(0x62))
    assert.deepEqual(endOfPrefix(bytes(0xff)), bytes(0), 'to the end of all keys')
    assert.deepEqual(keyAfter(bytes(0x61)), bytes(0x61, 0))
  })

  test('a prefix that is a Buffer stays what it was', () => {
    const prefix = Buffer.from('ab')
    const plain = rangeOf({ prefix: 'ab' })
    assert.deepEqual(rangeOf({ prefix }), plain)
    assert.deepEqual(plain.rangeEnd, new Uint8Array([0x61, 0x63]))
    assert.equal(prefix.toString(), 'ab')
  })

  test('a text is the same bytes, long or short', () => {
    for (const length of [1, 31, 32, 200]) {
      for (const sign of ['x', 'é', '\u{1f600}', '\ud800']) {
        const name = sign.repeat(length)
        assert.deepEqual(bytesOfText(name), new TextEncoder().encode(name))
      }
    }
  })

  test('what is left out is open', () => {
    const all = { key: new Uint8Array([0]), rangeEnd: new Uint8Array([0]) }
    assert.deepEqual(rangeOf({}), all)
    assert.deepEqual(rangeOf({ prefix: '' }), all)
    assert.deepEqual(rangeOf({ start: '', end: '' }), all)
    assert.deepEqual(rangeOf({ start: 'b' }).rangeEnd, new Uint8Array([0]))
    assert.deepEqual(rangeOf({ end: 'b' }).key, new Uint8Array([0]))
    assert.throws(() => rangeOf({ prefix: 'a', end: 'b' }), QuorateError)
  })

  test('a range that ends before it begins has nothing', () => {
    assert.equal(isNothing(rangeOf({ start: 'b', end: 'a' })), true)
    assert.equal(isNothing(rangeOf({ start: 'a', end: 'a' })), true)
    assert.equal(isNothing(rangeOf({ start: 'a', end: 'aa' })), false)
    assert.equal(isNothing(rangeOf({ start: 'b' })), false)
    assert.equal(isNothing({ key: new Uint8Array([1]), rangeEnd: new Uint8Array(0) }), false)
  })
})

describe('endpoints', () => {
  test('as people write them', () => {
    const { addresses, isSecure } = parseEndpoints(' a:1, http://b:2/ ,[::1]:3,a:1')
    assert.deepEqual(addresses, [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
      { host: '::1', port: 3 },
    ])
    assert.equal(isSecure, false)
    assert.equal(parseEndpoints(['https://a:1', 'https://b:1']).isSecure, true)
  })

  test('what is wrong is said', () => {
    const wanted = /is no endpoint: a host and a port from 1 to 65535 are wanted/
    for (const [word, message] of [
      ['', 'no endpoint is given: is an environment variable empty?'],
      [' , ', 'no endpoint is given: is an environment variable empty?'],
      ['a', '"a" is no endpoint: it has no port'],
      ['http://a', '"http://a" is no endpoint: it has no port'],
      ['[::1]', '"[::1]" is no endpoint: it has no port'],
      ['redis://a:1', /^"redis:\/\/a:1" is no endpoint: it begins with redis:\/\/ instead of http/],
      ...['a:', ':1', 'a:b', 'a:1:2', 'a:70000', 'a b:1', '::1:5'].map(
        (word) => [word, wanted] as const,
      ),
    ] as const) {
      assert.throws(() => parseEndpoints(word), {
        ...{ name: 'QuorateError', code: 'BAD_REQUEST', message },
        advice: /^Write endpoints as host:port/,
      })
    }
    assert.throws(() => parseEndpoints([]), /^QuorateError: no endpoint is given/)
    assert.throws(() => parseEndpoints(5 as unknown as string), /a text or a list of texts, not 5$/)
    assert.throws(() => parseEndpoints(Array.from({ length: 65 }, (_, at) => `a:${at + 1}`)))
  })
})

describe('places of writes', () => {
  test('a session has room until it spans what it remembers', () => {
    const session = new Session(7, { span: 4, isHeavy: false })
    const taken = [1, 2, 3, 4].map(() => session.take())
    assert.deepEqual(taken, [1, 2, 3, 4])
    assert.equal(session.hasRoom, false)
    for (const sequence of [2, 3, 4]) session.release(sequence)
    assert.equal(session.hasRoom, false, 'the oldest still waits')
    session.release(1)
    assert.equal(session.hasRoom, true)
    assert.deepEqual(
      [1, 2, 3, 4].map(() => session.take()),
      [5, 6, 7, 8],
    )
    session.release(6)
    session.release(5)
    assert.deepEqual([session.take(), session.take()], [9, 10])
    assert.equal(session.hasRoom, false)
  })
})

describe('a queue', () => {
  test('gives back what it was given, in order, whatever was put back', () => {
    const chance = new SeededChance(3)
    const queue = new Fifo<number>()
    let model: number[] = []
    for (let step = 0; step < 20_000; step++) {
      const kind = chance.below(10)
      if (kind < 5) {
        queue.push(step)
        model.push(step)
      } else if (kind < 9) {
        assert.equal(queue.first(), model[0])
        assert.equal(queue.shift(), model.shift())
      } else if (chance.happens(0.05)) {
        queue.putBack([step, -step])
        model = [step, -step, ...model]
      }
      assert.equal(queue.length, model.length)
    }
  })
})

describe('signals', () => {
  test('one is listened to once for all calls, and not when none is left', () => {
    const signals = new AbortSignals()
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = ((...words: Parameters<typeof add>) => {
      listeners += 1
      add(...words)
    }) as typeof add
    signal.removeEventListener = ((...words: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...words)
    }) as typeof remove
    const told: unknown[] = []
    const calls = [1, 2, 3].map((number) => ({
      aborted: (reason: unknown) => told.push([number, reason]),
    }))
    for (const call of calls) signals.add(signal, call)
    assert.equal(listeners, 1)
    signals.remove(signal, calls[1] as (typeof calls)[0])
    controller.abort('why')
    assert.deepEqual(told, [
      [1, 'why'],
      [3, 'why'],
    ])
    const other = new AbortController()
    signals.add(other.signal, calls[0] as (typeof calls)[0])
    signals.remove(other.signal, calls[0] as (typeof calls)[0])
    signals.remove(other.signal, calls[0] as (typeof calls)[0])
    other.abort('nobody hears it')
    assert.equal(told.length, 2)
  })
})

describe('pauses', () => {
  test('they double up to a bound, less up to a half by chance', () => {
    const chance = new SeededChance(1)
    for (let failures = 0; failures < 20; failures++) {
      const full = Math.min(1000, 10 * 2 ** failures)
      const waitMs = pauseMs(failures, { min: 10, max: 1000, chance })
      assert.ok(waitMs >= full / 2 && waitMs <= full + 1, `${waitMs} of ${full}`)
    }
  })
})

describe('what people are told', () => {
  const address = { host: 'a', port: 1 }
  const socketError = (code: SocketErrorCode, nodeCode: string): SocketError => {
    const cause = Object.assign(new Error(nodeCode), { code: nodeCode })
    return new SocketError(code, { operation: 'connection', address, cause })
  }

  test('of a node that cannot be reached: what it may speak instead, and whether it exists', () => {
    const toTls = 'if it speaks TLS, connect to https://'
    const toPlain = 'if it does not speak TLS, connect to http://'
    const reset = socketError('reset', 'ECONNRESET')
    assert.equal(reasonOf(null, false), `no answer, or closed at once; ${toTls}`)
    assert.equal(reasonOf(reset, false), `reset; ${toTls}`)
    assert.equal(reasonOf(reset, true), `reset; ${toPlain}`)
    assert.equal(reasonOf(reset, null), 'reset', 'it has answered before')
    assert.equal(reasonOf(null, null), 'no answer, or closed at once')
    const notTls = socketError('tls', 'ERR_SSL_WRONG_VERSION_NUMBER')
    assert.equal(reasonOf(notTls, true), `tls; ${toPlain}`)
    assert.equal(reasonOf(socketError('tls', 'CERT_HAS_EXPIRED'), true), 'tls')
    assert.equal(reasonOf(socketError('refused', 'ECONNREFUSED'), false), 'refused')
    assert.equal(reasonOf(socketError('unreachable', 'ENOTFOUND'), false), 'no host has that name')
    assert.equal(reasonOf(socketError('unreachable', 'EHOSTUNREACH'), false), 'unreachable')
  })

  test('of a port that is for other nodes, and of a value that is no text', () => {
    const status = { code: STATUS.UNIMPLEMENTED, message: 'no method' }
    const error = failureOfEnd({ status, trailers: [], unprocessed: false }, 'a:1')
    assert.match(error.message, /^a:1 .*port for clients rather than the one for other nodes\?$/)
    assert.throws(() => valueBytesOf(5 as unknown as string, text), /not 5: pass a text .* json/)
  })

  test('of a message that is too large: what a node reads', () => {
    const limitOf = (code: StatusCode, message: string): number | null =>
      messageLimitOf({ status: { code, message }, trailers: [], unprocessed: false })
    const message = 'a message of 9 bytes; at most 8 are allowed'
    assert.equal(limitOf(STATUS.RESOURCE_EXHAUSTED, message), 8)
    assert.equal(limitOf(STATUS.INTERNAL, message), null)
    assert.equal(limitOf(STATUS.RESOURCE_EXHAUSTED, 'too much'), null)
  })
})

test('a Node.js that is too old is told of at once', () => {
  for (const version of ['22.0.0', '24.11.1', '100.0.0']) checkRuntime(version)
  for (const version of ['20.20.2', '18.0.0', '9.9.9']) {
    assert.throws(() => checkRuntime(version), {
      code: 'BAD_REQUEST',
      message: new RegExp(`the client needs Node.js 22 or newer, and this is ${version}`),
      advice: 'Install Node.js 22 or newer.',
    })
  }
})
