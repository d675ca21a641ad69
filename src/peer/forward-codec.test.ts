import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BrokenInvariant, crc32c, ERRORS, type ErrorCode } from '../base/index.ts'
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  envelopeBytes,
  type ForwardOutcome,
  type MemberRules,
  outcomeBytes,
  type PeerMessage,
} from './index.ts'

const MAX = Number.MAX_SAFE_INTEGER
const CODES = Object.keys(ERRORS) as ErrorCode[]
const RULES: MemberRules = {
  parseConfiguration: () => assert.fail('no message here has a configuration'),
  isValidConfiguration: () => assert.fail('no message here has a configuration'),
}
const [FROM, TO] = [3, 2]

function envelopeOf(messages: readonly PeerMessage[]): Envelope {
  return { clusterId: 1, from: FROM, to: TO, incarnation: 4, messages }
}

function forwardOf(batch: number, commands: readonly Uint8Array[]): PeerMessage {
  return { kind: 'forward', group: 5, from: FROM, to: TO, term: 7, batch, commands }
}

function replyOf(batch: number, outcomes: readonly ForwardOutcome[]): PeerMessage {
  return { kind: 'forwardReply', group: 5, from: FROM, to: TO, batch, outcomes }
}

function assertRoundTrip(...messages: readonly PeerMessage[]): void {
  const envelope = envelopeOf(messages)
  const bytes = encodeEnvelope(envelope)
  assert.equal(envelopeBytes(envelope), bytes.length)
  assert.deepEqual(decodeEnvelope(bytes, RULES), envelope)
}

/** One message of this body, under a good header and checksum. */
function decodeBody(...body: readonly number[]): ReturnType<typeof decodeEnvelope> {
  const head = encodeEnvelope(envelopeOf([]))
  // The last byte counts the messages.
  const bytes = Uint8Array.from([...head.subarray(0, head.length - 1), 1, ...body])
  const view = new DataView(bytes.buffer)
  view.setUint32(8, bytes.length, true)
  view.setUint32(4, crc32c(bytes, 8, bytes.length, 0), true)
  return decodeEnvelope(bytes, RULES)
}

function reasonFor(...body: readonly number[]): string {
  const decoded = decodeBody(...body)
  assert.ok('kind' in decoded, 'the bytes were taken for an envelope')
  return decoded.reason
}

function textBytes(text: string): number[] {
  return [text.length, ...Buffer.from(text, 'latin1')]
}

const natural = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(0, MAX))
const data = fc.uint8Array({ maxLength: 40 })
const code = fc.constantFrom(...CODES)
const shape = { noNullPrototype: true } as const
const outcome: fc.Arbitrary<ForwardOutcome> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('done' as const),
      position: natural,
      revision: natural,
      index: natural,
      body: data,
    },
    shape,
  ),
  fc.record(
    {
      kind: fc.constant('failed' as const),
      position: natural,
      revision: natural,
      index: natural,
      code,
    },
    shape,
  ),
  fc.record({ kind: fc.constantFrom('refused', 'unknown'), position: natural, code }, shape),
)
const message: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.tuple(natural, fc.array(data, { maxLength: 6 })).map(([n, list]) => forwardOf(n, list)),
  fc.tuple(natural, fc.array(outcome, { maxLength: 6 })).map(([n, list]) => replyOf(n, list)),
)

test('forwarded commands and their outcomes come back as they were sent', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), (messages) => assertRoundTrip(...messages)),
    { numRuns: 500 },
  )
})

test('every error code travels by its name', () => {
  const outcomes = CODES.map((code, position): ForwardOutcome => {
    return { kind: 'unknown', position, code }
  })
  assertRoundTrip(replyOf(1, outcomes))
  for (const code of CODES) {
    const bytes = Buffer.from(encodeEnvelope(envelopeOf([replyOf(1, outcomes)])))
    assert.ok(bytes.includes(code, 0, 'latin1'), code)
  }
})

test('an outcome takes the bytes that are foretold for it', () => {
  const empty = envelopeBytes(envelopeOf([replyOf(1, [])]))
  fc.assert(
    fc.property(outcome, (one) => {
      assert.equal(envelopeBytes(envelopeOf([replyOf(1, [one])])), empty + outcomeBytes(one))
    }),
  )
})

test('an envelope has one encoding, whatever byte of it is changed', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.nat(255), (one, place, value) => {
      const bytes = encodeEnvelope(envelopeOf([one]))
      const start = encodeEnvelope(envelopeOf([])).length
      const body = bytes.subarray(start)
      body[place % body.length] = value
      const decoded = decodeBody(...body)
      if ('kind' in decoded) return
      assert.deepEqual([...encodeEnvelope(decoded).subarray(start)], [...body])
    }),
    { numRuns: 2000 },
  )
})

test('random bytes in the place of a message never throw', () => {
  const body = fc.oneof(data, fc.array(fc.nat(6), { maxLength: 30 }))
  fc.assert(
    fc.property(fc.constantFrom(15, 16), body, (kind, bytes) => {
      decodeBody(kind, 5, ...bytes)
    }),
    { numRuns: 3000 },
  )
})

test('a message cut anywhere is refused', () => {
  const outcomes: readonly ForwardOutcome[] = [
    { kind: 'done', position: 0, revision: 300, index: 9, body: Uint8Array.of(1, 2, 3) },
    { kind: 'failed', position: 1, revision: 300, index: 9, code: 'LEASE_NOT_FOUND' },
    { kind: 'refused', position: 2, code: 'OVERLOADED' },
  ]
  const start = encodeEnvelope(envelopeOf([])).length
  for (const one of [forwardOf(300, [Uint8Array.of(9, 9)]), replyOf(300, outcomes)]) {
    const body = encodeEnvelope(envelopeOf([one])).subarray(start)
    assert.ok(!('kind' in decodeBody(...body)))
    for (let length = 0; length < body.length; length++) {
      assert.notEqual(reasonFor(...body.subarray(0, length)), '')
    }
  }
})

test('what no sender of this format writes is refused with its reason', () => {
  const reply = [16, 5, 1, 1]
  const known = textBytes('DROPPED')
  assert.ok(!('kind' in decodeBody(...reply, 2, 0, ...known)))
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['an outcome has an unknown kind', [...reply, 4, 0, ...known]],
    ['an outcome has an unknown error code', [...reply, 2, 0, ...textBytes('DROPPEd')]],
    ['an outcome has an unknown error code', [...reply, 2, 0, ...textBytes('')]],
    ['an outcome has an unknown error code', [...reply, 2, 0, ...textBytes('A'.repeat(100))]],
    ['an outcome has an unknown error code', [...reply, 2, 0, ...textBytes('toString')]],
    ['an outcome has an unknown error code', [...reply, 1, 0, 1, 1, ...textBytes('constructor')]],
    ['a count reaches past the end of the frame', [16, 5, 1, 9]],
    ['a count reaches past the end of the frame', [15, 5, 7, 1, 9]],
    ['data reaches past the end of the frame', [15, 5, 7, 1, 1, 9]],
    ['data reaches past the end of the frame', [...reply, 0, 0, 1, 1, 9]],
    ['data reaches past the end of the frame', [...reply, 3, 0, 9]],
    ['bytes follow the last message', [15, 5, 7, 1, 0, 0]],
    ['the frame ends too early', [15, 5]],
  ]
  for (const [reason, body] of rows) assert.equal(reasonFor(...body), reason)
})

test('commands and bodies are views into the frame', () => {
  const commands = [Uint8Array.of(1, 2), new Uint8Array(0)]
  const outcomes: readonly ForwardOutcome[] = [
    { kind: 'done', position: 0, revision: 1, index: 1, body: Uint8Array.of(7) },
  ]
  const bytes = encodeEnvelope(envelopeOf([forwardOf(1, commands), replyOf(1, outcomes)]))
  const decoded = decodeEnvelope(bytes, RULES)
  assert.ok(!('kind' in decoded))
  const [forward, reply] = decoded.messages
  assert.ok(forward?.kind === 'forward' && reply?.kind === 'forwardReply')
  assert.equal(forward.commands[0]?.buffer, bytes.buffer)
  const [first] = reply.outcomes
  assert.ok(first?.kind === 'done')
  assert.equal(first.body.buffer, bytes.buffer)
})

test('numbers that would arrive as others are never sent', () => {
  for (const wrong of [-1, 0.5, MAX + 1]) {
    const outcome: ForwardOutcome = { kind: 'refused', position: wrong, code: 'STOPPED' }
    assert.throws(() => encodeEnvelope(envelopeOf([forwardOf(wrong, [])])), BrokenInvariant)
    assert.throws(() => encodeEnvelope(envelopeOf([replyOf(1, [outcome])])), BrokenInvariant)
  }
})
