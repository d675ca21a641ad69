import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DataChecksums } from '../base/index.ts'
import type { Entry } from '../raft/index.ts'
import { encodeParts } from './codec.ts'
import { type Envelope, encodeEnvelope, type PeerMessage } from './index.ts'
import { type Parcel, ParcelQueue, packEnvelope } from './parcel.ts'

function dataOf(length: number, seed: number): Uint8Array {
  // At an odd place of its memory, as what was cut out of a frame may be.
  const bytes = new Uint8Array(length + 3).subarray(3)
  for (let i = 0; i < length; i++) bytes[i] = Math.imul(i + seed, 2654435761) >>> 13
  return bytes
}

function appendOf(to: number, sizes: readonly number[]): PeerMessage {
  const entries = sizes.map((size, i): Entry => {
    return { index: 41 + i, term: 7, kind: 'command', data: dataOf(size, i) }
  })
  const place = { previousIndex: 40, previousTerm: 6, commit: 40, incarnation: 6 }
  return { kind: 'append', group: 2, from: 1, to, term: 7, quiet: false, ...place, entries }
}

function heartbeatOf(to: number, round: number): PeerMessage {
  const route = { group: 2, from: 1, to, term: 7 }
  return { kind: 'heartbeat', ...route, commit: 40, round, incarnation: 6 }
}

function envelopeOf(to: number, messages: readonly PeerMessage[]): Envelope {
  return { clusterId: 300, from: 1, to, incarnation: 5, messages }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

const SIZES = fc.oneof(fc.nat(100), fc.constantFrom(8191, 8192, 8193), fc.integer({ max: 40_000 }))

describe('an envelope in parts', () => {
  it('has the bytes of the same envelope in one piece', () => {
    const checksums = new DataChecksums()
    const appends = fc.array(
      fc.array(
        SIZES.filter((size) => size >= 0),
        { maxLength: 5 },
      ),
      {
        maxLength: 4,
      },
    )
    fc.assert(
      fc.property(appends, fc.boolean(), (sizes, heartbeat) => {
        const messages = sizes.map((each) => appendOf(2, each))
        if (heartbeat) messages.push(heartbeatOf(2, 3))
        const envelope = envelopeOf(2, messages)
        const parts = encodeParts(envelope, checksums)
        assert.ok(parts.every(({ length }) => length > 0))
        assert.deepEqual(joined(parts), encodeEnvelope(envelope))
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  it('shares long data of entries with the log, and with the envelope to another peer', () => {
    const checksums = new DataChecksums()
    const append = appendOf(2, [100_000, 10, 9000])
    assert.ok(append.kind === 'append')
    const [first, , last] = append.entries
    for (const to of [2, 3]) {
      const envelope = envelopeOf(to, [{ ...append, to }, heartbeatOf(to, 1)])
      const parts = encodeParts(envelope, checksums)
      assert.equal(parts.length, 5)
      assert.equal(parts[1], first?.data)
      assert.equal(parts[3], last?.data)
      assert.deepEqual(joined(parts), encodeEnvelope(envelope))
    }
  })
})

describe('what a turn has for a peer', () => {
  const limits = { envelopeBytes: 1000, envelopeBytesMax: 5000 }

  function packed(messages: readonly PeerMessage[]) {
    const parcels: string[] = []
    const sink = {
      parcel: (kind: string, parcel: Parcel) => parcels.push(`${kind} ${parcel.messages}`),
      tooLarge: ({ kind }: PeerMessage) => parcels.push(`too large: ${kind}`),
    }
    packEnvelope(envelopeOf(2, messages), { limits, checksums: new DataChecksums() }, sink)
    return parcels
  }

  it('is one envelope when it is little, and none when it is nothing', () => {
    assert.deepEqual(packed([]), [])
    assert.deepEqual(packed([heartbeatOf(2, 1), appendOf(2, [100]), heartbeatOf(2, 2)]), [
      'messages 3',
    ])
  })

  it('is cut where an envelope is full, and what fits none is told', () => {
    const messages = [
      heartbeatOf(2, 1),
      appendOf(2, [900]),
      appendOf(2, [900]),
      appendOf(2, [4000]),
      appendOf(2, [5000]),
      heartbeatOf(2, 2),
    ]
    assert.deepEqual(packed(messages), [
      'messages 2',
      'messages 1',
      'too large: append',
      'messages 1',
      'messages 1',
    ])
  })

  it('leaves on two lanes', () => {
    const reply: PeerMessage = {
      kind: 'snapshotChunkReply',
      group: 2,
      from: 1,
      to: 2,
      transfer: 1,
      next: 2,
      verdict: 'more',
    }
    assert.deepEqual(packed([reply, heartbeatOf(2, 1), reply]), ['messages 1', 'bulk 2'])
  })
})

describe('a queue of envelopes', () => {
  const parcelOf = (bytes: number): Parcel => ({
    parts: [new Uint8Array(bytes)],
    bytes,
    messages: 2,
  })

  it('is bounded in bytes and in number', () => {
    const queue = new ParcelQueue({ queueBytesMax: 100, queueEnvelopesMax: 3 })
    assert.ok(queue.push(parcelOf(60)))
    assert.ok(!queue.push(parcelOf(41)))
    assert.ok(queue.push(parcelOf(40)))
    assert.equal(queue.bytes, 100)
    assert.equal(queue.shift()?.bytes, 60)
    assert.ok(queue.push(parcelOf(1)) && queue.push(parcelOf(1)))
    assert.ok(!queue.push(parcelOf(1)))
    assert.equal(queue.clear(), 6)
    assert.ok(queue.isEmpty)
    assert.equal(queue.bytes, 0)
  })

  it('gives them back in order, however long it never runs empty', () => {
    const queue = new ParcelQueue({ queueBytesMax: 2 ** 30, queueEnvelopesMax: 10 })
    let pushed = 0
    for (; pushed < 5; pushed++) queue.push(parcelOf(pushed))
    for (let shifted = 0; shifted < 5000; shifted++) {
      queue.push(parcelOf(pushed))
      pushed += 1
      assert.equal(queue.shift()?.bytes, shifted)
    }
    assert.ok(!queue.isEmpty)
  })
})
