import { describe, it } from 'node:test'
import { RPC_GATHERED_BYTES_MAX, RPC_HELD_BACK_BYTES_MAX } from '../../base/index.ts'
import {
  continuation,
  data,
  headers,
  ping,
  setting,
  windowUpdate,
} from '../conformance/testing/kit/frames.ts'
import { block, literal } from '../conformance/testing/kit/hpack-writer.ts'
import type { Method } from '../index.ts'
import { expectMemoryBack, fieldsOf, inFrames, message, opening } from './testing/index.ts'

const MIB = 1024 * 1024
const EMPTY = Buffer.alloc(0)
const WINDOW_MAX = 2 ** 31 - 1
const large: Method = {
  kind: 'unary',
  path: '/test.Test/Large',
  handle: (call) => call.answer(new Uint8Array(MIB), 0, MIB),
}

function asked(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => [
      opening(2 * i + 1, 'Large'),
      data(2 * i + 1, message(EMPTY), { end: true }),
    ]).flat(),
  )
}

describe('memory on real sockets is bounded during an attack and given back after it', () => {
  it('a thousand idle sockets: at most 20 KB each, both ends of them', () =>
    expectMemoryBack(
      async (scene) => {
        for (let i = 0; i < 1000; i++) await scene.attacker()
        await scene.until(() => scene.setup.server.connections > 1000)
      },
      { duringMax: 20_000 * 1000 },
    ))

  it('a client that asks for a gigabyte with open windows and does not read', () =>
    expectMemoryBack(
      async (scene) => {
        const socket = await scene.attacker(setting('initialWindowSize', WINDOW_MAX))
        socket.pause()
        socket.write(Buffer.concat([windowUpdate(0, WINDOW_MAX - 65_535), asked(1000)]))
        await scene.until(() => (scene.setup.accepted.at(-1)?.queuedBytes ?? 0) > 64 * 1024)
      },
      { duringMax: RPC_HELD_BACK_BYTES_MAX + 16 * MIB, methods: [large] },
    ))

  it('twenty clients that do not read and send a PING at a time', () =>
    expectMemoryBack(
      async (scene) => {
        const sockets = []
        for (let i = 0; i < 20; i++) {
          const socket = await scene.attacker(setting('initialWindowSize', WINDOW_MAX))
          socket.pause()
          socket.write(Buffer.concat([windowUpdate(0, WINDOW_MAX - 65_535), asked(6)]))
          sockets.push(socket)
        }
        for (let i = 0; i < 200; i++) {
          for (const socket of sockets) {
            await new Promise((resolve) => void socket.write(ping('unread'), resolve))
          }
        }
      },
      // Six answers for each, and next to nothing for the PINGs.
      { duringMax: 20 * 6 * MIB + 16 * MIB, methods: [large] },
    ))

  it('five hundred messages that are all but whole', () =>
    expectMemoryBack(
      async (scene) => {
        const socket = await scene.attacker()
        const part = message(Buffer.alloc(99_990), { length: 100_000 })
        for (let i = 0; i < 500; i++) {
          socket.write(opening(2 * i + 1, 'Echo'))
          socket.write(Buffer.concat(inFrames(2 * i + 1, part, { end: false })))
        }
        await new Promise((resolve) => void socket.write(ping('done'), resolve))
        await scene.expectService()
      },
      { duringMax: RPC_GATHERED_BYTES_MAX + 16 * MIB },
    ))

  it('header blocks that are begun, and tables that are full, on a hundred connections', () =>
    expectMemoryBack(
      async (scene) => {
        const entries = Array.from({ length: 40 }, (_, i) =>
          literal(`name-${i}`, 'v'.repeat(60), { kind: 'incremental' }),
        )
        const full = Buffer.concat([block(fieldsOf('Missing')), ...entries])
        for (let i = 0; i < 100; i++) {
          const socket = await scene.attacker()
          socket.write(headers(1, full, { end: true }))
          socket.write(headers(3, Buffer.alloc(16_000, 0x82), { endHeaders: false }))
          const more = continuation(3, Buffer.alloc(16_000, 0x82), { endHeaders: false })
          await new Promise((resolve) => void socket.write(more, resolve))
        }
        await scene.until(() => scene.setup.server.connections > 100)
      },
      { duringMax: 100 * 100_000 },
    ))
})
