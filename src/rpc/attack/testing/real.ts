import assert from 'node:assert/strict'
import net from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../../io/index.ts'
import {
  PREFACE,
  type Setting,
  settings,
  settingsAck,
} from '../../conformance/testing/kit/frames.ts'
import { Setup, send, statusOf } from '../../contract/setup.ts'
import type { Method } from '../../index.ts'

const HOST = '127.0.0.1'
const MIB = 1024 * 1024
const LOOK_MS = 5
const LOOKS_MAX = 400
/** Afterwards: what the machine has learned about the program, and the like. */
const LEFT_MAX = 2 * MIB

/** Collects garbage; a test process needs no flag for it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** A server on real sockets, whose memory is what the test is about. */
export class RealScene {
  readonly setup: Setup
  readonly #collect = collector()
  readonly #attackers: net.Socket[] = []
  #honest: ReturnType<Setup['channel']> | null = null

  constructor(methods: readonly Method[]) {
    const harness = {
      clock: createNodeClock(),
      chance: createNodeChance(),
      gzip: createNodeGzip(),
      sockets: createNodeSockets(),
      host: HOST,
      run: (body: () => Promise<void>) => body(),
      close: async () => {},
    }
    this.setup = new Setup(harness, methods)
  }

  /**
   * Bytes in use after garbage collection, buffers outside of the heap included. What was sent a
   * moment ago, the attackers' part of it too, is held for some turns more: looked at again until
   * it is less than `expected`, for so long.
   */
  async usedBytes(expected: number): Promise<number> {
    for (let look = 1; ; look++) {
      await new Promise<void>((resolve) => this.setup.harness.clock.after(LOOK_MS, resolve))
      this.#collect()
      this.#collect()
      const { heapUsed, external } = process.memoryUsage()
      if (heapUsed + external < expected || look === LOOKS_MAX) return heapUsed + external
    }
  }

  async attacker(...values: readonly Setting[]): Promise<net.Socket> {
    const socket = net.connect({ host: HOST, port: this.setup.port })
    this.#attackers.push(socket)
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write(Buffer.concat([PREFACE, settings(...values), settingsAck()]))
    return socket
  }

  async expectService(): Promise<void> {
    this.#honest ??= this.setup.channel()
    const { recorder } = send(this.#honest, 'Echo', { message: 'honest' })
    assert.equal(statusOf(await recorder.end), 'OK')
  }

  until(holds: () => boolean): Promise<void> {
    const { clock } = this.setup.harness
    return new Promise((resolve) => {
      const look = (): void => {
        if (holds()) resolve()
        else clock.after(5, look)
      }
      look()
    })
  }

  async dropAttackers(): Promise<void> {
    for (const socket of this.#attackers) socket.destroy()
    this.#attackers.length = 0
    await this.until(() => this.setup.server.connections <= 1)
    this.setup.held.length = 0
    this.setup.cancelled.length = 0
    this.setup.accepted.length = 0
  }
}

/**
 * Attacks once so that everything is warm, then again; what is in use afterwards is what was
 * before. `duringMax` bounds what the attack takes while it goes on.
 */
export async function expectMemoryBack(
  attackWith: (scene: RealScene) => Promise<void>,
  { duringMax, methods = [] }: { duringMax: number; methods?: readonly Method[] },
): Promise<void> {
  const scene = new RealScene(methods)
  await scene.setup.listen()
  try {
    await scene.expectService()
    await attackWith(scene)
    await scene.dropAttackers()
    const before = await scene.usedBytes(Number.POSITIVE_INFINITY)
    await attackWith(scene)
    const during = (await scene.usedBytes(before + duringMax)) - before
    assert.ok(during < duringMax, `${(during / MIB).toFixed(1)} MiB were taken`)
    await scene.dropAttackers()
    const left = (await scene.usedBytes(before + LEFT_MAX)) - before
    assert.ok(left < LEFT_MAX, `${(left / MIB).toFixed(1)} MiB were not given back`)
    await scene.expectService()
    assert.deepEqual(scene.setup.faults, [])
  } finally {
    await scene.dropAttackers()
    await scene.setup.close()
  }
}
