/** Messages of one turn, whatever group they are of: one envelope for each peer. */

import type { Envelope, PeerMessage } from '../peer/index.ts'
import type { NodeId } from '../raft/index.ts'

export class Outbox {
  readonly #sender: Pick<Envelope, 'clusterId' | 'from' | 'incarnation'>
  #mail: { readonly to: NodeId; readonly messages: PeerMessage[] }[] = []

  constructor(sender: Pick<Envelope, 'clusterId' | 'from' | 'incarnation'>) {
    this.#sender = sender
  }

  add(message: PeerMessage): void {
    // A node has few peers: looking through them is faster than any map.
    const known = this.#mail.find(({ to }) => to === message.to)
    if (known === undefined) this.#mail.push({ to: message.to, messages: [message] })
    else known.messages.push(message)
  }

  flush(send: (envelope: Envelope) => void): void {
    if (this.#mail.length === 0) return
    const mail = this.#mail
    this.#mail = []
    for (const { to, messages } of mail) send({ ...this.#sender, to, messages })
  }
}
