import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Metadata } from '../index.ts'
import { bytesOf, type CallsHarness, Recorder, Setup, send, statusOf } from './setup.ts'

export type { CallsHarness } from './setup.ts'

/** The suite: real and simulated sockets both pass it. */
export function describeCalls(name: string, factory: () => Promise<CallsHarness>): void {
  const test = (title: string, body: (setup: Setup) => Promise<void>): void => {
    it(title, async () => {
      const harness = await factory()
      const setup = new Setup(harness)
      try {
        await harness.run(async () => {
          await setup.listen()
          await body(setup)
        })
      } finally {
        await harness.run(() => setup.close())
        await harness.close()
      }
    })
  }
  describe(`unary calls over ${name}`, () => unaryCalls(test))
  describe(`messages and metadata over ${name}`, () => contents(test))
  describe(`streams over ${name}`, () => streams(test))
  describe(`how calls end over ${name}`, () => ends(test))
  describe(`how connections end over ${name}`, () => connectionEnds(test))
  describe(`how servers and clients leave over ${name}`, () => farewells(test))
}

type Test = (title: string, body: (setup: Setup) => Promise<void>) => void

function unaryCalls(test: Test): void {
  test('an answer comes back, and the status', async (setup) => {
    const { recorder } = send(setup.channel(), 'Echo', { message: 'hello' })
    assert.equal(statusOf(await recorder.end), 'OK')
    assert.deepEqual(recorder.texts, ['hello'])
  })

  test('an empty message is a message', async (setup) => {
    const { recorder } = send(setup.channel(), 'Echo', { message: '' })
    assert.equal(statusOf(await recorder.end), 'OK')
    assert.deepEqual(recorder.texts, [''])
  })

  test('a thousand calls at once find their own answers', async (setup) => {
    const channel = setup.channel()
    const sent = Array.from({ length: 1000 }, (_, i) => send(channel, 'Echo', { message: `${i}` }))
    for (const [i, { recorder }] of sent.entries()) {
      assert.equal(statusOf(await recorder.end), 'OK')
      assert.deepEqual(recorder.texts, [`${i}`])
    }
    assert.equal(setup.accepted.length, 1)
  })

  test('what a handler refuses is told with its code and its text', async (setup) => {
    const { recorder } = send(setup.channel(), 'Refuse')
    const end = await recorder.end
    assert.equal(statusOf(end), 'RESOURCE_EXHAUSTED')
    assert.equal(end.status.message, 'zu viel: ü, 100%')
    assert.deepEqual(setup.faults, [])
  })

  test('a handler that breaks is a fault here and INTERNAL there', async (setup) => {
    const channel = setup.channel()
    const end = await send(channel, 'Break').recorder.end
    assert.equal(statusOf(end), 'INTERNAL')
    assert.doesNotMatch(end.status.message, /mistake/)
    assert.equal(setup.faults.length, 1)
    assert.equal(statusOf(await send(channel, 'Echo').recorder.end), 'OK')
  })

  test('a method that is not there is UNIMPLEMENTED', async (setup) => {
    const end = await send(setup.channel(), 'Nothing').recorder.end
    assert.equal(statusOf(end), 'UNIMPLEMENTED')
    assert.equal(end.unprocessed, false)
  })
}

function contents(test: Test): void {
  test('messages of any size below the bound pass', async (setup) => {
    const channel = setup.channel()
    for (const length of [1, 16_379, 16_380, 65_535, 65_536, 100_000]) {
      const message = new Uint8Array(length).map((_, i) => i * 7)
      const { recorder } = send(channel, 'Echo', { message })
      assert.equal(statusOf(await recorder.end), 'OK')
      assert.deepEqual(recorder.messages, [message])
    }
  })

  test('answers larger than all windows come whole', async (setup) => {
    const channel = setup.channel()
    const message = new Uint8Array(100_000).map((_, i) => i * 13)
    // Two windows of a connection, asked for at once.
    const sent = Array.from({ length: 330 }, () => send(channel, 'Echo', { message }))
    for (const { recorder } of sent) {
      assert.equal(statusOf(await recorder.end), 'OK')
      assert.equal(recorder.messages[0]?.length, message.length)
    }
  })

  test('a larger message is refused, and the connection goes on', async (setup) => {
    const channel = setup.channel()
    const large = send(channel, 'Echo', { message: new Uint8Array(100_001) })
    assert.equal(statusOf(await large.recorder.end), 'RESOURCE_EXHAUSTED')
    const next = send(channel, 'Echo')
    assert.equal(statusOf(await next.recorder.end), 'OK')
    assert.equal(setup.accepted.length, 1)
  })

  test('a message may be compressed, and so is its answer', async (setup) => {
    const channel = setup.channel()
    for (const length of [10, 50_000]) {
      const message = new Uint8Array(length).fill(7)
      const { recorder } = send(channel, 'Echo', { message, options: { compress: true } })
      assert.equal(statusOf(await recorder.end), 'OK')
      assert.deepEqual(recorder.messages, [message])
    }
  })

  test('metadata travels both ways, bytes too', async (setup) => {
    const channel = setup.channel()
    const metadata = Metadata.of(['key', 'value']).withBytes('raw-bin', Uint8Array.of(0, 255, 1))
    const { recorder } = send(channel, 'Hold', { options: { metadata } })
    await setup.untilHeld(1)
    const [call] = setup.held
    assert.ok(call !== undefined)
    assert.equal(call.metadata.get('key'), 'value')
    assert.deepEqual(call.metadata.bytes('raw-bin'), Uint8Array.of(0, 255, 1))
    call.setTrailing(Metadata.of(['left', '3']))
    call.answer(new Uint8Array(0), 0, 0)
    const { trailers } = await recorder.end
    assert.equal(trailers[trailers.indexOf('left') + 1], '3')
  })
}

function streams(test: Test): void {
  test('messages go both ways in order, until the end', async (setup) => {
    const recorder = new Recorder()
    const call = setup.channel().stream('/test.Test/EchoAll', recorder)
    await writable(recorder)
    for (let i = 0; i < 100; i++) {
      const bytes = bytesOf(`message ${i}`)
      call.write(bytes, 0, bytes.length, false)
    }
    await recorder.until(100)
    assert.equal(recorder.result, null)
    call.end()
    assert.equal(statusOf(await recorder.end), 'OK')
    assert.deepEqual(
      recorder.texts,
      Array.from({ length: 100 }, (_, i) => `message ${i}`),
    )
  })

  test('nothing is told before the caller has the call', async (setup) => {
    const channel = setup.channel()
    for (const state of ['idle', 'ready', 'closed']) {
      if (state === 'closed') channel.close()
      assert.equal(channel.state, state)
      const [recorder, told]: [Recorder, string[]] = [new Recorder(), []]
      recorder.onWritable = () => told.push('writable')
      const call = channel.stream('/test.Test/EchoAll', recorder)
      assert.deepEqual([told, recorder.result], [[], null])
      if (state !== 'closed') await until(setup, () => told.length > 0)
      call.end()
      assert.equal(statusOf(await recorder.end), state === 'closed' ? 'UNAVAILABLE' : 'OK')
    }
  })

  test('a stream without a message has an end all the same', async (setup) => {
    const recorder = new Recorder()
    const call = setup.channel().stream('/test.Test/EchoAll', recorder)
    await writable(recorder)
    call.end()
    assert.equal(statusOf(await recorder.end), 'OK')
    assert.deepEqual(recorder.messages, [])
  })

  test('who writes more than the peer takes is told to wait, and when to go on', async (setup) => {
    const recorder = new Recorder()
    const call = setup.channel().stream('/test.Test/EchoAll', recorder)
    await writable(recorder)
    const bytes = new Uint8Array(50_000)
    let [written, pauses] = [0, 0]
    const write = (): void => {
      while (written < 100) {
        written += 1
        if (call.write(bytes, 0, bytes.length, false)) continue
        pauses += 1
        return
      }
      call.end()
    }
    recorder.onWritable = write
    write()
    assert.equal(statusOf(await recorder.end), 'OK')
    assert.equal(recorder.messages.length, 100)
    assert.ok(pauses > 0)
  })
}

function writable(recorder: Recorder): Promise<void> {
  return new Promise((resolve) => {
    recorder.onWritable = () => {
      recorder.onWritable = null
      resolve()
    }
  })
}

function ends(test: Test): void {
  test('a deadline ends the call on both sides', async (setup) => {
    const channel = setup.channel()
    // On a busy machine a deadline may be over before the server has heard of the call.
    for (let timeoutMs = 50; setup.held.length === 0; timeoutMs *= 2) {
      const { recorder } = send(channel, 'Hold', { options: { timeoutMs } })
      assert.equal(statusOf(await recorder.end), 'DEADLINE_EXCEEDED')
    }
    await until(setup, () => setup.cancelled.length === setup.held.length)
    assert.ok(setup.held.every(({ isOver }) => isOver))
  })

  test('a call that waits for a connection has a deadline too', async (setup) => {
    const { port } = setup
    await setup.listener?.close()
    const options = { timeoutMs: 200, waitForReady: true }
    const { recorder } = send(setup.channel([port]), 'Echo', { options })
    const end = await recorder.end
    assert.equal(statusOf(end), 'DEADLINE_EXCEEDED')
    assert.equal(end.unprocessed, true)
  })

  test('a handler hears that its call has ended without it', async (setup) => {
    const recorder = new Recorder()
    const call = setup.channel().stream('/test.Test/EchoAll', recorder)
    await writable(recorder)
    call.write(new Uint8Array(100_001), 0, 100_001, false)
    assert.equal(statusOf(await recorder.end), 'RESOURCE_EXHAUSTED')
    assert.equal(setup.cancelled.length, 1)
  })

  test('who cancels is told so, and so is the handler', async (setup) => {
    const { call, recorder } = send(setup.channel(), 'Hold')
    await setup.untilHeld(1)
    call.cancel()
    assert.equal(statusOf(await recorder.end), 'CANCELLED')
    await until(setup, () => setup.cancelled.length === 1)
    // What the handler still says does nothing.
    setup.held[0]?.answer(new Uint8Array(1), 0, 1)
    assert.deepEqual(recorder.messages, [])
  })
}

function connectionEnds(test: Test): void {
  test('a connection that is lost leaves calls with an unknown outcome', async (setup) => {
    const channel = setup.channel()
    const { recorder } = send(channel, 'Hold')
    await setup.untilHeld(1)
    setup.accepted[0]?.destroy()
    const end = await recorder.end
    assert.equal(statusOf(end), 'UNAVAILABLE')
    assert.equal(end.unprocessed, false)
    // The next one finds another connection.
    assert.equal(statusOf(await send(channel, 'Echo').recorder.end), 'OK')
    assert.equal(setup.accepted.length, 2)
  })

  test('where nobody listens the call fails, and nobody has seen it', async (setup) => {
    const { port } = setup
    await setup.listener?.close()
    const end = await send(setup.channel([port]), 'Echo').recorder.end
    assert.equal(statusOf(end), 'UNAVAILABLE')
    assert.equal(end.unprocessed, true)
  })

  test('a dead endpoint is passed over', async (setup) => {
    const channel = setup.channel([setup.port, 1])
    for (let i = 0; i < 4; i++) {
      assert.equal(statusOf(await send(channel, 'Echo').recorder.end), 'OK')
      setup.accepted.at(-1)?.destroy()
      await until(setup, () => channel.state !== 'ready')
    }
  })
}

function farewells(test: Test): void {
  test('a server that leaves answers what it has, and takes nothing more', async (setup) => {
    const channel = setup.channel()
    const held = send(channel, 'Hold')
    await setup.untilHeld(1)
    const left = setup.server.leave()
    await setup.listener?.close()
    await until(setup, () => channel.state !== 'ready')
    const late = send(channel, 'Echo')
    assert.equal(statusOf(await late.recorder.end), 'UNAVAILABLE')
    assert.equal((await late.recorder.end).unprocessed, true)
    setup.held[0]?.answer(bytesOf('late'), 0, 4)
    assert.equal(statusOf(await held.recorder.end), 'OK')
    await left
    assert.equal(setup.server.connections, 0)
  })

  test('what does not end in time is ended when the server leaves', async (setup) => {
    const channel = setup.channel()
    const { recorder } = send(channel, 'Hold')
    await setup.untilHeld(1)
    await setup.listener?.close()
    await setup.server.leave({ msMax: 50 })
    assert.equal(statusOf(await recorder.end), 'UNAVAILABLE')
    assert.equal(setup.cancelled.length, 1)
  })

  test('a client that closes leaves nobody waiting', async (setup) => {
    const channel = setup.channel()
    const { recorder } = send(channel, 'Hold')
    await setup.untilHeld(1)
    channel.close()
    assert.notEqual(statusOf(await recorder.end), 'OK')
    await until(setup, () => setup.server.connections === 0)
    assert.equal(statusOf(await send(channel, 'Echo').recorder.end), 'UNAVAILABLE')
  })

  test('a client that closes leaves no message that is being compressed', async (setup) => {
    const channel = setup.channel()
    const options = { compress: true, timeoutMs: 60_000 }
    const { recorder } = send(channel, 'Echo', { message: new Uint8Array(50_000), options })
    channel.close()
    assert.equal(statusOf(await recorder.end), 'UNAVAILABLE')
  })
}

/** Looks again after each turn until it holds. */
function until({ harness }: Setup, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve()
      else harness.clock.after(1, look)
    }
    look()
  })
}
