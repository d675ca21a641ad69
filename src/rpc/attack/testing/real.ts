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

  /** Bytes in use after garbage collection, buffers outside of the heap included. */
  usedBytes(): number {
    this.#collect()
    this.#collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
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
    const before = scene.usedBytes()
    await attackWith(scene)
    const during = scene.usedBytes() - before
    assert.ok(during < duringMax, `${(during / MIB).toFixed(1)} MiB were taken`)
    await scene.dropAttackers()
    const left = scene.usedBytes() - before
    assert.ok(left < 2 * MIB, `${(left / MIB).toFixed(1)} MiB were not given back`)
    await scene.expectService()
    assert.deepEqual(scene.setup.faults, [])
  } finally {
    await scene.dropAttackers()
    await scene.setup.close()
  }
}
