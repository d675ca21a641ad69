/**
 * Cuts what a turn has for one peer into envelopes of a bounded size, and tells what is bulk from
 * what is not. A message is never cut itself.
 */

import { assert, type DataChecksums } from '../base/index.ts'
import { encodeParts } from './codec.ts'
import type { Envelope, PeerMessage } from './envelope.ts'
import { messageBytes } from './message-codec.ts'
import type { LaneKind, PeerLimits } from './types.ts'

/** An encoded envelope. */
export interface Parcel {
  /** One behind the other; none is empty, and nobody changes what is in them. */
  readonly parts: readonly Uint8Array[]
  /** Of all parts. */
  readonly bytes: number
  readonly messages: number
}

export interface ParcelSink {
  parcel(kind: LaneKind, parcel: Parcel): void
  /** It fits no envelope, and nobody would take it. */
  tooLarge(message: PeerMessage, bytes: number): void
}

export interface PackOptions {
  readonly limits: Pick<PeerLimits, 'envelopeBytes' | 'envelopeBytesMax'>
  readonly checksums: DataChecksums
}

/** More than what stands before the messages of any envelope. */
const HEAD_BYTES_MAX = 64

export function laneOf(message: PeerMessage): LaneKind {
  const isBulk = message.kind === 'snapshotChunk' || message.kind === 'snapshotChunkReply'
  return isBulk ? 'bulk' : 'messages'
}

/** The messages of each lane leave in their order. */
export function packEnvelope(
  envelope: Envelope,
  { limits, checksums }: PackOptions,
  sink: ParcelSink,
): void {
  const { envelopeBytes, envelopeBytesMax } = limits
  assert(envelopeBytes <= envelopeBytesMax, 'an envelope is filled up to less than it may hold')
  const packers = {
    messages: new Packer('messages', envelope, checksums),
    bulk: new Packer('bulk', envelope, checksums),
  }
  for (const message of envelope.messages) {
    const bytes = messageBytes(message)
    if (bytes > envelopeBytesMax - HEAD_BYTES_MAX) {
      sink.tooLarge(message, bytes)
      continue
    }
    const packer = packers[laneOf(message)]
    if (packer.bytes + bytes > envelopeBytes) packer.flush(sink)
    packer.add(message, bytes)
  }
  packers.messages.flush(sink)
  packers.bulk.flush(sink)
}

class Packer {
  readonly #kind: LaneKind
  readonly #envelope: Envelope
  readonly #checksums: DataChecksums
  #messages: PeerMessage[] = []
  bytes = 0

  constructor(kind: LaneKind, envelope: Envelope, checksums: DataChecksums) {
    this.#kind = kind
    this.#envelope = envelope
    this.#checksums = checksums
  }

  add(message: PeerMessage, bytes: number): void {
    this.#messages.push(message)
    this.bytes += bytes
  }

  flush(sink: ParcelSink): void {
    const messages = this.#messages
    if (messages.length === 0) return
    this.#messages = []
    this.bytes = 0
    const parts = encodeParts({ ...this.#envelope, messages }, this.#checksums)
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    sink.parcel(this.#kind, { parts, bytes, messages: messages.length })
  }
}

/** Parcels that wait, the oldest first, within bounds. */
export class ParcelQueue {
  readonly #limits: Pick<PeerLimits, 'queueBytesMax' | 'queueEnvelopesMax'>
  #parcels: Parcel[] = []
  /** Those before it have left: to shift a long array moves all of it. */
  #next = 0
  #bytes = 0

  constructor(limits: Pick<PeerLimits, 'queueBytesMax' | 'queueEnvelopesMax'>) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#next === this.#parcels.length
  }

  /** False when it is full, and the parcel is not in it. */
  push(parcel: Parcel): boolean {
    const { queueBytesMax, queueEnvelopesMax } = this.#limits
    if (this.#parcels.length - this.#next >= queueEnvelopesMax) return false
    if (this.#bytes + parcel.bytes > queueBytesMax) return false
    this.#parcels.push(parcel)
    this.#bytes += parcel.bytes
    return true
  }

  shift(): Parcel | null {
    const parcel = this.#parcels[this.#next]
    if (parcel === undefined) return null
    this.#next += 1
    this.#bytes -= parcel.bytes
    if (this.isEmpty) this.#reset()
    else if (this.#next >= COMPACTED_AT) this.#compact()
    return parcel
  }

  /** Returns how many messages were in it. */
  clear(): number {
    let messages = 0
    for (let i = this.#next; i < this.#parcels.length; i++) {
      messages += (this.#parcels[i] as Parcel).messages
    }
    this.#bytes = 0
    this.#reset()
    return messages
  }

  #reset(): void {
    assert(this.#bytes === 0, 'an empty queue holds no bytes')
    this.#parcels = []
    this.#next = 0
  }

  /** A queue that never runs empty must not keep what has left. */
  #compact(): void {
    this.#parcels = this.#parcels.slice(this.#next)
    this.#next = 0
  }
}

const COMPACTED_AT = 1024
