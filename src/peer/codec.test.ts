import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BrokenInvariant, crc32c, DataChecksums } from '../base/index.ts'
import type { Append, Configuration, Entry, EntryKind, SnapshotMark } from '../raft/index.ts'
import {
  encodeConfiguration,
  isValidConfiguration,
  parseConfiguration,
  VOTERS_MAX,
} from '../raft/index.ts'
import {
  type DamagedEnvelope,
  decodeEnvelope as decodeBy,
  type Envelope,
  encodeEnvelope,
  envelopeBytes,
  type MemberRules,
  type PeerMessage,
} from './index.ts'

const MAX = Number.MAX_SAFE_INTEGER
const RULES: MemberRules = { parseConfiguration, isValidConfiguration }
const HEADER_BYTES = 13

function decodeEnvelope(bytes: Uint8Array): Envelope | DamagedEnvelope {
  return decodeBy(bytes, RULES)
}

function bytesOf(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values)
}

function markOf(value: number, configuration: Configuration): SnapshotMark {
  return { index: value, term: value, configuration, configurationIndex: value }
}

type Rows<K extends PeerMessage['kind']> = {
  readonly [N in K]: Extract<PeerMessage, { kind: N }>
}
type NodeKind = 'snapshotChunk' | 'snapshotChunkReply' | 'forward' | 'forwardReply'

/** The kinds that are no messages of consensus. */
function nodeKinds(value: number, mark: SnapshotMark): Rows<NodeKind> {
  const named = Math.max(1, value)
  const route = { group: value, from: named, to: named }
  return {
    snapshotChunk: {
      kind: 'snapshotChunk',
      ...route,
      term: value,
      transfer: value,
      mark,
      sequence: value,
      last: true,
      data: new Uint8Array(0),
    },
    snapshotChunkReply: {
      kind: 'snapshotChunkReply',
      ...route,
      transfer: value,
      next: value,
      verdict: 'refused',
    },
    forward: { kind: 'forward', ...route, term: value, batch: value, commands: [] },
    forwardReply: { kind: 'forwardReply', ...route, batch: value, outcomes: [] },
  }
}

/** Every kind of message with this number in every place; the type demands a row for a new kind. */
function everyKind(value: number, mark: SnapshotMark): readonly PeerMessage[] {
  const named = Math.max(1, value)
  const head = { group: value, from: named, to: named, term: value }
  const standing = { granted: false, member: true, configurationIndex: value }
  const rows: Rows<PeerMessage['kind']> = {
    preVoteRequest: { kind: 'preVoteRequest', ...head, lastIndex: value, lastTerm: value },
    preVoteReply: { kind: 'preVoteReply', ...head, ...standing },
    voteRequest: {
      kind: 'voteRequest',
      ...head,
      lastIndex: value,
      lastTerm: value,
      transfer: true,
    },
    voteReply: { kind: 'voteReply', ...head, granted: true },
    append: {
      kind: 'append',
      ...head,
      previousIndex: value,
      previousTerm: value,
      entries: [],
      commit: value,
      incarnation: value,
      quiet: true,
    },
    appendReply: {
      kind: 'appendReply',
      ...head,
      index: value,
      rejected: true,
      hintIndex: value,
      hintTerm: value,
      recovering: false,
      incarnation: value,
    },
    heartbeat: { kind: 'heartbeat', ...head, commit: value, round: value, incarnation: value },
    heartbeatReply: {
      kind: 'heartbeatReply',
      ...head,
      round: value,
      recovering: true,
      incarnation: value,
    },
    snapshot: { kind: 'snapshot', ...head, mark },
    timeoutNow: { kind: 'timeoutNow', ...head },
    readRequest: { kind: 'readRequest', ...head, id: named },
    readReply: { kind: 'readReply', ...head, id: named, index: value },
    ...nodeKinds(value, mark),
  }
  return Object.values(rows)
}

function envelopeOf(value: number, messages: readonly PeerMessage[]): Envelope {
  const named = Math.max(1, value)
  return { clusterId: value, from: named, to: named, incarnation: value, messages }
}

function appendOf(previous: { index: number; term: number }, entries: readonly Entry[]): Append {
  return {
    kind: 'append',
    group: 1,
    from: 1,
    to: 1,
    term: 9,
    previousIndex: previous.index,
    previousTerm: previous.term,
    entries,
    commit: 3,
    incarnation: 4,
    quiet: false,
  }
}

const JOINT: Configuration = { voters: [1, MAX, 3], outgoing: [1, 4, 5], learners: [2, MAX - 1] }
const NOBODY: Configuration = { voters: [], outgoing: [], learners: [] }

function assertRoundTrip(envelope: Envelope): void {
  const bytes = encodeEnvelope(envelope)
  assert.equal(envelopeBytes(envelope), bytes.length)
  assert.deepEqual(decodeEnvelope(bytes), envelope)
}

function damageOf(bytes: Uint8Array): string {
  const decoded = decodeEnvelope(bytes)
  assert.ok('kind' in decoded, 'the bytes were taken for an envelope')
  assert.equal(decoded.kind, 'damaged')
  assert.notEqual(decoded.reason, '')
  return decoded.reason
}

/** A frame with a good checksum around these bytes, as a faulty or later sender might make it. */
function sealed(...body: readonly number[]): Uint8Array {
  const frame = encodeEnvelope(envelopeOf(0, []))
  const bytes = Uint8Array.from([...frame.subarray(0, HEADER_BYTES), ...body])
  new DataView(bytes.buffer).setUint32(8, bytes.length, true)
  return resealed(bytes)
}

function resealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(4, crc32c(bytes, 8, bytes.length, 0), true)
  return bytes
}

/** Cluster, from, to, incarnation. */
const ROUTE = [1, 2, 3, 4]
/** Group and term. */
const HEAD = [1, 7]
const TOO_LONG = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]
const TWO_TO_53 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]
const HIGHEST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]

// Around every length of a varint, and around the numbers that bit operators still see.
const EDGES = [7, 14, 21, 28, 31, 32, 35, 42, 49].flatMap((power) => [
  2 ** power - 1,
  2 ** power,
  2 ** power + 1,
])

test('every kind of message comes back as it was sent, with numbers of every size', () => {
  for (const value of [0, 1, 2, ...EDGES, MAX - 1, MAX]) {
    for (const configuration of [JOINT, NOBODY]) {
      const messages = everyKind(value, markOf(value, configuration))
      assertRoundTrip(envelopeOf(value, messages))
      for (const message of messages) assertRoundTrip(envelopeOf(value, [message]))
    }
  }
})

test('an envelope without messages comes back', () => {
  assertRoundTrip(envelopeOf(0, []))
  assertRoundTrip({ clusterId: MAX, from: 1, to: 2, incarnation: 3, messages: [] })
})

test('entries come back with their index, term, kind and data up to the last index', () => {
  const entry = (index: number, term: number, kind: EntryKind, data: Uint8Array): Entry => {
    return { term, index, kind, data }
  }
  const none = new Uint8Array(0)
  assertRoundTrip(envelopeOf(1, [appendOf({ index: 0, term: 0 }, [entry(1, 1, 'empty', none)])]))
  assertRoundTrip(
    envelopeOf(1, [
      appendOf({ index: MAX - 3, term: 4 }, [
        entry(MAX - 2, 4, 'command', bytesOf(1, 2, 3)),
        entry(MAX - 1, 200, 'configuration', encodeConfiguration(JOINT)),
        entry(MAX, MAX, 'command', none),
      ]),
    ]),
  )
})

const natural = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(...EDGES, MAX))
const data = fc.uint8Array({ maxLength: 200 })
const id = natural.map((value) => Math.max(1, value))
const configuration: fc.Arbitrary<Configuration> = fc
  .record({
    target: fc.uniqueArray(id, { minLength: 1, maxLength: VOTERS_MAX }),
    split: fc.nat(VOTERS_MAX),
    outgoing: fc.uniqueArray(id, { maxLength: 5 }),
  })
  .map(({ target, split, outgoing }) => ({
    voters: target.slice(0, split + 1),
    outgoing,
    learners: target.slice(split + 1),
  }))
const mark: fc.Arbitrary<SnapshotMark> = fc.record(
  {
    index: natural,
    term: natural,
    configuration: fc.oneof(configuration, fc.constant(NOBODY)),
    configurationIndex: natural,
  },
  { noNullPrototype: true },
)
const content: fc.Arbitrary<Pick<Entry, 'kind' | 'data'>> = fc.oneof(
  fc.record({ kind: fc.constantFrom<EntryKind>('empty', 'command'), data }),
  configuration.map((members) => ({
    kind: 'configuration' as const,
    data: encodeConfiguration(members),
  })),
)
const steps = fc.array(fc.record({ rise: fc.nat(300), content }), { maxLength: 8 })

/** Random messages of all kinds: the flags come from one number, bit by bit. */
const envelopes: fc.Arbitrary<Envelope> = fc
  .record({
    route: fc.record({ clusterId: natural, from: id, to: id, incarnation: natural }),
    parts: fc.array(
      fc.record({ n: fc.array(natural, { minLength: 6, maxLength: 6 }), mark, steps, data }),
      { maxLength: 20 },
    ),
    first: fc.nat(20),
  })
  .map(({ route, parts, first }) => ({
    ...route,
    messages: parts.map(({ n, mark, steps, data }, position) => {
      const kinds = everyKind(n[0] as number, mark)
      const message = kinds[(first + position) % kinds.length] as PeerMessage
      const varied: Record<string, unknown> = { ...message, from: route.from, to: route.to }
      let next = 0
      for (const [name, value] of Object.entries(message)) {
        const number = n[next++ % n.length] as number
        if (name === 'from' || name === 'to') continue
        if (typeof value === 'number') varied[name] = number
        if (typeof value === 'boolean') varied[name] = number % 2 === 1
        if (name === 'verdict') varied[name] = ['more', 'done', 'refused'][number % 3]
        if (name === 'id') varied[name] = Math.max(1, number)
        if (name === 'data') varied[name] = data
      }
      if (message.kind !== 'append') return varied as unknown as PeerMessage
      const previousIndex = Math.min(message.previousIndex, MAX - steps.length)
      const previousTerm = Math.min(message.previousTerm, MAX - 300 * steps.length)
      let term = previousTerm
      const entries = steps.map(({ rise, content }, i): Entry => {
        term += rise
        return { term, index: previousIndex + 1 + i, ...content }
      })
      return { ...(varied as unknown as Append), previousIndex, previousTerm, entries }
    }),
  }))

test('any envelope comes back as it was sent and takes the bytes that were foretold', () => {
  fc.assert(fc.property(envelopes, assertRoundTrip), { numRuns: 500 })
})

test('an envelope has one encoding: bytes that decode are the bytes that encoding gives', () => {
  fc.assert(
    fc.property(envelopes, fc.nat(), fc.nat(255), (envelope, place, value) => {
      const bytes = encodeEnvelope(envelope)
      bytes[HEADER_BYTES + (place % (bytes.length - HEADER_BYTES))] = value
      const decoded = decodeEnvelope(resealed(bytes))
      if (!('kind' in decoded)) assert.deepEqual(encodeEnvelope(decoded), bytes)
    }),
    { numRuns: 2000 },
  )
})

test('a frame with any one bit flipped, cut anywhere, or with a byte added is damaged', () => {
  const chunk = everyKind(1, markOf(1, JOINT)).find(({ kind }) => kind === 'snapshotChunk')
  const large = { ...chunk, data: new Uint8Array(1100).fill(0x5a) } as PeerMessage
  for (const envelope of [
    envelopeOf(0, []),
    envelopeOf(1, everyKind(1, markOf(1, JOINT))),
    envelopeOf(MAX, everyKind(MAX, markOf(MAX, JOINT))),
    envelopeOf(1, [large]),
  ]) {
    const bytes = encodeEnvelope(envelope)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      damageOf(flipped)
    }
    for (let length = 0; length < bytes.length; length++) damageOf(bytes.subarray(0, length))
    damageOf(Uint8Array.from([...bytes, 0]))
  }
})

test('a body cut anywhere is damaged even when its length and checksum are made to fit', () => {
  const bytes = encodeEnvelope(envelopeOf(300, everyKind(300, markOf(300, JOINT))))
  for (let length = HEADER_BYTES; length < bytes.length; length++) {
    damageOf(sealed(...bytes.subarray(HEADER_BYTES, length)))
  }
})

test('random bytes never throw, with and without a good header and checksum', () => {
  const body = fc.oneof(data, fc.array(fc.nat(20), { maxLength: 60 }))
  fc.assert(
    fc.property(body, (bytes) => {
      damageOf(Uint8Array.from(bytes))
      decodeEnvelope(sealed(...bytes))
      decodeEnvelope(sealed(...ROUTE, 1, ...bytes))
    }),
    { numRuns: 3000 },
  )
})

test('counts and lengths beyond the frame are refused before anything is allocated', () => {
  for (const huge of [[5], [0xff, 0xff, 0xff, 0xff, 0x0f], HIGHEST]) {
    const count = 'a count reaches past the end of the frame'
    assert.equal(damageOf(sealed(...ROUTE, ...huge)), count)
    // An append whose entries, then a snapshot whose voters, then one whose outgoing are too many.
    assert.equal(damageOf(sealed(...ROUTE, 1, 5, ...HEAD, 0, 0, 0, 0, 0, ...huge)), count)
    assert.equal(damageOf(sealed(...ROUTE, 1, 9, ...HEAD, 1, 1, 1, ...huge)), count)
    assert.equal(damageOf(sealed(...ROUTE, 1, 9, ...HEAD, 1, 1, 1, 1, 1, ...huge)), count)
    const entry = [...ROUTE, 1, 5, ...HEAD, 0, 0, 0, 0, 0, 1, 0, 1]
    assert.equal(damageOf(sealed(...entry, ...huge)), 'data reaches past the end of the frame')
    const chunk = [...ROUTE, 1, 13, ...HEAD, 0, 1, 0, 1, 1, 1, 0, 0, 0]
    assert.equal(damageOf(sealed(...chunk, ...huge)), 'data reaches past the end of the frame')
  }
})

test('each thing that no sender of this format writes is refused with its reason', () => {
  const append = [5, ...HEAD, 0]
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['a message has an unknown kind', [...ROUTE, 1, 0]],
    ['a message has an unknown kind', [...ROUTE, 1, 17, ...HEAD]],
    ['a message has an unknown kind', [...ROUTE, 1, 255, ...HEAD]],
    ['an entry has an unknown kind', [...ROUTE, 1, ...append, 0, 0, 0, 0, 1, 0, 3, 0]],
    ['a snapshot reply has an unknown verdict', [...ROUTE, 1, 14, 1, 3, 1, 1]],
    ['a flag has no meaning', [...ROUTE, 1, 4, ...HEAD, 2]],
    ['a flag has no meaning', [...ROUTE, 1, 5, ...HEAD, 2, 0, 0, 0, 0, 0]],
    ['a flag has no meaning', [...ROUTE, 1, 6, ...HEAD, 4, 1, 1, 1, 1]],
    ['a number is not in its shortest form', [0x81, 0, 2, 3, 4, 0]],
    ['a number is above 2^53 - 1', [...TWO_TO_53, 2, 3, 4, 0]],
    ['a number is longer than 53 bits', [...TOO_LONG.slice(0, 7), 0x80, 1, 2, 3, 4, 0]],
    ['an index is above 2^53 - 1', [...ROUTE, 1, ...append, ...HIGHEST, 0, 0, 0, 1, 0, 0, 0]],
    ['a term is above 2^53 - 1', [...ROUTE, 1, ...append, 0, ...HIGHEST, 0, 0, 1, 1, 0, 0]],
    ['a frame has no sender or no receiver', [1, 0, 3, 4, 0]],
    ['a frame has no sender or no receiver', [1, 2, 0, 4, 0]],
    ['a read has the id 0', [...ROUTE, 1, 11, ...HEAD, 0]],
    ['a read has the id 0', [...ROUTE, 1, 12, ...HEAD, 0, 5]],
    ['bytes follow the last message', [...ROUTE, 0, 0]],
    ['the frame ends too early', [...ROUTE]],
  ]
  for (const [reason, body] of rows) assert.equal(damageOf(sealed(...body)), reason)
  assert.ok(!('kind' in decodeEnvelope(sealed(...ROUTE, 1, 4, ...HEAD, 1))))
})

test('an entry or a snapshot whose configuration no leader can have made is refused', () => {
  const many = Array.from({ length: VOTERS_MAX + 1 }, (_, i) => i + 1)
  const { voters } = NOBODY
  const wrong: readonly Configuration[] = [
    { ...JOINT, voters },
    { ...JOINT, voters: [0] },
    { ...JOINT, outgoing: [0] },
    { ...JOINT, learners: [0] },
    { ...JOINT, voters: [1, 1] },
    { ...JOINT, outgoing: [4, 4] },
    { ...JOINT, voters: [2] },
    { voters: many, outgoing: [], learners: [] },
    { voters: [1], outgoing: many, learners: [] },
  ]
  const whole = encodeConfiguration(JOINT)
  const half = encodeConfiguration({ ...JOINT, voters: [1.5] })
  const newer = whole.slice()
  newer[0] = 2
  const bytes = [bytesOf(), bytesOf(1), newer, whole.subarray(0, whole.length - 1), half]
  for (const data of [...bytes, ...wrong.map(encodeConfiguration)]) {
    const entry: Entry = { term: 1, index: 1, kind: 'configuration', data }
    const frame = encodeEnvelope(envelopeOf(1, [appendOf({ index: 0, term: 0 }, [entry])]))
    assert.equal(damageOf(frame), 'an entry holds no valid configuration')
    // The same bytes are data of a command like any other.
    assertRoundTrip(
      envelopeOf(1, [appendOf({ index: 0, term: 0 }, [{ ...entry, kind: 'command' }])]),
    )
  }
  for (const configuration of wrong) {
    for (const message of everyKind(1, markOf(1, configuration))) {
      if (message.kind !== 'snapshot' && message.kind !== 'snapshotChunk') continue
      const frame = encodeEnvelope(envelopeOf(1, [message]))
      assert.equal(damageOf(frame), 'a snapshot has no valid configuration')
    }
  }
})

test('another format version, magic or length is refused even under a good checksum', () => {
  const bytes = encodeEnvelope(envelopeOf(1, []))
  const newer = bytes.slice()
  newer[12] = 3
  assert.equal(damageOf(resealed(newer)), 'the frame has the unknown format 3')
  const foreign = bytes.slice()
  foreign[0] = 0
  assert.equal(damageOf(foreign), 'this is not a peer frame')
  const longer = bytes.slice()
  longer[8] = bytes.length + 1
  assert.equal(damageOf(resealed(longer)), 'the frame does not have the length it tells')
  assert.equal(damageOf(new Uint8Array(0)), 'the frame ends too early')
})

test('the bytes of a frame are those that the format document shows', () => {
  const envelope: Envelope = {
    clusterId: 300,
    from: 1,
    to: 2,
    incarnation: 5,
    messages: [
      {
        kind: 'heartbeat',
        group: 1,
        from: 1,
        to: 2,
        term: 7,
        commit: 40,
        round: 3,
        incarnation: 6,
      },
      {
        ...appendOf({ index: 40, term: 6 }, [
          { term: 7, index: 41, kind: 'command', data: bytesOf(0xaa, 0xbb) },
        ]),
        to: 2,
        term: 7,
        commit: 40,
        incarnation: 6,
      },
    ],
  }
  const parts = [
    ['5150458a', '09ff8ae5', '27000000', '02'],
    ['ac02', '01', '02', '05', '02'],
    ['07', '01', '07', '28', '03', '06'],
    ['05', '01', '07', '00', '28', '06', '28', '06', '01', '01', '01', '02', 'aabb'],
  ]
  const expected = parts.flat().join('')
  assert.equal(Buffer.from(encodeEnvelope(envelope)).toString('hex'), expected)
})

test('data is a view into the frame, wherever the frame lies, and empty data is not', () => {
  for (const size of [50, 5000]) {
    for (let offset = 0; offset < 8; offset++) {
      const entries: readonly Entry[] = [
        { term: 1, index: 1, kind: 'command', data: new Uint8Array(size).fill(9) },
        { term: 1, index: 2, kind: 'empty', data: new Uint8Array(0) },
      ]
      const envelope = envelopeOf(1, [appendOf({ index: 0, term: 0 }, entries)])
      const frame = encodeEnvelope(envelope)
      const stream = Buffer.alloc(frame.length + 20, 0xee)
      stream.set(frame, offset)
      const decoded = decodeEnvelope(stream.subarray(offset, offset + frame.length))
      assert.deepEqual(decoded, envelope)
      const [first, second] = ((decoded as Envelope).messages[0] as Append).entries
      assert.equal(first?.data.buffer, stream.buffer)
      assert.notEqual(second?.data.buffer, stream.buffer)
    }
  }
})

/** A frame with long data among short, and a heartbeat behind it. */
function longFrame(): { readonly frame: Uint8Array; readonly datas: readonly Uint8Array[] } {
  const datas = [20_001, 30, 8192].map((size, i) => new Uint8Array(size).fill(i + 1))
  const entries = datas.map((data, i): Entry => ({ term: 1, index: i + 1, kind: 'command', data }))
  const [heartbeat] = everyKind(1, markOf(1, NOBODY)) as [PeerMessage]
  const envelope = envelopeOf(1, [appendOf({ index: 0, term: 0 }, entries), heartbeat])
  return { frame: encodeEnvelope(envelope), datas }
}

test('the checksum of long data is that of the bytes that were verified', () => {
  const { frame, datas } = longFrame()
  for (const offset of [0, 1, 2, 3]) {
    const checksums = new DataChecksums()
    const bytes = new Uint8Array(frame.length + offset).subarray(offset)
    bytes.set(frame)
    const decoded = decodeBy(bytes, RULES, checksums) as Envelope
    const { entries } = decoded.messages[0] as Append
    // It is not computed again: what happens to the bytes from now on is found by whoever reads.
    bytes.fill(0)
    assert.deepEqual(
      [0, 2].map((at) => checksums.of((entries[at] as Entry).data)),
      [0, 2].map((at) => {
        const data = datas[at] as Uint8Array
        return crc32c(data, 0, data.length, 0)
      }),
    )
  }
})

test('a frame with long data is refused for every bit that differs, wherever it is', () => {
  const { frame } = longFrame()
  const ends = [0, 40, 20_000, 20_040, 20_080, frame.length - 20, frame.length - 1]
  for (const at of [...ends, ...Array.from({ length: 40 }, (_, i) => i * 700)]) {
    const bytes = frame.slice()
    bytes[at] = (bytes[at] as number) ^ 0x10
    assert.ok('kind' in decodeEnvelope(bytes))
  }
})

test('what would arrive as something else is never sent', () => {
  const [message] = everyKind(1, markOf(1, NOBODY)) as [PeerMessage]
  const entry: Entry = { term: 2, index: 2, kind: 'empty', data: new Uint8Array(0) }
  const wrong: readonly PeerMessage[] = [
    { ...message, from: 2 },
    { ...message, to: 2 },
    { ...message, group: -1 },
    { ...message, group: 0.5 },
    { ...message, group: MAX + 1 },
    { ...message, group: Number.NaN },
    appendOf({ index: 0, term: 0 }, [entry]),
    appendOf({ index: 1, term: 3 }, [entry]),
    appendOf({ index: MAX, term: 0 }, [{ ...entry, index: MAX + 1 }]),
  ]
  for (const bad of wrong) {
    assert.throws(() => encodeEnvelope(envelopeOf(1, [bad])), BrokenInvariant)
  }
  for (const message of everyKind(1, markOf(1, NOBODY))) {
    if (!('id' in message)) continue
    assert.throws(() => encodeEnvelope(envelopeOf(1, [{ ...message, id: 0 }])), BrokenInvariant)
  }
  for (const nobody of [{ from: 0 }, { to: 0 }]) {
    assert.throws(() => encodeEnvelope({ ...envelopeOf(1, []), ...nobody }), BrokenInvariant)
  }
})

test('an envelope beyond four gigabytes is refused before memory is taken for it', () => {
  const data = new Uint8Array(2 ** 20)
  const entries = Array.from({ length: 4096 }, (_, i): Entry => {
    return { term: 1, index: i + 1, kind: 'command', data }
  })
  const envelope = envelopeOf(1, [appendOf({ index: 0, term: 1 }, entries)])
  assert.ok(envelopeBytes(envelope) > 2 ** 32)
  assert.throws(() => encodeEnvelope(envelope), BrokenInvariant)
})
