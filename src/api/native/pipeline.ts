/**
 * A stream of operations. They are taken in the order in which they came and answered as they end.
 * What has ended in one turn leaves in one message. While as many are under way as may be, or the
 * client does not read its results, nothing more is taken, and flow control holds the client.
 */

import { assert, copyOf, type ErrorCode, IdTable, KvError } from '../../base/index.ts'
import type { ServerCall, StreamHandler } from '../../rpc/index.ts'
import type { Done } from '../../state/index.ts'
import { WireReader } from '../../wire/index.ts'
import type { Histogram } from '../metrics/index.ts'
import type { Asked, Owner } from './asked.ts'
import { admit, begin, type Door, failureBytes, look, type Place } from './door.ts'
import type { Certainty } from './failures.ts'
import type { OperationKind } from './operation-kinds.ts'
import { Results } from './results.ts'

/** `Operations.operations` */
const TAG_OPERATIONS = 0x0a

const NO_BYTES = new Uint8Array(0)

export interface PipelineParts {
  readonly door: Door
  readonly call: ServerCall
  /** `Results.leader`, encoded, as it is now. */
  readonly leader: () => Uint8Array
  /** Of each operation that is answered. */
  readonly latencySeconds: Pick<Histogram, 'observe'> | null
  /** It has ended, whoever ended it. */
  readonly onOver: (pipeline: Pipeline) => void
}

export class Pipeline implements StreamHandler, Owner {
  readonly #parts: PipelineParts
  readonly #results: Results
  /** Those that were taken and not answered, by id, and when they were taken. */
  readonly #underWay = new IdTable<number>()
  #nowMs = 0
  #reads = 0
  /** The message that is being taken; the reader stands before what is left of it. */
  #bytes: Uint8Array = NO_BYTES
  #end = 0
  readonly #message = new WireReader(NO_BYTES, 0, 0)
  /** Of the message that is being taken, in memory of our own. */
  #keptBytes = 0
  /** As it was told to the door. */
  #heldBytes = 0
  #mayWrite = true
  #isPaused = false
  #isTurnAsked = false
  /** The client sends nothing more, and all it has sent was taken. */
  #isEnded = false
  /** The node takes nothing more. */
  #isLeaving = false
  #isOver = false

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#results = new Results(parts.door.results, true)
  }

  get isGone(): boolean {
    return this.#isOver
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#isOver || this.#isLeaving) return
    assert(!this.#message.hasMore, 'one message at a time')
    // All of it, before anything of it has an effect.
    checkFrames(this.#message, bytes, { start: offset, length })
    this.#message.restart(bytes, offset, length)
    this.#bytes = bytes
    this.#end = offset + length
    this.#take()
    this.#keepRest()
    this.#account()
    this.#pauseOrResume()
  }

  ended(): void {
    this.#isEnded = true
    this.#askTurn()
  }

  writable(): void {
    this.#mayWrite = true
    if (this.#isOver) return
    this.#send()
    this.#goOn()
  }

  cancelled(): void {
    this.#close()
  }

  /** Those under way are answered; then the stream ends. */
  leave(): void {
    this.#isLeaving = true
    this.#forgetMessage()
    this.#askTurn()
  }

  // Taking.

  get #hasRoom(): boolean {
    const { operationsMax, readsMax } = this.#parts.door.limits
    return this.#mayWrite && this.#underWay.size < operationsMax && this.#reads < readsMax
  }

  #take(): void {
    const message = this.#message
    // Those that are taken together began together.
    this.#nowMs = this.#parts.door.clock.monotonicMs()
    // The others want a turn, too.
    let left = this.#parts.door.limits.operationsMax
    while (message.hasMore && this.#hasRoom && left > 0) {
      const tag = message.tag()
      if (tag === TAG_OPERATIONS) {
        const start = message.span()
        this.#begin({ start, length: message.position - start })
        left -= 1
      } else {
        message.skip(tag)
      }
    }
    // Otherwise it goes on when one of them has ended, which is told in a turn to come.
    if (!message.hasMore) this.#forgetMessage()
  }

  #begin(place: Place): void {
    const { door } = this.#parts
    const kind = look(door, this.#bytes, place)
    const { id } = door.operation
    if (this.#underWay.has(id)) {
      // Its answer could not be told from that of the other one.
      this.#fail(new KvError('BAD_REQUEST', `the operation ${id} waits for its answer already`))
    } else if (kind instanceof KvError) {
      this.#refuse(id, kind)
    } else if (id === 0) {
      this.#refuse(id, new KvError('BAD_REQUEST', 'an operation of a pipeline needs an id'))
    } else {
      this.#admit(id, kind)
    }
  }

  #admit(id: number, kind: OperationKind): void {
    const { door } = this.#parts
    const ready = admit(door, kind, this.#bytes)
    if (ready instanceof KvError) {
      this.#refuse(id, ready)
      return
    }
    this.#underWay.add(id, this.#nowMs)
    if (ready.kind === 'read') this.#reads += 1
    begin(door, { owner: this, kind }, ready)
  }

  /** What is left of a message has to outlive the call that brought it. */
  #keepRest(): void {
    const message = this.#message
    if (!message.hasMore) return
    this.#bytes = copyOf(this.#bytes, message.position, this.#end)
    this.#end = this.#bytes.length
    this.#keptBytes = this.#end
    message.restart(this.#bytes, 0, this.#end)
  }

  #forgetMessage(): void {
    this.#bytes = NO_BYTES
    this.#end = 0
    this.#keptBytes = 0
    this.#message.restart(NO_BYTES, 0, 0)
  }

  // Answering.

  done(asked: Asked, result: Done): void {
    if (!this.#settled(asked)) return
    const { unreadBytesMax } = this.#parts.door.limits
    const unread = this.#results.length
    if (asked.isRead && unread + result.body.length > unreadBytesMax) {
      this.#tell(asked, unread === 0 ? 'TOO_LARGE' : 'OVERLOADED', 'refused')
    } else if (unread > unreadBytesMax) {
      this.#fail(new KvError('OVERLOADED', 'the results of this stream are not read'))
    } else {
      this.#results.done(asked.id, asked.kind, result)
      this.#said()
    }
  }

  failed(asked: Asked, code: ErrorCode, certainty: Certainty): void {
    if (this.#settled(asked)) this.#tell(asked, code, certainty)
  }

  /** False: nobody wants to know. */
  #settled({ id, isRead }: Asked): boolean {
    if (this.#isOver) return false
    const { door, latencySeconds } = this.#parts
    const takenMs = this.#underWay.remove(id)
    assert(takenMs !== undefined, 'what is answered was under way')
    latencySeconds?.observe((door.clock.monotonicMs() - takenMs) / 1000)
    if (isRead) this.#reads -= 1
    return true
  }

  #tell(asked: Asked, code: ErrorCode, certainty: Certainty): void {
    const { door } = this.#parts
    door.counts.noteFailed(code)
    this.#results.failure(asked.id, failureBytes(door, asked, { code, certainty }))
    this.#said()
  }

  #refuse(id: number, error: KvError): void {
    const { counts, failures } = this.#parts.door
    counts.noteFailed(error.code)
    this.#results.failure(id, failures.withText(error))
    this.#said()
  }

  #said(): void {
    if (this.#results.length >= this.#parts.door.limits.resultsBytes) this.#send()
    this.#askTurn()
  }

  #send(): void {
    const results = this.#results
    if (results.length === 0 || !this.#mayWrite) return
    const { call, leader } = this.#parts
    results.append(leader())
    this.#mayWrite = call.write(results.bytes, 0, results.length)
    results.clear()
  }

  // Going on.

  #askTurn(): void {
    if (this.#isTurnAsked) return
    this.#isTurnAsked = true
    this.#parts.door.clock.soon(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isTurnAsked = false
    if (this.#isOver) return
    this.#send()
    // The connection would wait for a turn of its own.
    this.#parts.call.flush()
    this.#goOn()
  }

  #goOn(): void {
    this.#take()
    this.#account()
    this.#pauseOrResume()
    this.#endIfDone()
  }

  /** Once a turn. What one stream holds has its bound above; here it is about all of them. */
  #account(): void {
    const before = this.#heldBytes
    this.#heldBytes = this.#isOver ? 0 : this.#results.length + this.#keptBytes
    const isFine = this.#parts.door.memory.changed(before, this.#heldBytes)
    if (!isFine)
      this.#fail(new KvError('OVERLOADED', 'too much is held for clients that do not read'))
  }

  #pauseOrResume(): void {
    const pauses = this.#message.hasMore || !this.#hasRoom
    if (this.#isOver || pauses === this.#isPaused) return
    this.#isPaused = pauses
    if (pauses) this.#parts.call.pause()
    else this.#parts.call.resume()
  }

  #endIfDone(): void {
    const isIdle = this.#underWay.size === 0 && this.#results.length === 0
    if (this.#isOver || !isIdle) return
    if (this.#isLeaving) {
      this.#fail(new KvError('STOPPED', 'this node is shutting down'))
    } else if (this.#isEnded) {
      this.#parts.call.end()
      this.#close()
    }
  }

  #fail(error: KvError): void {
    this.#send()
    this.#parts.call.failWith(error)
    this.#close()
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#underWay.clear()
    this.#results.clear()
    this.#forgetMessage()
    this.#account()
    this.#parts.onOver(this)
  }
}

/** Fails with `BAD_REQUEST` when it is no message of operations; whether those are any is open. */
function checkFrames(reader: WireReader, bytes: Uint8Array, { start, length }: Place): void {
  reader.restart(bytes, start, length)
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) reader.skip(tag)
}
