import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../io/index.ts'
import { Recorder, Setup, send } from '../contract/setup.ts'
import {
  CallCounts,
  type ClientCall,
  LocalCall,
  Metadata,
  type Method,
  type RpcChannel,
  STATUS,
} from './index.ts'

const [NO_BYTES, TWO, THREE] = [new Uint8Array(0), new Uint8Array(2), new Uint8Array(3)]

/** Answers what has bytes with one more of them, and refuses what has none. */
function methods(): { unary: Method; stream: Method } {
  const unary: Method = {
    kind: 'unary',
    path: '/test.Test/Unary',
    counts: new CallCounts(),
    handle: (call, _bytes, _offset, length) => {
      if (length === 0) call.fail(STATUS.NOT_FOUND, 'nothing')
      else call.answer(new Uint8Array(length + 1), 0, length + 1)
    },
  }
  const stream: Method = {
    kind: 'stream',
    path: '/test.Test/Stream',
    counts: new CallCounts(),
    open: (call) => ({
      message: (bytes, offset, length) => void call.write(bytes, offset, length),
      ended: () => call.end(),
      writable: () => {},
      cancelled: () => {},
    }),
  }
  return { unary, stream }
}

function told({ counts }: Method) {
  assert.ok(counts !== undefined)
  const { started, ended, messagesReceived, messagesSent, bytesReceived, bytesSent } = counts
  const codes = [...ended.entries()].filter(([, count]) => count > 0)
  return {
    started,
    ended: codes,
    messages: [messagesReceived, messagesSent],
    bytes: [bytesReceived, bytesSent],
  }
}

const UNARY = {
  started: 2,
  ended: [
    [0, 1],
    [5, 1],
  ],
  messages: [2, 1],
  bytes: [2, 3],
}
const STREAM = {
  started: 2,
  ended: [
    [0, 1],
    [1, 1],
  ],
  messages: [3, 3],
  bytes: [7, 7],
}

function opened(channel: RpcChannel, path: string, recorder: Recorder): Promise<ClientCall> {
  return new Promise((resolve) => {
    recorder.onWritable = () => resolve(call)
    const call = channel.stream(path, recorder)
  })
}

describe('the counts of a method', () => {
  it('tell of calls within the process', () => {
    const { unary, stream } = methods()
    const onFault = (): void => assert.fail('no handler breaks')
    const begin = (method: Method): LocalCall => {
      const receiver = { message: () => true, ready: () => {}, ended: () => {} }
      const call = new LocalCall(method, {
        metadata: Metadata.EMPTY,
        receiver,
        onFault,
      })
      call.begin()
      return call
    }
    for (const bytes of [TWO, NO_BYTES]) begin(unary).send(bytes, 0, bytes.length)
    const [first, second] = [begin(stream), begin(stream)]
    for (const bytes of [TWO, THREE]) first.send(bytes, 0, bytes.length)
    first.sendEnd()
    second.send(TWO, 0, 2)
    second.cancel()
    second.cancel()
    assert.deepEqual(told(unary), UNARY)
    assert.deepEqual(told(stream), STREAM)
  })
  it('tell of calls over a connection', async (context) => {
    const { unary, stream } = methods()
    const setup = new Setup(
      {
        clock: createNodeClock(),
        chance: createNodeChance(),
        gzip: createNodeGzip(),
        sockets: createNodeSockets(),
        host: '127.0.0.1',
        run: (body) => body(),
        close: async () => {},
      },
      [unary, stream],
    )
    context.after(() => setup.close())
    await setup.listen()
    const channel = setup.channel()
    for (const message of [TWO, NO_BYTES]) {
      await send(channel, 'Unary', { message }).recorder.end
    }
    const [first, second] = [new Recorder(), new Recorder()]
    const call = await opened(channel, stream.path, first)
    call.write(TWO, 0, 2, false)
    call.write(THREE, 0, 3, true)
    await first.end
    const cancelled = await opened(channel, stream.path, second)
    cancelled.write(TWO, 0, 2, false)
    await second.until(1)
    cancelled.cancel()
    // What comes behind it on the connection has come after it.
    await send(channel, 'Echo').recorder.end
    assert.deepEqual(told(unary), UNARY)
    assert.deepEqual(told(stream), STREAM)
  })
})
