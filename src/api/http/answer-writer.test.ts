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

function write(writer: AnswerWriter, socket: FullSocket, body: string | Uint8Array): void {
  const fields = ['Content-Length', String(body.length)]
  writer.write(socket as unknown as Socket, { status: 200, fields, body, isLast: false })
}

it('an answer that the system did not take is left alone by the next one', () => {
  const writer = new AnswerWriter(new ManualClock())
  const socket = new FullSocket()
  const bodies = ['one', 'another', 'x'.repeat(10_000), Uint8Array.of(0x79, 0x7a)]
  for (const body of bodies) write(writer, socket, body)
  const told = socket.kept.map((bytes) => Buffer.from(bytes).toString().split('\r\n\r\n')[1])
  assert.deepEqual(told, ['one', 'another', 'x'.repeat(10_000), 'yz'])
})

it('the date is that of the second', async () => {
  const clock = new ManualClock()
  const writer = new AnswerWriter(clock)
  const socket = new FullSocket()
  for (const ms of [0, 999, 1, 86_400_000]) {
    await clock.advance(ms)
    write(writer, socket, '')
  }
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
