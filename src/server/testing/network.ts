/** Carries envelopes between the nodes of a test, as real bytes, and may do them harm. */

import { decodeEnvelope, type Envelope, encodeEnvelope } from '../../peer/index.ts'
import { isValidConfiguration, type NodeId, parseConfiguration } from '../../raft/index.ts'

interface UnderWay {
  readonly dueTick: number
  readonly bytes: Uint8Array
}

export type Harm = 'lose' | 'double' | { readonly delayTicks: number } | null

export class TestNetwork {
  /** What happens to one; null: it arrives. */
  harm: (envelope: Envelope) => Harm = () => null
  readonly #deliver: (envelope: Envelope) => void
  readonly #cut = new Set<string>()
  #tick = 0
  #underWay: UnderWay[] = []
  #isPumping = false

  constructor(deliver: (envelope: Envelope) => void) {
    this.#deliver = deliver
  }

  /** Between these nodes and all others nothing passes, in either direction. */
  isolate(nodes: readonly NodeId[], others: readonly NodeId[]): void {
    for (const one of nodes) {
      for (const other of others) {
        this.#cut.add(`${one} ${other}`)
        this.#cut.add(`${other} ${one}`)
      }
    }
  }

  cutOneWay(from: NodeId, to: NodeId): void {
    this.#cut.add(`${from} ${to}`)
  }

  isCut(from: NodeId, to: NodeId): boolean {
    return this.#cut.has(`${from} ${to}`)
  }

  heal(): void {
    this.#cut.clear()
    this.harm = () => null
  }

  send(envelope: Envelope): void {
    if (this.isCut(envelope.from, envelope.to)) return
    const harm = this.harm(envelope)
    if (harm === 'lose') return
    const bytes = encodeEnvelope(envelope)
    const isLate = harm !== null && harm !== 'double'
    this.#underWay.push({ bytes, dueTick: this.#tick + (isLate ? harm.delayTicks : 0) })
    // The second one comes when everybody has forgotten about it.
    if (harm === 'double') this.#underWay.push({ bytes, dueTick: this.#tick + 3 })
    this.#pumpSoon()
  }

  tick(): void {
    this.#tick += 1
    this.#pumpSoon()
  }

  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    setImmediate(() => {
      this.#isPumping = false
      this.#pump()
    })
  }

  #pump(): void {
    const due = this.#underWay.filter(({ dueTick }) => dueTick <= this.#tick)
    this.#underWay = this.#underWay.filter(({ dueTick }) => dueTick > this.#tick)
    for (const { bytes } of due) {
      // What arrives is a piece of memory of its own, as from a socket.
      const decoded = decodeEnvelope(bytes.slice(), { parseConfiguration, isValidConfiguration })
      if (!('kind' in decoded) && !this.isCut(decoded.from, decoded.to)) this.#deliver(decoded)
    }
  }
}
