import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { Address } from '../../../io/index.ts'
import { etcd } from '../../../wire/index.ts'
import { HOST, RemoteClient, until } from './remote-client.ts'

/** An etcd of Debian, to compare with. It ends with the test. */

type Context = Pick<TestContext, 'after' | 'diagnostic'>

/** Null after it was said in the test's output why there is none. */
export async function startRealEtcd(context: Context): Promise<RemoteClient | null> {
  if (spawnSync('etcd', ['--version']).error !== undefined) {
    context.diagnostic('NOT RUN: etcd (Debian package etcd-server) is not installed')
    return null
  }
  const [client, peer] = [await freePort(), await freePort()]
  const directory = await mkdtemp(path.join(tmpdir(), 'quorate-etcd-'))
  const child = spawn('etcd', options(directory, client.port, peer.port), { stdio: 'ignore' })
  context.after(() => stop(child, directory))
  const remote = new RemoteClient(context, client)
  await untilServing(remote)
  return remote
}

function options(directory: string, clientPort: number, peerPort: number): string[] {
  const [client, peer] = [`http://${HOST}:${clientPort}`, `http://${HOST}:${peerPort}`]
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

async function freePort(): Promise<Address> {
  const server = net.createServer().listen(0, HOST)
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return { host: HOST, port }
}

async function untilServing(remote: RemoteClient): Promise<void> {
  const { status } = etcd.Maintenance.methods
  let isServing = false
  const ask = async (): Promise<void> => {
    const answers = await remote.ask(status, {})
    isServing = answers.outcome === 'OK' && answers.message.leader !== 0n
    if (!isServing) await ask()
  }
  void ask()
  await until(() => isServing)
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve))
  if (child.exitCode === null && child.kill('SIGKILL')) await exited
  await rm(directory, { recursive: true, force: true })
}
