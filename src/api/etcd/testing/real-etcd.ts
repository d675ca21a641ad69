import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { freePorts, Member } from '../../../../test/cluster/index.ts'
import { HOST, RemoteClient } from './remote-client.ts'

/** An etcd of Debian, to compare with. It ends with the test. */

type Context = Pick<TestContext, 'after' | 'diagnostic'>

/** Null after it was said in the test's output why there is none. */
export async function startRealEtcd(context: Context): Promise<RemoteClient | null> {
  if (spawnSync('etcd', ['--version']).error !== undefined) {
    context.diagnostic('NOT RUN: etcd (Debian package etcd-server) is not installed')
    return null
  }
  const [clientPort = 0, peerPort = 0] = await freePorts(2)
  const directory = await mkdtemp(path.join(tmpdir(), 'quorate-etcd-'))
  const url = `http://${HOST}:${clientPort}`
  const flags = options(directory, url, `http://${HOST}:${peerPort}`)
  const member = new Member({ name: 'etcd', url, command: ['etcd'], flags })
  context.after(async () => {
    await member.kill()
    await rm(directory, { recursive: true, force: true })
  })
  member.start()
  await member.ready()
  return new RemoteClient(context, { host: HOST, port: clientPort })
}

function options(directory: string, client: string, peer: string): string[] {
  const words = {
    name: 'real',
    'data-dir': directory,
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `real=${peer}`,
  }
  return Object.entries(words).map(([name, value]) => `--${name}=${value}`)
}
