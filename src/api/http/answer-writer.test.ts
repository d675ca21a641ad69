import assert from 'node:assert/strict'
import { it } from 'node:test'
import { BrokenInvariant } from '../../base/index.ts'
import type { Socket } from '../../io/index.ts'
import { ManualClock } from '../../log/testing/index.ts'
import { AnswerWriter } from './answer-writer.ts'

/** Keeps what was written, as a socket does while the system takes nothing more. */
class FullSocket implements Partial<Socket> {
  readonly kept: Uint8Array[] = []

  get queuedBytes(): number {
    return this.kept.length
  }

  write(bytes: Uint8Array): boolean {
    this.kept.push(bytes)
    return false
  }
}

/** Until all is done that goes on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function write(writer: AnswerWriter, socket: FullSocket, body: string | Uint8Array): void {
  const fields = ['Content-Length', String(body.length)]
  writer.write(socket as unknown as Socket, { status: 200, fields, body, isLast: false })
}

function bodiesOf({ kept }: FullSocket): readonly (string | undefined)[] {
  return kept.map((bytes) => Buffer.from(bytes).toString().split('\r\n\r\n')[1])
}

it('answers leave together when all is done that goes on', async () => {
  const writer = new AnswerWriter(new ManualClock())
  const sockets = [new FullSocket(), new FullSocket()] as const
  queueMicrotask(() => {
    write(writer, sockets[1], 'other')
    assert.deepEqual(sockets.map(bodiesOf), [[], []])
  })
  write(writer, sockets[0], 'one')
  await turn()
  assert.deepEqual(sockets.map(bodiesOf), [['one'], ['other']])
})

it('those in front of one that has no room with them leave before it', async () => {
  const writer = new AnswerWriter(new ManualClock())
  const socket = new FullSocket()
  const bodies = [
    'few',
    'm'.repeat(70_000),
    'n'.repeat(70_000),
    ...new Array(200).fill('half a KiB'),
  ]
  for (const body of bodies) write(writer, socket, body.padEnd(512))
  assert.ok(socket.kept.length > 100 && socket.kept.length < bodies.length)
  await turn()
  assert.deepEqual(
    bodiesOf(socket),
    bodies.map((body) => body.padEnd(512)),
  )
})

it('an answer that the system did not take is left alone by the next one', () => {
  const writer = new AnswerWriter(new ManualClock())
  const socket = new FullSocket()
  const bodies = ['one', 'another', 'x'.repeat(100_000), Uint8Array.of(0x79, 0x7a)]
  for (const body of bodies) {
    write(writer, socket, body)
    writer.flush()
  }
  assert.deepEqual(bodiesOf(socket), ['one', 'another', 'x'.repeat(100_000), 'yz'])
})

it('the date is that of the second', async () => {
  const clock = new ManualClock()
  const writer = new AnswerWriter(clock)
  const socket = new FullSocket()
  for (const ms of [0, 999, 1, 86_400_000]) {
    await clock.advance(ms)
    write(writer, socket, '')
  }
  writer.flush()
  const dates = socket.kept.map((bytes) => /Date: (.*)\r/.exec(Buffer.from(bytes).toString())?.[1])
  const [first, second] = ['Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:01 GMT']
  assert.deepEqual(dates, [first, first, second, 'Fri, 02 Jan 1970 00:00:01 GMT'])
})

it('nothing that would begin a line of its own comes into a head', () => {
  const writer = new AnswerWriter(new ManualClock())
  const socket = new FullSocket()
  for (const value of ['a\r\nb: c', 'a\n', '\0', '\u010d', '\u00e9']) {
    const answer = { status: 200, fields: ['Location', value], body: '', isLast: false }
    assert.throws(() => writer.write(socket as unknown as Socket, answer), BrokenInvariant)
  }
  assert.deepEqual(socket.kept, [])
})
