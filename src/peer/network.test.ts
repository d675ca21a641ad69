import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PEER_ENVELOPE_BYTES_MAX, PEER_PIECE_BYTES } from '../base/index.ts'
import type { Entry } from '../raft/index.ts'
import type { PeerMessage } from './index.ts'
import type { Member } from './testing/member.ts'
import { closed, connected, SCENES, type Scene, UNTIL_MS_MAX } from './testing/scene.ts'

/** Bytes that differ from place to place, so that no two pieces look the same. */
function patternOf(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >>> 8) * 7 + seed) & 0xff
  return bytes
}

function commandsOf({ received }: Member): readonly Uint8Array[] {
  return received.flatMap(({ messages }) =>
    messages.flatMap((message) => (message.kind === 'forward' ? message.commands : [])),
  )
}

function sameBytes(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0
}

type Body = (scene: Scene, members: readonly Member[]) => Promise<void>

/** Three members that are connected; nothing is left of them afterwards, whatever happened. */
function three(create: () => Scene, body: Body): () => Promise<void> {
  return async () => {
    const scene = create()
    const members = await connected(scene, [1, 2, 3])
    await body(scene, members)
    await closed(scene, members)
    for (const { faults } of members) assert.deepEqual(faults, [])
  }
}

for (const { name, create } of SCENES) {
  describe(`nodes that are connected, ${name}`, () => {
    it(
      'hand each other envelopes, each from whom and to whom it says',
      three(create, async (scene, members) => {
        for (const from of members) {
          for (const to of members) if (to !== from) from.sendHeartbeat(to.id, from.id)
        }
        await scene.until(() => members.every(({ received }) => received.length === 2))
        for (const { id, received } of members) {
          for (const envelope of received) {
            const [message] = envelope.messages
            assert.equal(envelope.to, id)
            assert.equal(envelope.incarnation, 1)
            assert.equal((message as PeerMessage).from, envelope.from)
            assert.equal(message?.kind === 'heartbeat' && message.round, envelope.from)
          }
        }
      }),
    )

    it(
      'keep what is said in order, whole and once, small and large in turn',
      three(create, async (scene, [one, two]) => {
        assert.ok(one !== undefined && two !== undefined)
        const sizes = [0, 1, 100, PEER_PIECE_BYTES - 60, PEER_PIECE_BYTES, 100_000, 1_500_000]
        const sent: Uint8Array[] = []
        for (let i = 0; i < 60; i++) {
          const command = patternOf(sizes[i % sizes.length] as number, i)
          sent.push(command)
          one.sendForward(2, i, command)
        }
        await scene.until(() => two.received.length === sent.length)
        assert.deepEqual(
          two.heard,
          sent.map((_, i) => `forward ${i}`),
        )
        const got = commandsOf(two)
        for (const [i, command] of sent.entries()) assert.ok(sameBytes(got[i], command), `${i}`)
        const { messagesSent, messagesDropped, queuedBytes } = one.statistics(2) ?? {}
        assert.deepEqual(
          { messagesSent, messagesDropped, queuedBytes },
          {
            messagesSent: 60,
            messagesDropped: 0,
            queuedBytes: 0,
          },
        )
        assert.equal(two.statistics(1)?.messagesReceived, 60)
      }),
    )

    it(
      'take messages as large as an envelope may be, while others speak',
      three(create, async (scene, [one, two, three]) => {
        assert.ok(one !== undefined && two !== undefined && three !== undefined)
        const large = patternOf(PEER_ENVELOPE_BYTES_MAX - 200, 5)
        one.sendForward(2, 1, large)
        three.sendHeartbeat(2, 9)
        await scene.until(() => two.received.length === 2)
        assert.ok(sameBytes(commandsOf(two)[0], large))
        assert.ok(two.heard.includes('heartbeat 9'))
      }),
    )

    it(
      'cut a turn with much to say into envelopes of a bounded size, in order',
      three(create, async (scene, [one, two]) => {
        assert.ok(one !== undefined && two !== undefined)
        const command = patternOf(400_000, 1)
        const route = { kind: 'forward', group: 2, from: 1, to: 2, term: 1 } as const
        const messages = [0, 1, 2, 3, 4].map((batch) => ({ ...route, batch, commands: [command] }))
        one.send(2, ...messages)
        await scene.until(() => two.heard.length === 5)
        assert.equal(two.received.length, 3)
        assert.deepEqual(
          two.heard,
          messages.map(({ batch }) => `forward ${batch}`),
        )
      }),
    )

    it(
      'carry snapshots apart, and answers to them',
      three(create, async (scene, [one, two]) => {
        assert.ok(one !== undefined && two !== undefined)
        const reply = { kind: 'snapshotChunkReply', group: 2, from: 2, to: 1, transfer: 1 } as const
        two.onEnvelope = () => two.send(1, { ...reply, next: two.received.length, verdict: 'more' })
        for (let i = 0; i < 3; i++) one.sendChunk(2, i, patternOf(1_000_000, i))
        await scene.until(() => one.received.length === 3)
        assert.deepEqual(two.heard, ['chunk 0', 'chunk 1', 'chunk 2'])
        const chunk = two.received[1]?.messages[0]
        assert.ok(chunk?.kind === 'snapshotChunk' && sameBytes(chunk.data, patternOf(1_000_000, 1)))
      }),
    )

    it(
      'get the same entries as others do, each byte of them',
      three(create, async (scene, [one, two, three]) => {
        assert.ok(one !== undefined && two !== undefined && three !== undefined)
        const data = [10, 200_000, 0, 9000].map((size, i) => patternOf(size, i))
        const entries = data.map(
          (each, i): Entry => ({ index: 6 + i, term: 3, kind: 'command', data: each }),
        )
        const place = { previousIndex: 5, previousTerm: 3, commit: 5, incarnation: 1 }
        const append = {
          kind: 'append',
          group: 2,
          from: 1,
          term: 3,
          quiet: false,
          ...place,
        } as const
        for (const to of [2, 3]) one.send(to, { ...append, to, entries })
        await scene.until(() => two.received.length === 1 && three.received.length === 1)
        for (const { received } of [two, three]) {
          const message = received[0]?.messages[0]
          assert.ok(message?.kind === 'append')
          const got = message.entries.map((entry) => entry.data)
          assert.ok(data.every((each, i) => sameBytes(got[i], each)))
        }
      }),
    )

    it(
      'measure how long a word takes there and back',
      three(create, async (scene, [one]) => {
        assert.ok(one !== undefined)
        const known = (): boolean =>
          [2, 3].every((peer) => Number.isFinite(one.statistics(peer)?.roundTripMs))
        assert.ok(!known())
        await scene.until(known)
        assert.ok(one.roundTrips.length >= 2)
        // No longer than the test has waited for them, on this machine.
        for (const ms of one.roundTrips) assert.ok(ms > 0 && ms < UNTIL_MS_MAX, `${ms}`)
      }),
    )

    it(
      'say what they say before the call returns, and answers in the turn of the question',
      three(create, async (scene, [one, two]) => {
        assert.ok(one !== undefined && two !== undefined)
        const before = one.witness.written.length
        one.sendForward(2, 1, patternOf(100_000, 1))
        const bytes = one.witness.written.slice(before).reduce((sum, part) => sum + part.bytes, 0)
        assert.ok(bytes > 100_000, `${bytes} bytes have left`)
        let answered = 0
        two.onEnvelope = () => {
          const written = two.witness.written.length
          two.sendHeartbeat(1, 4)
          answered = two.witness.written.length - written
        }
        await scene.until(() => one.received.length === 1)
        assert.equal(answered, 1)
      }),
    )
  })

  describe(`a message that no envelope holds, ${name}`, () => {
    it('is not sent, and those beside it are', async () => {
      const scene = create()
      const members = await connected(scene, [1, 2])
      const [one, two] = members as [Member, Member]
      const route = { kind: 'forward', group: 2, from: 1, to: 2, term: 1 } as const
      const large = new Uint8Array(PEER_ENVELOPE_BYTES_MAX)
      one.send(
        2,
        { ...route, batch: 1, commands: [] },
        { ...route, batch: 2, commands: [large] },
        {
          ...route,
          batch: 3,
          commands: [],
        },
      )
      await scene.until(() => two.heard.length === 2)
      assert.deepEqual(two.heard, ['forward 1', 'forward 3'])
      assert.deepEqual(
        one.faults.map(({ kind }) => kind),
        ['tooLarge'],
      )
      assert.equal(one.statistics(2)?.messagesDropped, 1)
      await closed(scene, members)
    })
  })

  describe(`a node that leaves, ${name}`, () => {
    it('is missed at once, in the middle of everything, and leaves nothing behind', async () => {
      const scene = create()
      const members = await connected(scene, [1, 2, 3])
      const [one, two, three] = members as [Member, Member, Member]
      for (let i = 0; i < 5; i++) {
        one.sendForward(2, i, patternOf(1_000_000, i))
        two.sendChunk(1, i, patternOf(3_000_000, i))
        three.sendHeartbeat(2, i)
      }
      await closed(scene, [two])
      await scene.until(() => one.dropped.length > 0 && three.dropped.length > 0)
      assert.deepEqual([...new Set([...one.dropped, ...three.dropped])], [2])
      assert.deepEqual(two.dropped, [])
      assert.equal(two.network.address === null, false)
      const { length } = two.received
      one.sendHeartbeat(2, 1)
      one.sendHeartbeat(3, 77)
      await scene.until(() => three.heard.includes('heartbeat 77'))
      assert.equal(two.received.length, length)
      await closed(scene, [one, three, two])
    })

    it('can leave before it is open, and while it opens', async () => {
      const scene = create()
      const early = scene.member({ id: 1 })
      await closed(scene, [early])
      const hasty = scene.member({ id: 2 })
      await scene.settle(async () => {
        await Promise.all([hasty.open(), hasty.network.close()])
      })
      hasty.witness.assertNothingLeft()
    })
  })
}
