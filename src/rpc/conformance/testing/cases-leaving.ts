/** A server that says farewell: GOAWAY as the sender of it (RFC 9113 §6.8). */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY } from './case-makers.ts'
import { data, headers, windowUpdate } from './kit/frames.ts'
import { indexed, literal } from './kit/hpack-writer.ts'
import { message, type RawClient } from './kit/raw-client.ts'
import { STATIC_TABLE } from './kit/static-table.ts'

/** The call on stream 1 has begun, and the server wants to go. */
async function leaving(peer: RawClient): Promise<void> {
  await peer.expectService(1)
  peer.send(peer.opening(3), data(3, BODY.subarray(0, 4)))
  await peer.expectNothing()
  peer.target.leave()
  const { code, last } = await peer.find('goaway')
  assert.equal(code, 'NO_ERROR')
  assert.ok(last >= 3, 'what has begun is not given up')
}

/** The call ends well, and with it the connection, without a further error. */
async function expectFarewell(peer: RawClient): Promise<void> {
  peer.send(data(3, BODY.subarray(4), { end: true }))
  await peer.expectEcho(3)
  await peer.expectClosed()
  for (const item of peer.log) {
    if (item.kind === 'goaway') assert.equal(item.code, 'NO_ERROR')
  }
}

/** No server is left to show anything on. */
const GONE = { alone: true } as const

export const LEAVING_CASES: readonly ServerCase[] = [
  {
    ...GONE,
    id: 'RFC9113 §6.8/leaves-idle',
    title: 'a server that leaves ends an idle connection with GOAWAY',
    run: async (peer) => {
      await peer.expectService(1)
      peer.target.leave()
      const { code, last } = await peer.find('goaway')
      assert.equal(code, 'NO_ERROR')
      assert.ok(last >= 1)
      await peer.expectClosed()
    },
  },
  {
    ...GONE,
    id: 'RFC9113 §6.8/leaves-in-order',
    title: 'a server that leaves answers the calls that have begun before',
    run: async (peer) => {
      await leaving(peer)
      await expectFarewell(peer)
    },
  },
  {
    ...GONE,
    id: 'RFC9113 §6.8/leaves-ping',
    title: 'a server that leaves still answers PING',
    run: async (peer) => {
      await leaving(peer)
      await peer.roundTrip()
      await expectFarewell(peer)
    },
  },
  {
    ...GONE,
    id: 'RFC9113 §6.8/leaves-late-streams',
    title: 'streams begun after the last one that GOAWAY allows are not served, and do no harm',
    run: async (peer) => {
      await leaving(peer)
      // After a round trip the last stream is settled, however many steps the farewell takes.
      await peer.roundTrip()
      await peer.roundTrip()
      const inserted = literal('x-kept', 'kept', { kind: 'incremental' })
      peer.send(headers(5, Buffer.concat([peer.block(), inserted])), data(5, BODY, { end: true }))
      // The table is in step all the same: trailers of the call that goes on refer to it.
      peer.send(data(3, BODY.subarray(4)))
      peer.send(headers(3, indexed(STATIC_TABLE.length + 1), { end: true }))
      await peer.expectEcho(3)
      await peer.expectClosed()
      const served = peer.log.some((item) => item.kind === 'headers' && item.stream === 5)
      assert.ok(!served, 'stream 5 came too late')
    },
  },
  {
    ...GONE,
    id: 'RFC9113 §6.8/leaves-large-answer',
    title: 'a server that leaves sends the rest of an answer that waits for window',
    run: async (peer) => {
      const body = message(100_000)
      await peer.sendRequest(1, body)
      await peer.find('headers', ({ stream }) => stream === 1)
      peer.target.leave()
      await peer.find('goaway')
      peer.send(windowUpdate(0, 2 ** 20), windowUpdate(1, 2 ** 20))
      await peer.find('headers', ({ stream, end }) => stream === 1 && end)
      const parts = peer.log.flatMap((item) => (item.kind === 'data' ? [item.bytes] : []))
      assert.ok(Buffer.concat(parts).equals(body))
      await peer.expectClosed()
    },
  },
]
