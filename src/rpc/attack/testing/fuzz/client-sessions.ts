import assert from 'node:assert/strict'
import { SeededChance } from '../../../../base/index.ts'
import type { Socket } from '../../../../io/index.ts'
import { type CallEnd, type CallReceiver, type ClientCall, RpcChannel } from '../../../index.ts'
import { ManualClock } from './manual-clock.ts'
import { lengthOf, pick } from './pieces.ts'
import { METHODS, ServerScript } from './scripts.ts'
import {
  createGzip,
  HandlerBroke,
  Line,
  MESSAGE_BYTES_MAX,
  type SessionReport,
  settle,
} from './sessions.ts'

/** Calls that a channel is given over the sessions of one seed. */
const CALLS_MAX = 400
/** As often a server that is not there is dialled again. */
const LINES_MAX = 5
/** Calls at a time. */
const WAITING_MAX = 60
/** More messages than may wait to be inflated. */
const INFLATED_MAX = 1000

/** Hears of one call. */
class Receiver implements CallReceiver {
  call: ClientCall | null = null
  outcome: CallEnd | null = null
  readonly #chance: SeededChance

  constructor(chance: SeededChance) {
    this.#chance = chance
  }

  message(_bytes: Uint8Array, _offset: number, length: number): void {
    assert.equal(this.outcome, null, 'no message comes after the end')
    assert.ok(length <= MESSAGE_BYTES_MAX, 'no message is larger than allowed')
    if (this.#chance.happens(0.01)) throw new HandlerBroke()
    if (this.#chance.happens(0.01)) this.call?.cancel()
  }

  writable(): void {
    assert.equal(this.outcome, null, 'who has ended does not write')
    const bytes = new Uint8Array(lengthOf(this.#chance))
    this.call?.write(bytes, 0, bytes.length, this.#chance.happens(0.3))
  }

  ended(end: CallEnd): void {
    assert.equal(this.outcome, null, 'a call ends once')
    this.outcome = end
    if (this.#chance.happens(0.01)) throw new HandlerBroke()
  }
}

/** A caller with every habit that callers have. */
class Caller {
  readonly receivers: Receiver[] = []
  readonly #chance: SeededChance

  constructor(chance: SeededChance) {
    this.#chance = chance
  }

  get waiting(): number {
    return this.receivers.reduce((sum, { outcome }) => sum + (outcome === null ? 1 : 0), 0)
  }

  goOn(channel: RpcChannel): void {
    const chance = this.#chance
    while (chance.happens(0.6) && this.receivers.length < CALLS_MAX) {
      if (this.waiting < WAITING_MAX) this.#begin(channel)
      else break
    }
    const some = this.receivers[chance.below(this.receivers.length)]
    if (some === undefined || some.outcome !== null || some.call === null) return
    if (chance.happens(0.05)) some.call.cancel()
    else if (chance.happens(0.1)) some.call.end()
    else if (chance.happens(0.2)) some.writable()
  }

  #begin(channel: RpcChannel): void {
    const chance = this.#chance
    const receiver = new Receiver(chance)
    this.receivers.push(receiver)
    const path = `/test.Test/${pick(chance, METHODS)}`
    const options = {
      ...(chance.happens(0.2) ? { timeoutMs: 1 + chance.below(2000) } : {}),
      ...(chance.happens(0.5) ? { waitForReady: true } : {}),
    }
    if (chance.happens(0.3)) {
      receiver.call = channel.stream(path, receiver, options)
      return
    }
    const length = lengthOf(chance)
    const message = { bytes: new Uint8Array(length), offset: 0, length }
    receiver.call = channel.unary(path, message, receiver, options)
  }
}

/** Random servers against our client. Fails with what went wrong. */
export async function attackClient(seed: number): Promise<SessionReport> {
  const chance = new SeededChance(seed, 'attack on a client')
  const clock = new ManualClock()
  const caller = new Caller(new SeededChance(seed, 'caller'))
  const faults: unknown[] = []
  const lines: Line[] = []
  const channel = new RpcChannel({
    clock,
    chance: new SeededChance(seed, 'channel'),
    gzip: createGzip(clock),
    endpoints: [{ host: 'memory', port: 1 }],
    messageBytesMax: MESSAGE_BYTES_MAX,
    connect: (): Socket => {
      const line = new Line('client', { chance, clock }, (options) => new ServerScript(options))
      lines.push(line)
      return line.socket
    },
    onFault: (error) => {
      if (!(error instanceof HandlerBroke)) faults.push(error)
    },
  })
  channel.connect()
  for (let at = 0; at < LINES_MAX; at++) {
    const line = lines[at]
    if (line === undefined) break
    await converse(line, { caller, channel, faults })
    clock.pass(chance.below(10_000))
    if (caller.waiting === 0) caller.goOn(channel)
  }
  channel.close()
  for (const line of lines) line.end(() => {})
  // Messages that are inflated, one after the other, are delivered all the same.
  for (let i = 0; i < INFLATED_MAX && caller.waiting > 0; i++) {
    clock.pass(1)
    await settle()
  }
  if (faults.length > 0) throw faults[0]
  for (const { outcome } of caller.receivers) assert.ok(outcome !== null, 'every call has ended')
  return report(lines, caller)
}

interface Parts {
  readonly caller: Caller
  readonly channel: RpcChannel
  readonly faults: readonly unknown[]
}

async function converse(line: Line, { caller, channel, faults }: Parts): Promise<void> {
  while (line.goesOn) {
    caller.goOn(channel)
    line.goOn()
    if (line.goesOn) line.say()
    line.goOn()
    if (line.chance.happens(0.3)) {
      line.clock.pass(2)
      await settle()
    }
    line.checkQueue()
    if (faults.length > 0) throw faults[0]
  }
  line.end(() => {})
}

function report(lines: readonly Line[], caller: Caller): SessionReport {
  const frames = lines.reduce((sum, { input }) => sum + input.frames, 0)
  const answered = lines.reduce((sum, { checker }) => sum + checker.frames, 0)
  return { frames, answered, calls: caller.receivers.length }
}
