import { assert, type Chance } from '../../src/base/index.ts'
import type { Span } from './disk-config.ts'
import type { Life, LifeEnd } from './life.ts'
import {
  type Direction,
  type Frame,
  NETWORK_CONDITIONS,
  type NetworkConditions,
  type NetworkFaultKind,
} from './network-config.ts'
import type { World } from './world.ts'

export interface NetworkOptions {
  readonly world: World
  readonly conditions?: Partial<NetworkConditions>
  /** Every fault that happens, for the reports. */
  readonly onFault?: (kind: NetworkFaultKind, direction: Direction) => void
  /** Makes a frame of another cluster, as from a machine that reuses the sender's address. */
  readonly makeForeign?: (direction: Direction) => Frame
}

/** What a process that is attached learns. Each call is an event of its life. */
export interface Receiver {
  receive(from: string, frame: Frame): void
  /** The connection with the peer broke, as its machine or something between has told. */
  dropped(peer: string): void
}

export interface Port {
  readonly address: string
  send(to: string, frame: Frame): void
}

const CLOSED = 0

/** One direction between two addresses, as the sender's machine sees it. */
class Link {
  readonly from: string
  readonly to: string
  readonly number: number
  conditions: NetworkConditions
  cut = false
  /** Not null: clogged, and what waits. */
  clogged: Frame[] | null = null
  cloggedBytes = 0
  busyUntilUs = 0
  lastArrivalUs = 0
  /** A reset makes it grow; what left before does not arrive. */
  epoch = 0
  /** Which attachment of the receiver the sender believes to be connected with, or CLOSED. */
  connection = CLOSED
  duplicateNext = 0
  dropNext = 0

  constructor({ from, to }: Direction, number: number, conditions: NetworkConditions) {
    this.from = from
    this.to = to
    this.number = number
    this.conditions = conditions
  }
}

interface Attachment {
  readonly number: number
  readonly address: string
  readonly life: Life
  readonly receiver: Receiver
}

/**
 * Carries frames between addresses, over one link per direction. In order, unless reordered; a
 * process that is killed closes its connections and its peers are told; a machine without power,
 * or behind a cut, tells nobody. A frame never reaches a later life than it was sent to, except as
 * a replay.
 */
export class Network {
  readonly #world: World
  readonly #chance: Chance
  readonly #options: NetworkOptions
  readonly #links = new Map<string, Map<string, Link>>()
  readonly #attached = new Map<string, Attachment>()
  readonly #withoutPower = new Set<string>()
  readonly #isolated = new Set<string>()
  #conditions: NetworkConditions
  #attachments = 0
  #linkCount = 0

  constructor(options: NetworkOptions) {
    this.#options = options
    this.#world = options.world
    this.#chance = options.world.chance('network')
    this.#conditions = { ...NETWORK_CONDITIONS, ...options.conditions }
  }

  /** The process takes the address, from any process that had it before. */
  attach(address: string, life: Life, receiver: Receiver): Port {
    this.#attachments += 1
    const attachment = { number: this.#attachments, address, life, receiver }
    this.#attached.set(address, attachment)
    this.#withoutPower.delete(address)
    for (const link of this.#linksOf(address)) {
      if (link.to === address) this.#loseUnderWay(link)
      // A new process knows of no connection yet.
      else link.connection = CLOSED
    }
    life.onEnd((end) => this.#processEnded(attachment, end))
    const links = new Map<string, Link>()
    return {
      address,
      send: (to, frame) => {
        let link = links.get(to)
        if (link === undefined) {
          link = this.#link({ from: address, to })
          links.set(to, link)
        }
        if (!life.ended && this.#attached.get(address) === attachment) this.#send(link, frame)
      },
    }
  }

  get conditions(): NetworkConditions {
    return this.#conditions
  }

  /** For one direction, or for all of them, present and future. */
  setConditions(conditions: Partial<NetworkConditions>, direction?: Direction): void {
    if (direction !== undefined) {
      const link = this.#link(direction)
      link.conditions = { ...link.conditions, ...conditions }
      return
    }
    this.#conditions = { ...this.#conditions, ...conditions }
    for (const link of this.#allLinks()) link.conditions = { ...link.conditions, ...conditions }
  }

  setLatency(delayUs: Span, direction?: Direction): void {
    this.setConditions({ delayUs }, direction)
  }

  /** One way only. What is under way is lost too. */
  cut(...directions: readonly Direction[]): void {
    for (const direction of directions) this.#link(direction).cut = true
  }

  /** Exactly these are cut afterwards: the next step of a moving pattern. */
  setCuts(directions: readonly Direction[]): void {
    this.heal()
    this.cut(...directions)
  }

  /** Both ways, from everybody, also from those who come later. */
  isolate(address: string): void {
    this.#isolated.add(address)
  }

  /** These directions, or everything. */
  heal(...directions: readonly Direction[]): void {
    for (const direction of directions) this.#link(direction).cut = false
    if (directions.length > 0) return
    this.#isolated.clear()
    for (const link of this.#allLinks()) link.cut = false
  }

  rejoin(address: string): void {
    this.#isolated.delete(address)
  }

  /** Clogs: what is sent waits until released. */
  hold(direction: Direction): void {
    this.#link(direction).clogged ??= []
  }

  release(direction: Direction): void {
    const link = this.#link(direction)
    const waiting = link.clogged ?? []
    link.clogged = null
    link.cloggedBytes = 0
    for (const frame of waiting) this.#transmit(link, frame)
  }

  releaseAll(): void {
    for (const link of this.#allLinks()) this.release(link)
  }

  duplicateNext(direction: Direction, count = 1): void {
    this.#link(direction).duplicateNext += count
  }

  dropNext(direction: Direction, count = 1): void {
    this.#link(direction).dropNext += count
  }

  /** Breaks the connection between the two: what is under way is lost and both are told. */
  reset(first: string, second: string): void {
    this.#note('reset', { from: first, to: second })
    for (const link of [
      this.#link({ from: first, to: second }),
      this.#link({ from: second, to: first }),
    ]) {
      this.#loseUnderWay(link)
      link.connection = CLOSED
      this.#tellDropped(link.from, link.to)
    }
  }

  isCut(direction: Direction): boolean {
    const link = this.#link(direction)
    return link.cut || this.#isIsolated(link)
  }

  #send(link: Link, frame: Frame): void {
    if (!this.#connected(link)) {
      this.#note('lostWithProcess', link)
      return
    }
    const { conditions } = link
    if (link.cut || this.#isIsolated(link)) {
      this.#note('cut', link)
    } else if (link.dropNext > 0 || this.#strikes(conditions.drop)) {
      if (link.dropNext > 0) link.dropNext -= 1
      this.#note('dropped', link)
    } else if (this.#strikes(conditions.reset)) {
      this.reset(link.from, link.to)
    } else {
      this.#sendIntact(link, frame)
    }
  }

  #sendIntact(link: Link, frame: Frame): void {
    const { conditions } = link
    const { makeForeign } = this.#options
    if (makeForeign !== undefined && this.#strikes(conditions.foreign)) {
      this.#note('foreign', link)
      this.#pass(link, makeForeign(link))
    }
    if (this.#strikes(conditions.corrupt)) {
      this.#note('corrupted', link)
      const arrives = frame.corrupt?.(this.#chance) ?? null
      if (arrives !== null) this.#pass(link, arrives)
      return
    }
    if (this.#strikes(conditions.replay)) this.#replay(link, frame)
    if (link.duplicateNext > 0 || this.#strikes(conditions.duplicate)) {
      if (link.duplicateNext > 0) link.duplicateNext -= 1
      this.#note('duplicated', link)
      this.#pass(link, frame)
    }
    this.#pass(link, frame)
  }

  #pass(link: Link, frame: Frame): void {
    if (link.clogged === null) {
      this.#transmit(link, frame)
    } else if (link.cloggedBytes + frame.bytes > link.conditions.queueBytesMax) {
      this.#note('queueFull', link)
    } else {
      link.clogged.push(frame)
      link.cloggedBytes += frame.bytes
      this.#note('clogged', link)
    }
  }

  #transmit(link: Link, frame: Frame): void {
    const { conditions } = link
    const { nowUs } = this.#world
    const startUs = Math.max(nowUs, link.busyUntilUs)
    const waitingBytes = ((startUs - nowUs) / 1e6) * conditions.bytesPerSecond
    if (waitingBytes + frame.bytes > conditions.queueBytesMax) {
      this.#note('queueFull', link)
      return
    }
    link.busyUntilUs = startUs + (frame.bytes / conditions.bytesPerSecond) * 1e6
    let arrivalUs = Math.ceil(link.busyUntilUs) + this.#draw(conditions.delayUs)
    if (this.#strikes(conditions.slow)) {
      this.#note('slow', link)
      arrivalUs += this.#draw(conditions.slowUs)
    }
    if (this.#strikes(conditions.reorder)) {
      this.#note('reordered', link)
      arrivalUs += this.#draw(conditions.reorderUs)
    } else {
      // Each a moment of its own: at equal times the order would be drawn.
      arrivalUs = Math.max(arrivalUs, link.lastArrivalUs + 1)
      link.lastArrivalUs = arrivalUs
    }
    const { epoch } = link
    this.#world.schedule(arrivalUs - nowUs, null, () => this.#arrive(link, frame, epoch))
  }

  #arrive(link: Link, frame: Frame, epoch: number): void {
    if (link.epoch !== epoch) this.#note('lostWithProcess', link)
    else this.#deliver(link, frame)
  }

  #deliver(link: Link, frame: Frame): void {
    if (link.cut || this.#isIsolated(link)) {
      this.#note('cut', link)
      return
    }
    const target = this.#attached.get(link.to)
    if (target === undefined || target.life.ended) {
      this.#note('lostWithProcess', link)
      return
    }
    this.#world.trace(2, link.number, frame.bytes)
    target.life.deliver(() => target.receiver.receive(link.from, frame))
  }

  #replay(link: Link, frame: Frame): void {
    const delayUs = this.#draw(link.conditions.replayMs) * 1000
    this.#world.schedule(delayUs, null, () => {
      this.#note('replayed', link)
      this.#deliver(link, frame)
    })
  }

  /**
   * False when the receiver's machine answers that it knows of no such connection, or nobody is
   * there. The sender is told once of a connection that it believed in; after that it is free to
   * try again, and a try at a dead process is silent: waiting before the next is the sender's part.
   */
  #connected(link: Link): boolean {
    const target = this.#attached.get(link.to)
    const live = target !== undefined && !target.life.ended
    if (link.connection === CLOSED) {
      if (live) link.connection = target.number
      return live || this.#withoutPower.has(link.to)
    }
    if (live && target.number === link.connection) return true
    // Into a machine without power frames vanish, and nobody answers.
    if (this.#withoutPower.has(link.to)) return true
    if (!link.cut && !this.#isIsolated(link)) this.#answerDropped(link, link.connection)
    return false
  }

  #processEnded(attachment: Attachment, end: LifeEnd): void {
    const { address } = attachment
    if (this.#attached.get(address) !== attachment) return
    if (end === 'powerLost') {
      this.#withoutPower.add(address)
      return
    }
    for (const link of this.#linksOf(address)) {
      if (link.connection === CLOSED) continue
      const outward = link.from === address
      const toward = this.#link({ from: outward ? link.to : link.from, to: address })
      // A peer that only ever received is told once too: by the link it received on.
      if (!outward || toward.connection === CLOSED) this.#answerDropped(toward, toward.connection)
    }
  }

  /** The far machine's word that this connection is gone, if that word gets through in time. */
  #answerDropped(link: Link, connection: number): void {
    const back = this.#link({ from: link.to, to: link.from })
    this.#world.schedule(this.#draw(back.conditions.delayUs), null, () => {
      if (link.connection !== connection || back.cut || this.#isIsolated(back)) return
      link.connection = CLOSED
      this.#tellNow(link.from, link.to)
    })
  }

  #loseUnderWay(link: Link): void {
    link.epoch += 1
    if (link.clogged !== null) link.clogged = []
    link.cloggedBytes = 0
  }

  #tellDropped(address: string, peer: string): void {
    const { delayUs } = this.#conditions
    this.#world.schedule(this.#draw(delayUs), null, () => this.#tellNow(address, peer))
  }

  #tellNow(address: string, peer: string): void {
    const attachment = this.#attached.get(address)
    attachment?.life.deliver(() => attachment.receiver.dropped(peer))
  }

  #isIsolated({ from, to }: Direction): boolean {
    return this.#isolated.size > 0 && (this.#isolated.has(from) || this.#isolated.has(to))
  }

  #strikes(probability: number): boolean {
    return probability !== 0 && this.#chance.happens(probability)
  }

  #draw([min, max]: Span): number {
    return min + this.#chance.below(max - min + 1)
  }

  #note(kind: NetworkFaultKind, { from, to }: Direction): void {
    this.#options.onFault?.(kind, { from, to })
  }

  #link({ from, to }: Direction): Link {
    assert(from !== to, 'nobody sends to itself')
    let links = this.#links.get(from)
    if (links === undefined) {
      links = new Map()
      this.#links.set(from, links)
    }
    let link = links.get(to)
    if (link === undefined) {
      this.#linkCount += 1
      link = new Link({ from, to }, this.#linkCount, this.#conditions)
      links.set(to, link)
    }
    return link
  }

  *#allLinks(): Generator<Link> {
    for (const links of this.#links.values()) yield* links.values()
  }

  *#linksOf(address: string): Generator<Link> {
    for (const link of this.#allLinks()) {
      if (link.from === address || link.to === address) yield link
    }
  }
}
