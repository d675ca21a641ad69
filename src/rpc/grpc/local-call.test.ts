import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../../base/index.ts'
import { echo } from '../../wire/index.ts'
import {
  LocalCall,
  type LocalReceiver,
  Metadata,
  type Method,
  type ServerCall,
  STATUS,
  type Status,
  type StreamHandler,
} from './index.ts'

/** Hears a call and writes it down. */
class Caller implements LocalReceiver {
  readonly heard: string[] = []
  readonly faults: unknown[] = []
  status: Status | null = null
  trailing: Metadata | null = null
  hasRoom = true

  call(method: Method, metadata = Metadata.EMPTY): LocalCall {
    const onFault = (error: unknown): void => void this.faults.push(error)
    const call = new LocalCall(method, { metadata, receiver: this, onFault })
    call.begin()
    return call
  }

  message(bytes: Uint8Array, offset: number, length: number): boolean {
    this.heard.push(new TextDecoder().decode(bytes.subarray(offset, offset + length)))
    return this.hasRoom
  }

  ready(): void {
    this.heard.push('(ready)')
  }

  ended(status: Status, trailing: Metadata): void {
    assert.equal(this.status, null, 'a call ends once')
    this.status = status
    this.trailing = trailing
  }
}

function unary(handle: (call: ServerCall, text: string) => void): Method {
  return {
    kind: 'unary',
    path: '/test/Unary',
    handle: (call, bytes, offset, length) =>
      handle(call, new TextDecoder().decode(bytes.subarray(offset, offset + length))),
  }
}

function stream(make: (call: ServerCall) => Partial<StreamHandler>): Method {
  const nothing = (): void => {}
  return {
    kind: 'stream',
    path: '/test/Stream',
    open: (call) => ({
      message: nothing,
      ended: nothing,
      writable: nothing,
      cancelled: nothing,
      ...make(call),
    }),
  }
}

function send(call: LocalCall, text: string): boolean {
  const bytes = new TextEncoder().encode(`-${text}`)
  return call.send(bytes, 1, text.length)
}

function write(call: ServerCall, text: string): boolean {
  const bytes = new TextEncoder().encode(`-${text}-`)
  return call.write(bytes, 1, text.length)
}

describe('a unary call within the process', () => {
  it('is answered at once or later, with the metadata of both sides', () => {
    const waiting: (() => void)[] = []
    const method = unary((call, text) => {
      call.setTrailing(call.metadata.with('seen', text))
      waiting.push(() => write(call, `${text}!`) && call.end())
    })
    const caller = new Caller()
    send(caller.call(method, Metadata.of(['token', 'T'])), 'hello')
    assert.equal(caller.status, null)
    waiting[0]?.()
    assert.deepEqual(caller.heard, ['hello!'])
    assert.deepEqual(caller.status, { code: STATUS.OK, message: '' })
    assert.deepEqual(caller.trailing?.fields, ['token', 'T', 'seen', 'hello'])
  })

  it('is answered with what a codec makes', () => {
    const payload = new TextEncoder().encode('abc')
    const method = unary((call) => call.answerWith(echo.EchoResponse, { payload }))
    const caller = new Caller()
    send(caller.call(method), '')
    assert.deepEqual(caller.heard, ['\n\x03abc'])
    assert.equal(caller.status?.code, STATUS.OK)
  })

  it('ends with what the handler fails with, and with nothing else of a mistake', () => {
    const cases: readonly [(call: ServerCall) => void, Status][] = [
      [(call) => call.fail(STATUS.NOT_FOUND, 'gone'), { code: STATUS.NOT_FOUND, message: 'gone' }],
      [
        (call) => call.failWith(new KvError('OVERLOADED', 'busy')),
        { code: STATUS.RESOURCE_EXHAUSTED, message: 'busy' },
      ],
      [
        () => {
          throw new KvError('BAD_REQUEST', 'no sense')
        },
        { code: STATUS.INVALID_ARGUMENT, message: 'no sense' },
      ],
    ]
    for (const [handle, expected] of cases) {
      const caller = new Caller()
      send(caller.call(unary(handle)), '')
      assert.deepEqual(caller.status, expected)
      assert.deepEqual(caller.faults, [])
    }
    const broken = new Caller()
    const error = new RangeError('secret')
    const method = unary(() => {
      throw error
    })
    send(broken.call(method), '')
    assert.equal(broken.status?.code, STATUS.INTERNAL)
    assert.doesNotMatch(broken.status?.message ?? '', /secret/)
    assert.deepEqual(broken.faults, [error])
  })

  it('says nothing any more once nobody waits, and hears of it once', () => {
    let cancelled = 0
    const held: ServerCall[] = []
    const method = unary((call) => {
      call.onCancel = () => {
        cancelled += 1
      }
      held.push(call)
    })
    const caller = new Caller()
    const call = caller.call(method)
    send(call, '')
    call.cancel()
    call.cancel()
    call.expire()
    assert.equal(cancelled, 1)
    const [side] = held
    assert.ok(side?.isOver)
    assert.equal(write(side, 'late'), false)
    side.answer(new Uint8Array(1), 0, 1)
    side.answerWith(echo.EchoResponse, echo.EchoResponse.create())
    side.end()
    side.fail(STATUS.ABORTED, '')
    assert.deepEqual(caller.heard, [])
    assert.equal(caller.status, null)
  })

  it('ends when its time is over', () => {
    let cancelled = 0
    const method = unary((call) => {
      call.onCancel = () => {
        cancelled += 1
      }
    })
    const caller = new Caller()
    const call = caller.call(method)
    send(call, '')
    call.expire()
    assert.equal(caller.status?.code, STATUS.DEADLINE_EXCEEDED)
    assert.equal(cancelled, 1)
  })
})

describe('a stream within the process', () => {
  it('carries messages both ways and ends when both have ended', () => {
    const method = stream((call) => ({
      message: (bytes, offset, length) =>
        void call.write(bytes.subarray(offset, offset + length), 0, length),
      ended: () => call.end(),
    }))
    const caller = new Caller()
    const call = caller.call(method)
    assert.ok(send(call, 'one'))
    assert.ok(send(call, 'two'))
    call.sendEnd()
    assert.deepEqual(caller.heard, ['one', 'two'])
    assert.equal(caller.status?.code, STATUS.OK)
  })

  it('keeps what comes while its handler has enough, in order, and says when to go on', () => {
    const heard: string[] = []
    const sides: ServerCall[] = []
    const method = stream((call) => {
      sides.push(call)
      return {
        message: (bytes, offset, length) => {
          heard.push(new TextDecoder().decode(bytes.subarray(offset, offset + length)))
          call.pause()
        },
        ended: () => {
          heard.push('(end)')
          call.end()
        },
      }
    })
    const caller = new Caller()
    const call = caller.call(method)
    assert.equal(send(call, 'a'), false)
    assert.equal(send(call, 'b'), false)
    assert.equal(send(call, 'c'), false)
    call.sendEnd()
    assert.deepEqual(heard, ['a'])
    sides[0]?.resume()
    assert.deepEqual(heard, ['a', 'b'])
    assert.deepEqual(caller.heard, [])
    sides[0]?.resume()
    assert.deepEqual(heard, ['a', 'b', 'c'])
    sides[0]?.resume()
    assert.deepEqual(heard, ['a', 'b', 'c', '(end)'])
    assert.equal(caller.status?.code, STATUS.OK)
  })

  it('says when the caller may go on', () => {
    const sides: ServerCall[] = []
    const method = stream((call) => {
      sides.push(call)
      return { message: () => call.pause() }
    })
    const caller = new Caller()
    assert.equal(send(caller.call(method), 'a'), false)
    sides[0]?.resume()
    assert.deepEqual(caller.heard, ['(ready)'])
  })

  it('tells the handler when the receiver has room again', () => {
    let left = 3
    const method = stream((call) => {
      const pump = (): void => {
        while (left > 0) {
          left -= 1
          if (!write(call, `${left}`)) return
        }
        call.end()
      }
      return { message: pump, writable: pump }
    })
    const caller = new Caller()
    caller.hasRoom = false
    const call = caller.call(method)
    send(call, '')
    assert.deepEqual(caller.heard, ['2'])
    call.writable()
    assert.deepEqual(caller.heard, ['2', '1'])
    caller.hasRoom = true
    call.writable()
    assert.deepEqual(caller.heard, ['2', '1', '0'])
    assert.equal(caller.status?.code, STATUS.OK)
    call.writable()
    assert.deepEqual(caller.heard, ['2', '1', '0'])
  })

  it('hears when nobody waits any more, and is not asked anything afterwards', () => {
    const heard: string[] = []
    const method = stream(() => ({
      message: () => heard.push('message'),
      ended: () => heard.push('ended'),
      cancelled: () => heard.push('cancelled'),
    }))
    const caller = new Caller()
    const call = caller.call(method)
    call.cancel()
    assert.equal(send(call, 'late'), true)
    call.sendEnd()
    call.writable()
    assert.deepEqual(heard, ['cancelled'])
    assert.equal(caller.status, null)
  })

  it('ends with INTERNAL when its handler breaks, even while it opens', () => {
    const broken: readonly Method[] = [
      stream(() => {
        throw new RangeError('opening')
      }),
      stream(() => ({
        message: () => {
          throw new RangeError('handling')
        },
      })),
    ]
    for (const method of broken) {
      const caller = new Caller()
      const call = caller.call(method)
      send(call, '')
      assert.equal(caller.status?.code, STATUS.INTERNAL)
      assert.equal(caller.faults.length, 1)
    }
  })
})
