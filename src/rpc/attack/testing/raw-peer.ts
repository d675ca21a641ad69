import assert from 'node:assert/strict'
import type { Socket } from '../../../io/index.ts'
import { FrameReader, type Incoming } from '../../conformance/testing/kit/frame-reader.ts'
import {
  type ErrorName,
  PREFACE,
  ping,
  type Setting,
  settings,
  settingsAck,
} from '../../conformance/testing/kit/frames.ts'
import { Legality } from '../../conformance/testing/kit/legality.ts'

type Kind = Incoming['kind']
type Of<K extends Kind> = Extract<Incoming, { kind: K }>

export interface RawPeerOptions {
  readonly playing: 'client' | 'server'
}

/**
 * One end of a connection that says whatever a test likes, octet for octet, and reads what comes
 * with the eyes of the conformance kit, which shares no code with what is under attack.
 */
export class RawPeer {
  readonly socket: Socket
  readonly log: Incoming[] = []
  /** Off, SETTINGS and PING of the other side get no answer. */
  automatic: boolean
  readonly #reader = new FrameReader()
  readonly #legality: Legality
  #skip: number
  #failure: unknown = null
  #seen = 0
  #wake: (() => void) | null = null

  constructor(socket: Socket, { playing }: RawPeerOptions) {
    this.socket = socket
    this.#legality = new Legality(playing === 'client' ? 'server' : 'client')
    this.#skip = playing === 'server' ? PREFACE.length : 0
    this.automatic = playing === 'client'
    socket.onData = (bytes) => this.#receive(Buffer.from(bytes))
    socket.onEnd = () => {
      socket.end()
      this.#arrive({ kind: 'closed', how: 'ended' })
    }
    socket.onClose = (error) => this.#arrive({ kind: 'closed', how: error ? 'reset' : 'ended' })
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts))
  }

  greet(...values: readonly Setting[]): void {
    this.send(PREFACE, settings(...values))
  }

  /** For servers, whose first frame is SETTINGS: what came before it was not answered. */
  answerPreface(...values: readonly Setting[]): void {
    this.send(settings(...values), settingsAck())
    this.automatic = true
  }

  /** Until our settings are acknowledged. */
  async handshake(...values: readonly Setting[]): Promise<void> {
    this.greet(...values)
    await this.find('settings', ({ ack }) => ack)
  }

  /** The next item of that kind that matches; fails when the connection ends before it. */
  async find<K extends Kind>(
    kind: K,
    match: (item: Of<K>) => boolean = () => true,
  ): Promise<Of<K>> {
    for (;;) {
      const item = await this.#next()
      if (item.kind === kind && match(item as Of<K>)) return item as Of<K>
      if (item.kind === 'closed') this.fail(`wanted ${kind}`)
    }
  }

  /** The other side has taken in all that was sent. */
  async roundTrip(): Promise<void> {
    this.send(ping('trip'))
    await this.find('ping', ({ ack }) => ack)
  }

  /** The connection is over: returns what the other side said last, and how it ended. */
  async untilOver(): Promise<{ readonly code: ErrorName | number | null; readonly how: string }> {
    const { how } = await this.#untilClosed()
    const goaway = this.log.findLast((item): item is Of<'goaway'> => item.kind === 'goaway')
    return { code: goaway?.code ?? null, how }
  }

  /** GOAWAY with one of these codes, and then the end. */
  async expectGoaway(...codes: ErrorName[]): Promise<void> {
    const { code } = await this.untilOver()
    if (!codes.some((one) => one === code)) this.fail(`GOAWAY ${code} instead of ${codes}`)
  }

  get closed(): boolean {
    return this.log.at(-1)?.kind === 'closed'
  }

  of<K extends Kind>(kind: K): Of<K>[] {
    return this.log.filter((item): item is Of<K> => item.kind === kind)
  }

  fail(message: string): never {
    throw new assert.AssertionError({ message: `${message}; arrived: ${this.told()}` })
  }

  told(): string {
    const last = this.log.slice(-6).map((item) => JSON.stringify(item).slice(0, 120))
    return `${this.log.length} frames, ${last.join(', ')}`
  }

  async #untilClosed(): Promise<Of<'closed'>> {
    for (;;) {
      const last = this.log.at(-1)
      if (last?.kind === 'closed') return last
      await this.#next()
    }
  }

  async #next(): Promise<Incoming> {
    while (this.#seen >= this.log.length) {
      if (this.#failure !== null) throw this.#failure
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    this.#seen += 1
    return this.log[this.#seen - 1] as Incoming
  }

  #receive(bytes: Buffer): void {
    if (this.#failure !== null) return
    const skipped = Math.min(this.#skip, bytes.length)
    this.#skip -= skipped
    try {
      this.#reader.push(bytes.subarray(skipped), (item) => this.#arrive(item))
    } catch (error) {
      this.#failure = error
      this.#wake?.()
    }
  }

  #arrive(item: Incoming): void {
    if (this.closed) return
    this.#legality.check(item)
    this.log.push(item)
    if (this.automatic && item.kind === 'settings' && !item.ack) this.send(settingsAck())
    if (this.automatic && item.kind === 'ping' && !item.ack) {
      this.send(ping(item.text, { ack: true }))
    }
    this.#wake?.()
    this.#wake = null
  }
}
