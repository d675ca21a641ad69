/** The cluster of `quorate dev`: processes that can be killed and started again, one by one. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CommandParts, LocalCluster, LocalNode, LocalNodeState } from '../cli/index.ts'
import { prepareGround } from './cluster-ground.ts'
import { ClusterNode, type NodePlace } from './cluster-node.ts'

type Wish = Parameters<CommandParts['openCluster']>[0]

export async function openCluster(wish: Wish): Promise<LocalCluster> {
  const isOurs = wish.directory === null
  const directory = wish.directory ?? mkdtempSync(path.join(tmpdir(), 'quorate-dev-'))
  const remove = (): void => {
    if (isOurs) rmSync(directory, { recursive: true, force: true })
  }
  try {
    const { places, release } = await prepareGround({ ...wish, directory })
    const nodes = places.map((place) => new DevNode(place))
    const ready = Promise.all(nodes.map((node) => node.start())).then(() => {})
    // Whoever gives up before all are ready does not ask any more.
    ready.catch(() => {})
    return {
      directory,
      nodes,
      ready,
      [Symbol.asyncDispose]: async () => {
        await Promise.all(nodes.map((node) => node.stop()))
        await release()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

class DevNode implements LocalNode {
  readonly #place: NodePlace
  #life: ClusterNode | null = null
  #isReady = false

  constructor(place: NodePlace) {
    this.#place = place
  }

  get number(): number {
    return this.#place.number
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#place.clientPort}`
  }

  get logFile(): string {
    return this.#place.logFile
  }

  state(): LocalNodeState {
    if (this.#life === null || this.#life.endText !== '') return 'stopped'
    return this.#isReady ? 'ready' : 'starting'
  }

  endText(): string {
    return this.#life?.endText ?? ''
  }

  memoryBytes(): number | null {
    const pid = this.state() === 'stopped' ? null : (this.#life?.pid ?? null)
    return pid === null ? null : residentBytes(pid)
  }

  diskBytes(): number {
    return bytesUnder(this.#place.directory)
  }

  async start(): Promise<void> {
    if (this.state() !== 'stopped') return
    const life = new ClusterNode(this.#place)
    this.#life = life
    this.#isReady = false
    life.start()
    await life.ready
    this.#isReady = this.#life === life
  }

  async kill(): Promise<void> {
    await this.#life?.kill()
  }

  async stop(): Promise<void> {
    await this.#life?.stop()
  }
}

const KIB = 1024

/** Null where the system has no such file. */
function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? null : Number(kib) * KIB
  } catch {
    return null
  }
}

/** Files come and go meanwhile: what is gone has no size. */
function bytesUnder(directory: string): number {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    const sizes = files.map(({ parentPath, name }) => {
      return statSync(path.join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0
    })
    return sizes.reduce((sum, size) => sum + size, 0)
  } catch {
    return 0
  }
}
