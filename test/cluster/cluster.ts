/** Members of whatever takes etcd's flags, as processes on free ports, for tests and benchmarks. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePorts } from './free-ports.ts'
import { Member } from './member.ts'
import { SlowLink } from './slow-link.ts'

const MEMBERS = 3

export interface ClusterOptions {
  /** Part of the name of its directory. */
  readonly name: string
  /** The program, and words before the flags. */
  readonly command: readonly string[]
  /** More flags, for each member. */
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Where data goes; a temporary directory that is removed at the end when absent. */
  readonly directory?: string
  /** How clients reach them; `https` wants flags that name certificates. Plain when absent. */
  readonly scheme?: 'http' | 'https'
  /** How long what a member says takes to another one; nothing is added when absent. */
  readonly delayMs?: number
}

export class Cluster {
  readonly name: string
  readonly directory: string
  readonly members: readonly Member[]
  readonly #keepsDirectory: boolean
  readonly #links: readonly SlowLink[]

  constructor(
    options: ClusterOptions,
    directory: string,
    {
      members,
      links,
    }: { readonly members: readonly Member[]; readonly links: readonly SlowLink[] },
  ) {
    this.name = options.name
    this.directory = directory
    this.members = members
    this.#links = links
    this.#keepsDirectory = options.directory !== undefined
  }

  /** Where clients reach them. */
  get urls(): readonly string[] {
    return this.members.map(({ url }) => url)
  }

  /** What members have printed last, for whoever has to find out why one died. */
  lastWords(): string {
    return this.members.map((member) => `${member.name}:\n${member.lastWords()}`).join('\n')
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()))
    for (const link of this.#links) link.close()
    if (!this.#keepsDirectory) rmSync(this.directory, { recursive: true, force: true })
  }
}

/** All of them serve when it resolves. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const directory =
    options.directory ?? mkdtempSync(path.join(tmpdir(), `quorate-${options.name}-`))
  const ports = await freePorts(2 * MEMBERS)
  const links = await openLinks(ports, options)
  const places = Array.from({ length: MEMBERS }, (_, i) => ({
    name: `m${i + 1}`,
    client: `${options.scheme ?? 'http'}://127.0.0.1:${ports[2 * i]}`,
    own: `http://127.0.0.1:${ports[2 * i + 1]}`,
    peer: `http://127.0.0.1:${links[i]?.port ?? ports[2 * i + 1]}`,
  }))
  const initial = places.map(({ name, peer }) => `${name}=${peer}`).join(',')
  const members = places.map(({ name, client, own, peer }) => {
    const data = path.join(directory, name)
    mkdirSync(data, { mode: 0o700, recursive: true })
    const flags = [
      ...['--name', name, '--data-dir', data],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', own, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', initial, '--initial-cluster-state', 'new'],
      ...(options.flags ?? []),
    ]
    return new Member({ ...options, name, url: client, flags })
  })
  const cluster = new Cluster(options, directory, { members, links })
  try {
    for (const member of members) member.start()
    await Promise.all(members.map((member) => member.ready()))
  } catch (error) {
    await cluster.stop()
    throw error
  }
  return cluster
}

/** One for each member, through which the others come to it. */
async function openLinks(
  ports: readonly number[],
  { delayMs = 0 }: ClusterOptions,
): Promise<readonly SlowLink[]> {
  if (delayMs === 0) return []
  const targets = ports.filter((_, i) => i % 2 === 1)
  return Promise.all(targets.map((target) => SlowLink.open(target, delayMs)))
}
