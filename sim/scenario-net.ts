/** The network of a scenario, by node ids: whole links, and single messages. */

import type { Envelope, PeerMessage } from '../src/peer/index.ts'
import type { NodeId } from '../src/raft/index.ts'
import { addressOf, CLUSTER_ID } from './frames.ts'
import { GROUP } from './scenario-node.ts'
import type { Simulation } from './simulation.ts'
import type { Direction } from './world/index.ts'

/** One message as it left, with what its envelope said of the sender. */
export interface SentMessage {
  readonly message: PeerMessage
  readonly incarnation: number
}

/** Takes the messages of the group that fit off the network, until it is ended. */
export class Trap {
  readonly caught: SentMessage[] = []
  readonly fits: (message: PeerMessage) => boolean
  /** A copy is kept and the message goes on. */
  readonly copies: boolean

  constructor(fits: (message: PeerMessage) => boolean, { copies }: { copies: boolean }) {
    this.fits = fits
    this.copies = copies
  }

  /** Those of one kind, with the fields of that kind. */
  of<K extends PeerMessage['kind']>(kind: K): Extract<PeerMessage, { kind: K }>[] {
    const found: Extract<PeerMessage, { kind: K }>[] = []
    for (const { message } of this.caught) {
      if (message.kind === kind) found.push(message as Extract<PeerMessage, { kind: K }>)
    }
    return found
  }
}

export class ScenarioNet {
  readonly #simulation: Simulation
  #traps: Trap[] = []

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    simulation.filter = (envelope) => this.#filter(envelope)
  }

  /** One direction. */
  cut(from: NodeId, to: NodeId): void {
    this.#simulation.net.cut(direction(from, to))
  }

  /** Between every node of one side and every node of the other, both ways. */
  split(left: readonly NodeId[], right: readonly NodeId[]): void {
    for (const a of left) {
      for (const b of right) {
        this.cut(a, b)
        this.cut(b, a)
      }
    }
  }

  isolate(id: NodeId): void {
    this.#simulation.net.isolate(addressOf(id))
  }

  rejoin(id: NodeId): void {
    this.#simulation.net.rejoin(addressOf(id))
  }

  hold(from: NodeId, to: NodeId): void {
    this.#simulation.net.hold(direction(from, to))
  }

  release(from: NodeId, to: NodeId): void {
    this.#simulation.net.release(direction(from, to))
  }

  duplicate(from: NodeId, to: NodeId, count = 1): void {
    this.#simulation.net.duplicateNext(direction(from, to), count)
  }

  /** Bytes that a direction carries in a second. */
  limit(from: NodeId, to: NodeId, bytesPerSecond: number): void {
    this.#simulation.net.setConditions({ bytesPerSecond }, direction(from, to))
  }

  /** Messages that fit do not arrive; they wait in the trap. */
  trap(fits: (message: PeerMessage) => boolean): Trap {
    return this.#add(new Trap(fits, { copies: false }))
  }

  /** Messages that fit are noted and go on. */
  watch(fits: (message: PeerMessage) => boolean): Trap {
    return this.#add(new Trap(fits, { copies: true }))
  }

  /** What it caught stays caught. */
  end(trap: Trap): void {
    this.#traps = this.#traps.filter((other) => other !== trap)
  }

  /** Arrives now, however long ago it was sent. */
  deliver(...sent: readonly SentMessage[]): void {
    for (const { message, incarnation } of sent) {
      const { from, to } = message
      const envelope = { clusterId: CLUSTER_ID, from, to, incarnation, messages: [message] }
      this.#simulation.machine(to).node?.receive(envelope)
    }
  }

  /** Everything: cuts, holds and traps. */
  heal(): void {
    this.#traps = this.#traps.filter(({ copies }) => copies)
    this.#simulation.net.heal()
    this.#simulation.net.releaseAll()
  }

  #add(trap: Trap): Trap {
    this.#traps.push(trap)
    return trap
  }

  #filter(envelope: Envelope): Envelope {
    if (this.#traps.length === 0) return envelope
    const { incarnation } = envelope
    const messages = envelope.messages.filter((message) => {
      let passes = true
      for (const trap of this.#traps) {
        if (message.group !== GROUP || !trap.fits(message)) continue
        trap.caught.push({ message, incarnation })
        passes = trap.copies
        if (!passes) break
      }
      return passes
    })
    return { ...envelope, messages }
  }
}

function direction(from: NodeId, to: NodeId): Direction {
  return { from: addressOf(from), to: addressOf(to) }
}
