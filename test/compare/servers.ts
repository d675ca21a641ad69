/** Three members of whatever takes etcd's flags, as processes on free ports. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

const MEMBERS = 3
const READY_MS_MAX = 20_000
const STOP_MS_MAX = 5000
/** Any of these in what a member prints: clients are served. */
const READY = /ready to serve client requests|published \{?Name|published local member/

export interface Cluster {
  readonly name: string
  readonly urls: readonly string[]
  readonly directory: string
  /** What a member that died has printed last, for whoever has to find out why. */
  lastWords(): string
  stop(): Promise<void>
}

export interface ClusterOptions {
  readonly name: string
  /** Words before the flags. */
  readonly command: readonly string[]
}

export async function startCluster({ name, command }: ClusterOptions): Promise<Cluster> {
  const directory = mkdtempSync(path.join(tmpdir(), `quorate-compare-${name}-`))
  const ports = await freePorts(2 * MEMBERS)
  const members = Array.from({ length: MEMBERS }, (_, i) => ({
    name: `m${i + 1}`,
    client: `http://127.0.0.1:${ports[2 * i]}`,
    peer: `http://127.0.0.1:${ports[2 * i + 1]}`,
  }))
  const initial = members.map((member) => `${member.name}=${member.peer}`).join(',')
  const processes: Member[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((member) => member.stop()))
    rmSync(directory, { recursive: true, force: true })
  }
  for (const member of members) {
    const data = path.join(directory, member.name)
    mkdirSync(data, { mode: 0o700 })
    const flags = [
      ...['--name', member.name, '--data-dir', data],
      ...['--listen-client-urls', member.client, '--advertise-client-urls', member.client],
      ...['--listen-peer-urls', member.peer, '--initial-advertise-peer-urls', member.peer],
      ...['--initial-cluster', initial, '--initial-cluster-state', 'new'],
    ]
    processes.push(new Member(command, flags))
  }
  try {
    await Promise.all(processes.map((member) => member.ready()))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    name,
    urls: members.map(({ client }) => client),
    directory,
    lastWords: () => processes.map((member) => member.lastWords()).join('\n'),
    stop,
  }
}

class Member {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #printed = ''
  #tell: (() => void) | null = null

  constructor(command: readonly string[], flags: readonly string[]) {
    const [program = '', ...words] = command
    this.#child = spawn(program, [...words, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#ended = once(this.#child, 'close')
    const hear = (piece: Buffer): void => {
      this.#printed = (this.#printed + piece.toString()).slice(-20_000)
      if (READY.test(this.#printed)) this.#tell?.()
    }
    this.#child.stdout?.on('data', hear)
    this.#child.stderr?.on('data', hear)
  }

  async ready(): Promise<void> {
    const said = new Promise<'ready'>((resolve) => {
      this.#tell = () => resolve('ready')
    })
    if (READY.test(this.#printed)) return
    const late = AbortSignal.timeout(READY_MS_MAX)
    const tooLate = once(late, 'abort').then(() => 'late' as const)
    const outcome = await Promise.race([said, tooLate, this.#ended.then(() => 'ended' as const)])
    if (outcome !== 'ready')
      throw new Error(`a member did not get ready (${outcome}):\n${this.lastWords()}`)
  }

  lastWords(): string {
    return this.#printed.split('\n').slice(-12).join('\n')
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX)
    await this.#ended
    clearTimeout(timer)
  }
}

/** All held at once, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports: number[] = []
  for (const server of servers) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'object' && address !== null) ports.push(address.port)
  }
  for (const server of servers) {
    server.close()
    await once(server, 'close')
  }
  return ports
}
