import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  RPC_ACKNOWLEDGE_MS_MAX,
  RPC_DROPPED_BYTES_MAX,
  RPC_HELD_BACK_BYTES_ALL_MAX,
  RPC_HELD_BACK_BYTES_MAX,
  RPC_LINGER_MS,
  RPC_OUTPUT_BYTES_HIGH,
  RPC_PARTIAL_MS_MAX,
  RPC_STALLED_MS_MAX,
} from '../../base/index.ts'
import type { Socket } from '../../io/index.ts'
import {
  continuation,
  data,
  headers,
  PREFACE,
  ping,
  setting,
  settings,
  windowUpdate,
} from '../conformance/testing/kit/frames.ts'
import { block } from '../conformance/testing/kit/hpack-writer.ts'
import type { Method } from '../index.ts'
import { attack, fieldsOf, message, opening, type RawPeer, type Scene } from './testing/index.ts'

const EMPTY = Buffer.alloc(0)
const ANSWER_BYTES = 1024 * 1024
/** What both machines of the simulation buffer, and a look once a second. */
const SLACK_MS = 3000

/** A few bytes that ask for very many. */
const large: Method = {
  kind: 'unary',
  path: '/test.Test/Large',
  handle: (call) => call.answer(new Uint8Array(ANSWER_BYTES), 0, ANSWER_BYTES),
}

/** As before, for as long as an attacker might want to drag it out. */
async function bytewise(scene: Scene, attacker: RawPeer, bytes: Buffer): Promise<void> {
  const startMs = scene.nowMs
  for (const octet of bytes) {
    if (attacker.closed) break
    attacker.send(Buffer.from([octet]))
    await scene.pass(1000)
  }
  assert.ok(attacker.closed, 'it was not waited for for ever')
  assert.ok(scene.nowMs - startMs < RPC_PARTIAL_MS_MAX + SLACK_MS)
}

/** Among the sockets that were accepted, the one of the attacker: the honest client came first. */
function victimSocket({ setup }: Scene): Socket {
  const socket = setup.accepted[1]
  assert.ok(socket !== undefined, 'the attacker has connected')
  return socket
}

function requests(from: number, count: number, method: string): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const stream = from + 2 * i
    return [opening(stream, method), data(stream, message(EMPTY), { end: true })]
  }).flat()
}

describe('a peer that does not get on is not waited for (RPC_PARTIAL_MS_MAX)', () => {
  it(
    'connects and says nothing',
    attack(async (scene) => {
      const startMs = scene.nowMs
      const attacker = scene.connect()
      attacker.automatic = false
      await attacker.expectGoaway('ENHANCE_YOUR_CALM', 'SETTINGS_TIMEOUT')
      assert.ok(scene.nowMs - startMs < RPC_PARTIAL_MS_MAX + SLACK_MS)
    }),
  )

  it(
    'sends the preface and nothing more',
    attack(async (scene) => {
      const attacker = scene.connect()
      attacker.automatic = false
      attacker.send(PREFACE)
      await attacker.expectGoaway('ENHANCE_YOUR_CALM', 'SETTINGS_TIMEOUT')
    }),
  )

  it(
    'never acknowledges SETTINGS (RPC_ACKNOWLEDGE_MS_MAX)',
    attack(async (scene) => {
      const attacker = scene.connect()
      attacker.automatic = false
      attacker.greet()
      const startMs = scene.nowMs
      await attacker.expectGoaway('SETTINGS_TIMEOUT')
      assert.ok(scene.nowMs - startMs < RPC_ACKNOWLEDGE_MS_MAX + SLACK_MS)
    }),
  )

  it(
    'writes the preface a byte a second',
    attack(async (scene) => {
      const attacker = scene.connect()
      await bytewise(scene, attacker, Buffer.concat([PREFACE, settings()]))
    }),
  )

  it(
    'writes a header block a byte a second',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      await bytewise(scene, attacker, opening(1, 'Echo'))
    }),
  )

  it(
    'writes a header block a CONTINUATION a second',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const frames = [headers(1, block(fieldsOf('Echo')), { endHeaders: false })]
      for (let i = 0; i < 14; i++) frames.push(continuation(1, EMPTY, { endHeaders: false }))
      for (const one of frames) {
        attacker.send(one)
        await scene.pass(1000)
      }
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
    }),
  )

  it(
    'writes a body a byte a second',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(opening(1, 'Echo'))
      await bytewise(scene, attacker, data(1, message(Buffer.alloc(100)), { end: true }))
    }),
  )

  it(
    'writes a body in frames of a byte: its deadline ends the call, and nothing is held but it',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(opening(1, 'Echo', ['grpc-timeout', '20S']))
      for (const octet of message(Buffer.alloc(100))) {
        attacker.send(data(1, Buffer.from([octet])))
        await scene.pass(1000)
      }
      const status = attacker.of('headers').flatMap(({ fields }) => fields)
      assert.ok(status.some(([name, value]) => name === 'grpc-status' && value === '4'))
      await attacker.roundTrip()
    }),
  )

  it(
    'ends its direction, and never reads (RPC_LINGER_MS)',
    attack(
      async (scene) => {
        const attacker = await scene.attacker(setting('initialWindowSize', 2 ** 31 - 1))
        attacker.socket.pause()
        // More than the network buffers, and not so much that the server stops reading.
        attacker.send(windowUpdate(0, 400_000 - 65_535), ...requests(1, 1, 'Large'))
        await scene.pass(100)
        assert.ok(victimSocket(scene).queuedBytes > 0, 'the end has to wait')
        attacker.socket.end()
        await scene.pass(RPC_LINGER_MS + SLACK_MS)
        assert.equal(scene.setup.server.connections, 1)
      },
      { methods: [large] },
    ),
  )
})

describe('a peer that goes on behind the last word (RPC_DROPPED_BYTES_MAX)', () => {
  it(
    'is not read from for ever',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      const startMs = scene.nowMs
      attacker.send(opening(2, 'Echo'), Buffer.alloc(100 * RPC_DROPPED_BYTES_MAX))
      await scene.until(() => scene.setup.server.connections === 1)
      assert.ok(scene.nowMs - startMs < RPC_LINGER_MS / 2, 'it was not waited for')
    }),
  )
})

describe('a peer that does not read costs a bounded amount', () => {
  it(
    'its windows are wide open: RPC_OUTPUT_BYTES_HIGH in the socket, the rest held back',
    attack(
      async (scene) => {
        const attacker = await scene.attacker(setting('initialWindowSize', 2 ** 31 - 1))
        attacker.socket.pause()
        attacker.send(windowUpdate(0, 2 ** 31 - 1 - 65_535), ...requests(1, 1000, 'Large'))
        let [queued, steps] = [0, 0]
        while (steps++ < 500) {
          queued = Math.max(queued, victimSocket(scene).queuedBytes)
          await scene.pass(1)
        }
        assert.ok(queued > RPC_OUTPUT_BYTES_HIGH / 2, 'it came to the point')
        assert.ok(queued < RPC_OUTPUT_BYTES_HIGH + 256 * 1024, `${queued} bytes wait in the socket`)
        await scene.pass(RPC_STALLED_MS_MAX + SLACK_MS)
        assert.equal(scene.setup.server.connections, 1)
      },
      { methods: [large] },
    ),
  )

  it(
    'its windows are closed: what is over RPC_HELD_BACK_BYTES_MAX is not even made',
    attack(
      async (scene) => {
        const attacker = await scene.attacker(setting('initialWindowSize', 0))
        const heads = Array.from({ length: 200 }, (_, i) => opening(2 * i + 1, 'Large'))
        const ends = Array.from({ length: 200 }, (_, i) =>
          data(2 * i + 1, message(EMPTY), { end: true }),
        )
        // All streams are open before the first answer is held back.
        attacker.send(...heads)
        await attacker.roundTrip()
        attacker.send(...ends)
        await attacker.roundTrip()
        const calmed = attacker.of('reset').filter(({ code }) => code === 'ENHANCE_YOUR_CALM')
        const heldMax = RPC_HELD_BACK_BYTES_MAX / ANSWER_BYTES + 1
        assert.ok(calmed.length >= 200 - heldMax, `${calmed.length} of 200 were given up`)
        assert.ok(calmed.length < 200 - heldMax / 2, 'and no more than had to be')
        // New streams are turned away.
        attacker.send(opening(1001, 'Echo'))
        await attacker.find('reset', ({ code }) => code === 'REFUSED_STREAM')
        await attacker.expectGoaway('ENHANCE_YOUR_CALM')
      },
      { methods: [large] },
    ),
  )

  it(
    'many of them together cost no more than RPC_HELD_BACK_BYTES_ALL_MAX',
    attack(
      async (scene) => {
        const heldBytes = (): number => scene.setup.server.pool.heldBytes
        const attackers = []
        for (let i = 0; i < 10; i++) {
          const attacker = await scene.attacker(setting('initialWindowSize', 0))
          attackers.push(attacker)
          attacker.send(...requests(1, 60, 'Large'))
          await attacker.roundTrip()
        }
        assert.ok(heldBytes() > RPC_HELD_BACK_BYTES_ALL_MAX, 'it came to the point')
        assert.ok(heldBytes() < RPC_HELD_BACK_BYTES_ALL_MAX + 30 * ANSWER_BYTES)
        for (const { socket } of attackers) socket.destroy()
        await scene.pass(100)
        assert.equal(heldBytes(), 0)
      },
      { methods: [large] },
    ),
  )

  it(
    'all stalls are given up in the end (RPC_STALLED_MS_MAX)',
    attack(
      async (scene) => {
        const attacker = await scene.attacker(setting('initialWindowSize', 0))
        attacker.send(...requests(1, 2, 'Large'))
        const startMs = scene.nowMs
        await attacker.expectGoaway('ENHANCE_YOUR_CALM')
        assert.ok(scene.nowMs - startMs < RPC_STALLED_MS_MAX + SLACK_MS)
      },
      { methods: [large] },
    ),
  )

  it(
    'reads a byte a second: its own requests wait, and nobody else',
    attack(
      async (scene) => {
        const attacker = await scene.attacker(setting('initialWindowSize', 2 ** 31 - 1))
        attacker.send(windowUpdate(0, 2 ** 31 - 1 - 65_535), ...requests(1, 100, 'Large'))
        for (let second = 0; second < 30; second++) {
          attacker.socket.pause()
          await scene.pass(999)
          attacker.socket.resume()
          await scene.pass(1)
          const { queuedBytes } = victimSocket(scene)
          assert.ok(queuedBytes < RPC_OUTPUT_BYTES_HIGH + 256 * 1024, `${queuedBytes} bytes wait`)
          await scene.expectService()
        }
      },
      { methods: [large] },
    ),
  )

  const waits: readonly (readonly [what: string, windowBytes: number, writesMax: number])[] = [
    ['before its socket is full, which take no more memory than they have bytes', 262_000, 500],
    ['once it is full, which wait until there is enough for a write', 362_000, 5],
  ]
  for (const [what, windowBytes, writesMax] of waits) {
    it(
      `asks for answers to PING one at a time ${what}`,
      attack(
        async (scene) => {
          const attacker = await scene.attacker(setting('initialWindowSize', 2 ** 31 - 1))
          attacker.socket.pause()
          attacker.send(windowUpdate(0, windowBytes - 65_535), ...requests(1, 1, 'Large'))
          await scene.pass(10)
          const said = await watchWrites(scene, async () => {
            for (let i = 0; i < 500; i++) {
              attacker.send(ping('drop'))
              await scene.pass(1)
            }
          })
          assert.ok(victimSocket(scene).queuedBytes > 0, 'it came to the point')
          assert.ok(said.writes <= writesMax, `${said.writes} writes`)
          // The first that has to wait may take a chunk with it.
          assert.ok(said.keptBytes <= 64 * 1024 + 4 * said.bytes, `${said.keptBytes} bytes`)
        },
        { methods: [large] },
      ),
    )
  }
})

/** What is written to the attacker in the meantime, and how much memory that keeps. */
async function watchWrites(
  scene: Scene,
  body: () => Promise<void>,
): Promise<{ writes: number; bytes: number; keptBytes: number }> {
  const socket = victimSocket(scene)
  const write = socket.write.bind(socket)
  const said = { writes: 0, bytes: 0, keptBytes: 0 }
  socket.write = (bytes) => {
    const more = write(bytes)
    said.writes += 1
    said.bytes += bytes.length
    if (socket.queuedBytes > 0) said.keptBytes += bytes.buffer.byteLength
    return more
  }
  await body()
  return said
}

describe('windows that are opened by next to nothing', () => {
  it(
    'a byte at a time, with many streams that wait, ends the connection (RPC_FLOOD_CREDIT_MAX)',
    attack(
      async (scene) => {
        const attacker = await scene.attacker(setting('initialWindowSize', 0))
        attacker.send(...requests(1, 50, 'Large'))
        await attacker.roundTrip()
        const bytewise = Array.from({ length: 100_000 }, (_, i) =>
          windowUpdate(2 * (i % 50) + 1, 1),
        )
        attacker.send(...bytewise)
        await attacker.expectGoaway('ENHANCE_YOUR_CALM')
      },
      { methods: [large] },
    ),
  )

  it(
    'the window of the connection a byte at a time',
    attack(
      async (scene) => {
        const attacker = await scene.attacker()
        attacker.send(...requests(1, 50, 'Large'))
        await attacker.roundTrip()
        attacker.send(...Array.from({ length: 100_000 }, () => windowUpdate(0, 1)))
        await attacker.expectGoaway('ENHANCE_YOUR_CALM')
      },
      { methods: [large] },
    ),
  )

  it(
    'SETTINGS that open and close the windows of many streams cost by the stream',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(...Array.from({ length: 1000 }, (_, i) => opening(2 * i + 1, 'Hold')))
      const flips = Array.from({ length: 1000 }, (_, i) =>
        settings(setting('initialWindowSize', i % 2)),
      )
      attacker.send(...flips)
      await attacker.expectGoaway('ENHANCE_YOUR_CALM')
      const answered = attacker.of('settings').filter(({ ack }) => ack).length
      assert.ok(answered < 500, `${answered} times a thousand streams were gone through`)
    }),
  )

  it(
    'over 2^31 - 1 is an error of the stream, or of the connection',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(opening(1, 'Hold'), windowUpdate(1, 2 ** 31 - 1))
      await attacker.find('reset', ({ code }) => code === 'FLOW_CONTROL_ERROR')
      attacker.send(windowUpdate(0, 2 ** 31 - 1))
      await attacker.expectGoaway('FLOW_CONTROL_ERROR')
    }),
  )

  it(
    'over 2^31 - 1 by SETTINGS is an error of the connection',
    attack(async (scene) => {
      const attacker = await scene.attacker()
      attacker.send(opening(1, 'Hold'), windowUpdate(1, 2 ** 31 - 1 - 65_535))
      attacker.send(settings(setting('initialWindowSize', 65_536)))
      await attacker.expectGoaway('FLOW_CONTROL_ERROR')
    }),
  )
})
