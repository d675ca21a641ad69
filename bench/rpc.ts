/**
 * How fast gRPC is spoken here (`npm run bench:rpc`): unary echo servers of `src/rpc`, `node:http2`
 * and `@grpc/grpc-js`, each in a process of its own, under the same `h2load`; then our own client
 * against our own server; then what an idle connection costs. The servers take turns, round by
 * round, because a shared machine changes from second to second.
 */

import { type ChildProcess, execFile, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})
const ROUNDS = Number(options.rounds)
const SECONDS = Number(options.seconds)
const KINDS = ['own', 'node:http2', 'grpc-js'] as const
type Kind = (typeof KINDS)[number]
const LOADS = [
  { connections: 10, inFlight: 100 },
  { connections: 100, inFlight: 10 },
  { connections: 1, inFlight: 1 },
  { connections: 1000, inFlight: 1 },
]
const PATH = '/quorate.echo.v1.Echo/Unary'
/** 16 bytes behind their prefix. */
const MESSAGE = Uint8Array.from([0, 0, 0, 0, 16, ...new Uint8Array(16)])
const IDLE_CONNECTIONS = 1000

interface Row {
  readonly load: string
  readonly perSecond: Record<Kind, number>
  readonly rounds: Record<Kind, number[]>
}

function say(text: string): void {
  if (!options.json) process.stdout.write(`${text}\n`)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[sorted.length >> 1] as number
}

interface Server {
  readonly port: number
  readonly child: ChildProcess
}

async function startServer(kind: Kind): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./rpc-server.ts', import.meta.url)), [kind])
  const { port } = await answer<{ port: number }>(child)
  return { port, child }
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`a process of the bench ended with ${code}`)))
  })
}

async function h2load(
  port: number,
  { connections, inFlight }: (typeof LOADS)[number],
  file: string,
): Promise<number> {
  const { stdout } = await promisify(execFile)('h2load', [
    `-c${connections}`,
    `-m${inFlight}`,
    `-D${SECONDS}`,
    '--warm-up-time=1',
    `--data=${file}`,
    '-Hcontent-type: application/grpc',
    '-Hte: trailers',
    `http://127.0.0.1:${port}${PATH}`,
  ])
  const rate = /finished in .*, ([\d.]+) req\/s/.exec(stdout)?.[1]
  const trouble = /(\d+) failed, (\d+) errored, (\d+) timeout/.exec(stdout)
  if (rate === undefined || trouble === null || trouble.slice(1).some((count) => count !== '0')) {
    throw new Error(`h2load was not answered well:\n${stdout}`)
  }
  return Number(rate)
}

async function compare(servers: Record<Kind, Server>, file: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const load of LOADS) {
    const name = `${load.connections} x ${load.inFlight}`
    const rounds: Record<Kind, number[]> = { own: [], 'node:http2': [], 'grpc-js': [] }
    for (let round = 1; round <= ROUNDS; round++) {
      for (const kind of KINDS) {
        const rate = await h2load(servers[kind].port, load, file)
        rounds[kind].push(rate)
        say(`${name}, round ${round}: ${kind} ${rate.toFixed(0)}/s`)
      }
    }
    const perSecond = { own: 0, 'node:http2': 0, 'grpc-js': 0 }
    for (const kind of KINDS) perSecond[kind] = median(rounds[kind])
    rows.push({ load: name, perSecond, rounds })
  }
  return rows
}

interface ClientFigures {
  readonly perSecond: number
  readonly failed: number
  readonly cpuUsPerCall: number
}

async function ownClient(port: number, connections: number, inFlight: number) {
  const rates: ClientFigures[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const script = fileURLToPath(new URL('./rpc-client.ts', import.meta.url))
    const child = fork(script, [port, connections, inFlight, SECONDS].map(String))
    rates.push(await answer<ClientFigures>(child))
    child.disconnect()
  }
  const middle = median(rates.map(({ perSecond }) => perSecond))
  return rates.find(({ perSecond }) => perSecond === middle) as ClientFigures
}

/** Resident bytes of a fresh server for each connection that has answered once and is at rest. */
async function idleBytes(): Promise<number> {
  const { port, child } = await startServer('own')
  const rss = async (): Promise<number> => {
    child.send('figures')
    return (await answer<{ rssBytes: number }>(child)).rssBytes
  }
  const open = (): Promise<net.Socket> =>
    new Promise((resolve) => {
      const socket = net.connect({ host: '127.0.0.1', port }, () => {
        socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
        socket.write(Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0))
        socket.write(Uint8Array.of(0, 0, 0, 4, 1, 0, 0, 0, 0))
      })
      // Settings and their acknowledgement have come: the connection stands.
      socket.once('data', () => resolve(socket))
    })
  // The first ones bring code and pools into memory that all share.
  const sockets = await Promise.all(Array.from({ length: 100 }, open))
  const before = await rss()
  for (let i = 0; i < IDLE_CONNECTIONS; i += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, open))))
  }
  const after = await rss()
  for (const socket of sockets) socket.destroy()
  child.disconnect()
  return (after - before) / IDLE_CONNECTIONS
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ load, perSecond }) => {
    const cells = KINDS.map((kind) => perSecond[kind].toFixed(0).padStart(11))
    const ratio = (kind: Kind): string => (perSecond.own / perSecond[kind]).toFixed(1).padStart(7)
    return `${load.padEnd(10)}${cells.join('')}${ratio('node:http2')}${ratio('grpc-js')}`
  })
  const head = KINDS.map((kind) => kind.padStart(11)).join('')
  return [`${'load'.padEnd(10)}${head}  x http2  x grpc-js`, ...lines].join('\n')
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-bench-rpc-'))
  const file = join(directory, 'message')
  writeFileSync(file, MESSAGE)
  const servers = {} as Record<Kind, Server>
  try {
    say(`${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}`)
    for (const kind of KINDS) servers[kind] = await startServer(kind)
    const rows = await compare(servers, file)
    const client = await ownClient(servers.own.port, 10, 100)
    const idle = await idleBytes()
    say(`\nmedians of ${ROUNDS} rounds of ${SECONDS} s, unary echo of 16 bytes\n${table(rows)}`)
    say(
      `own client, 10 x 100: ${client.perSecond.toFixed(0)} calls/s, ` +
        `${client.cpuUsPerCall.toFixed(1)} us of CPU each, ${client.failed} failed`,
    )
    say(`an idle connection, of ${IDLE_CONNECTIONS}: ${(idle / 1024).toFixed(1)} KiB`)
    const result = { node: process.version, cpu: cpus()[0]?.model, rows, client, idleBytes: idle }
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    if (options.out !== undefined)
      writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    for (const { child } of Object.values(servers)) child.disconnect()
    rmSync(directory, { recursive: true, force: true })
  }
}

main().catch((error: NodeJS.ErrnoException) => {
  const missing = error.code === 'ENOENT' && error.message.includes('h2load')
  const text = missing
    ? 'h2load is not installed; it is in the package nghttp2-client'
    : error.stack
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
})
