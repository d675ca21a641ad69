import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  RPC_CONTINUATIONS_MAX,
  RPC_FLOOD_CREDIT_MAX,
  RPC_FLOOD_RESET_COST,
  RPC_HEADER_BLOCK_BYTES_MAX,
} from '../../base/index.ts'
import {
  continuation,
  data,
  frame,
  goaway,
  headers,
  ping,
  priority,
  reset,
  setting,
  settings,
  settingsAck,
  windowUpdate,
} from '../conformance/testing/kit/frames.ts'
import { block } from '../conformance/testing/kit/hpack-writer.ts'
import type { Method, ServerCall } from '../index.ts'
import { attack, fieldsOf, message, opening } from './testing/index.ts'

/** The frame so often that a peer in good faith would never have sent it. */
function flood(one: Buffer, times = RPC_FLOOD_CREDIT_MAX + 5000): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => one))
}

const EMPTY = Buffer.alloc(0)

describe('frames that bring no work end the connection (RPC_FLOOD_CREDIT_MAX)', () => {
  const floods: readonly (readonly [what: string, one: Buffer])[] = [
    ['PING (CVE-2019-9512)', ping('flood')],
    ['SETTINGS (CVE-2019-9515)', settings()],
    ['SETTINGS that change windows', settings(setting('initialWindowSize', 1000))],
    ['SETTINGS that change the table', settings(setting('headerTableSize', 0))],
    ['SETTINGS acknowledgements that nobody waits for', settingsAck()],
    ['PING answers that nobody waits for', ping('nobody', { ack: true })],
    ['empty DATA (CVE-2019-9518)', data(1, EMPTY)],
    ['DATA of nothing but padding', data(1, EMPTY, { padding: 0 })],
    ['PRIORITY (CVE-2019-9513)', priority(1, { on: 3 })],
    ['unknown frames', frame({ type: 0x42, stream: 1 })],
    ['GOAWAY', goaway()],
  ]
  for (const [what, one] of floods) {
    it(
      what,
      attack(async (scene) => {
        const attacker = await scene.attacker()
        attacker.send(opening(1, 'EchoAll'), flood(one))
        await attacker.expectGoaway('ENHANCE_YOUR_CALM')
      }),
    )
  }

  it(
    'DATA on a stream that the server has reset',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(opening(1, 'EchoAll'), data(1, message(EMPTY, { flag: 9 })))
      await attacker.find('reset')
      attacker.send(flood(data(1, Buffer.alloc(1)), 20_000))
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )
})

describe('rapid reset (CVE-2023-44487) ends the connection (RPC_FLOOD_RESET_COST)', () => {
  it(
    'streams that are opened and cancelled in a row',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const pairs: Buffer[] = []
      for (let i = 0; i < 5000; i++) pairs.push(opening(2 * i + 1, 'Hold'), reset(2 * i + 1))
      attacker.send(...pairs)
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'whole requests that are cancelled in a row, whose handlers hear of it',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const request = data(1, message(EMPTY), { end: true })
      const parts: Buffer[] = []
      for (let i = 0; i < 12_000; i++) {
        const stream = 2 * i + 1
        request.writeUInt32BE(stream, 5)
        parts.push(opening(stream, 'Hold'), Buffer.from(request), reset(stream))
      }
      attacker.send(...parts)
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
      const { held, cancelled } = scene.setup
      assert.ok(held.length < RPC_FLOOD_CREDIT_MAX, `${held.length} calls came through`)
      assert.equal(cancelled.length, held.length)
    }),
  )

  it(
    'a client that cancels now and then goes on',
    attack(async (scene) => {
      const client = await scene.attacker()
      const count = Math.floor(RPC_FLOOD_CREDIT_MAX / RPC_FLOOD_RESET_COST)
      for (let i = 0; i < count; i++) client.send(opening(2 * i + 1, 'Hold'), reset(2 * i + 1))
      await client.roundTrip()
    }),
  )
})

describe('a header block that does not end (CVE-2024-27316)', () => {
  const begun = headers(1, block(fieldsOf('Echo')), { endHeaders: false })

  it(
    'empty CONTINUATIONs: RPC_CONTINUATIONS_MAX',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(begun, flood(continuation(1, EMPTY, { endHeaders: false }), 100_000))
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'one more CONTINUATION than allowed',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const one = continuation(1, EMPTY, { endHeaders: false })
      attacker.send(begun, flood(one, RPC_CONTINUATIONS_MAX - 2), continuation(1, EMPTY))
      attacker.send(data(1, message(EMPTY), { end: true }))
      await attacker.find('headers', ({ end }) => end)
      const again = headers(3, block(fieldsOf('Echo')), { endHeaders: false })
      const more = continuation(3, EMPTY, { endHeaders: false })
      attacker.send(again, flood(more, RPC_CONTINUATIONS_MAX))
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'full CONTINUATIONs: RPC_HEADER_BLOCK_BYTES_MAX',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const filler = Buffer.alloc(16_384, 0x80 | 2)
      const frames = Math.ceil(RPC_HEADER_BLOCK_BYTES_MAX / filler.length) + 1
      attacker.send(begun, flood(continuation(1, filler, { endHeaders: false }), frames))
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'blocks that end, but always in many frames, are charged as the frames they are',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(
        ...Array.from({ length: 50 }, (_, i) => [
          headers(2 * i + 1, block(fieldsOf('Nothing')), { endHeaders: false, end: true }),
          continuation(2 * i + 1, EMPTY),
        ]).flat(),
      )
      await attacker.find('headers', ({ stream }) => stream === 99)
    }),
  )
})

const told: ServerCall[] = []

/** The server speaks, and the client says nothing but PING. */
const tells: Method = {
  kind: 'stream',
  path: '/test.Test/Tells',
  open: (call) => {
    told.push(call)
    return { message: () => {}, ended: () => {}, writable: () => {}, cancelled: () => {} }
  },
}

describe('what looks like a flood and is none goes on', () => {
  it(
    'a client that measures the line with a PING for every answer',
    attack(async (scene) => {
      const client = await scene.attacker()
      client.send(opening(1, 'EchoAll'))
      for (let round = 0; round < 200; round++) {
        client.send(data(1, Buffer.concat(Array.from({ length: 20 }, () => message(EMPTY)))))
        client.send(flood(ping('bandwdth'), 60), windowUpdate(0, 100), windowUpdate(1, 100))
        await client.roundTrip()
      }
    }),
  )

  it(
    'a client that measures the line while it only listens',
    attack(
      async (scene) => {
        const client = await scene.attacker(setting('initialWindowSize', 2 ** 30))
        client.send(windowUpdate(0, 2 ** 30), opening(1, 'Tells'))
        await client.roundTrip()
        const pings = flood(ping('bandwdth'), 100)
        for (let sent = 0; sent < 2 * RPC_FLOOD_CREDIT_MAX; sent += 100) {
          for (let i = 0; i < 100; i++) told[0]?.write(EMPTY, 0, 0)
          client.send(pings)
          await scene.pass(1)
        }
        await client.roundTrip()
      },
      { methods: [tells] },
    ),
  )
})
