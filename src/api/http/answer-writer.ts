import { STATUS_CODES } from 'node:http'
import { assert, HTTP_IDLE_MS_MAX } from '../../base/index.ts'
import type { Clock, Socket } from '../../io/index.ts'

/** For some hundred answers; for larger ones the memory is not what they cost. */
const ROOM_BYTES = 64 * 1024
/** A character becomes so many bytes at most. */
const BYTES_PER_UNIT_MAX = 3
const UNFIT = /[^\t\x20-\x7e]/
const MS_PER_SECOND = 1000

export interface Answer {
  readonly status: number
  /** Name, value, name, value. */
  readonly fields: readonly string[]
  readonly body: string | Uint8Array
  /** The connection ends behind it. */
  readonly isLast: boolean
}

interface Waiting {
  readonly socket: Socket
  readonly bytes: Uint8Array
}

/**
 * Writes answers as Node's server does, each in one piece; one for all connections. What is
 * answered within one turn leaves together: whoever asks on many connections is woken once, not for
 * each.
 */
export class AnswerWriter {
  readonly #clock: Clock
  #room = roomFor(ROOM_BYTES)
  #length = 0
  readonly #waiting: Waiting[] = []
  #second = -1
  #dateField = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** It leaves when all is done that goes on now, or with `flush`. */
  write(socket: Socket, answer: Answer): void {
    const { body } = answer
    const head = this.#headOf(answer)
    const bodyBytesMax = typeof body === 'string' ? body.length * BYTES_PER_UNIT_MAX : body.length
    const isSmall = head.length + bodyBytesMax <= ROOM_BYTES
    if (this.#length + head.length + bodyBytesMax > ROOM_BYTES) this.flush()
    const room = isSmall ? this.#room : roomFor(head.length + Buffer.byteLength(body))
    const start = isSmall ? this.#length : 0
    let end = start + room.write(head, start, 'latin1')
    if (typeof body === 'string') end += room.write(body, end, 'utf8')
    else {
      room.set(body, end)
      end += body.length
    }
    if (isSmall) this.#length = end
    if (this.#waiting.length === 0) queueMicrotask(this.#flushSoon)
    const bytes = new Uint8Array(room.buffer, room.byteOffset + start, end - start)
    this.#waiting.push({ socket, bytes })
  }

  flush(): void {
    let isKept = false
    for (const { socket, bytes } of this.#waiting) {
      socket.write(bytes)
      isKept ||= socket.queuedBytes > 0
    }
    this.#waiting.length = 0
    this.#length = 0
    // What the system did not take at once belongs to the sockets.
    if (isKept) this.#room = roomFor(ROOM_BYTES)
  }

  readonly #flushSoon = (): void => this.flush()

  #headOf({ status, fields, isLast }: Answer): string {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
    for (let at = 0; at < fields.length; at += 2) {
      const value = fields[at + 1] as string
      assert(!UNFIT.test(value), 'a field of an answer is one line of ASCII')
      head += `${fields[at]}: ${value}\r\n`
    }
    return head + this.#date() + (isLast ? LAST : KEPT)
  }

  /** It is the same for a second. */
  #date(): string {
    const second = Math.floor(this.#clock.wallMs() / MS_PER_SECOND)
    if (second !== this.#second) {
      this.#second = second
      this.#dateField = `Date: ${new Date(second * MS_PER_SECOND).toUTCString()}\r\n`
    }
    return this.#dateField
  }
}

const LAST = 'Connection: close\r\n\r\n'
const IDLE_SECONDS = HTTP_IDLE_MS_MAX / MS_PER_SECOND
const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${IDLE_SECONDS}\r\n\r\n`

function roomFor(bytes: number): Buffer {
  // A memory of its own: a piece of what Node shares would hold on to all of that.
  return Buffer.allocUnsafeSlow(bytes)
}
