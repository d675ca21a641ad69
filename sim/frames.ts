/**
 * Envelopes as the simulated network carries them: objects, and bytes only where that is the point.
 */

import { assert, type Chance, type DataChecksums } from '../src/base/index.ts'
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  encodeParts,
  envelopeBytes,
  type MemberRules,
} from '../src/peer/index.ts'
import { isValidConfiguration, type NodeId, parseConfiguration } from '../src/raft/index.ts'
import type { Frame } from './world/index.ts'

export const CLUSTER_ID = 7001
const RULES: MemberRules = { parseConfiguration, isValidConfiguration }

export class EnvelopeFrame implements Frame {
  /** Null when it was damaged on the way: the receiver's codec refuses it. */
  readonly envelope: Envelope | null
  readonly bytes: number

  constructor(envelope: Envelope | null) {
    this.envelope = envelope
    this.bytes = envelope === null ? 0 : envelopeBytes(envelope)
  }

  corrupt(chance: Chance): EnvelopeFrame {
    assert(this.envelope !== null, 'a frame is damaged once')
    const bytes = encodeEnvelope(this.envelope).slice()
    const position = chance.below(bytes.length)
    bytes[position] = (bytes[position] as number) ^ (1 << chance.below(8))
    const decoded = decodeEnvelope(bytes, RULES)
    return new EnvelopeFrame('kind' in decoded ? null : decoded)
  }
}

/** What a node of another cluster says to an address that once was one of its own. */
export function foreignFrame(from: NodeId, to: NodeId, chance: Chance): EnvelopeFrame {
  const term = 1 + chance.below(1000)
  return new EnvelopeFrame({
    clusterId: CLUSTER_ID + 1,
    from,
    to,
    incarnation: 1000,
    messages: [
      { kind: 'heartbeat', group: 1, from, to, term, commit: 0, round: 0, incarnation: 0 },
      { kind: 'voteReply', group: 1, from, to, term, granted: true },
    ],
  })
}

export function addressOf(id: NodeId): string {
  return String(id)
}

export function idOf(address: string): NodeId {
  return Number(address)
}

/** Each end knows the checksums of data that its node has met before. */
export function travel(
  envelope: Envelope,
  { sender, receiver }: { sender: DataChecksums; receiver: DataChecksums },
): Envelope {
  const parts = encodeParts(envelope, sender)
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  const decoded = decodeEnvelope(bytes, RULES, receiver)
  assert(!('kind' in decoded), 'what was encoded decodes')
  return decoded
}
