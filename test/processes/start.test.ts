import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePorts } from '../cluster/index.ts'
import { gone, isAlive, MAIN, Program, temporaryDirectory } from './program.ts'

const LIMIT = { timeout: 120_000 }
const STARTS_MAX = 20
/** Far more than an election takes. */
const ASK_MS_MAX = 30_000

interface Started {
  readonly program: Program
  readonly clientPort: number
  /** As words of a command. */
  readonly ports: readonly string[]
}

/** For as many nodes as are usual. */
async function portsInARow(): Promise<Omit<Started, 'program'>> {
  const [clientPort = 0, peerPort = 0] = await freePorts(2, 3)
  return { clientPort, ports: ['--client-port', `${clientPort}`, '--peer-port', `${peerPort}`] }
}

/** Ports in a row that nobody has; somebody may take one at any time, and then others are tried. */
async function start(t: TestContext, data: string, words: readonly string[]): Promise<Started> {
  for (let tries = 0; tries < STARTS_MAX; tries++) {
    const { clientPort, ports } = await portsInARow()
    const program = new Program(t, [
      process.execPath,
      MAIN,
      'start',
      '--data',
      data,
      ...ports,
      ...words,
    ])
    const [told] = await program.until(/^Ready after|is taken|too close/m)
    if (told === 'Ready after') return { program, clientPort, ports }
    await program.end()
  }
  throw new assert.AssertionError({ message: 'there were free ports in a row' })
}

function pidsOf(data: string): readonly number[] {
  return readdirSync(data)
    .filter((name) => name.endsWith('.log'))
    .map((name) => Number(/"pid":(\d+)/.exec(readFileSync(path.join(data, name), 'utf8'))?.[1]))
}

/** Again as long as it fails: on a busy machine a leader may fall by itself. */
async function ask(port: number, method: string, body: object): Promise<unknown> {
  const options = { method: 'POST', body: JSON.stringify(body) }
  const untilMs = performance.now() + ASK_MS_MAX
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v3/${method}`, options)
    const told: unknown = await answer.json()
    if (answer.ok) return told
    assert.ok(performance.now() < untilMs, JSON.stringify(told))
  }
}

const PUT = { key: 'YQ==', value: 'MQ==' }

test('three nodes start, tell how to talk to them, and stop on Ctrl-C', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const { program, clientPort } = await start(t, data, [])
  await program.until(/node [123] leads/)
  assert.match(program.output, new RegExp(`etcdctl --endpoints 127.0.0.1:${clientPort},`))
  assert.match(program.output, /curl -X PUT http/)
  await ask(clientPort, 'kv/put', PUT)
  const found = await ask(clientPort + 2, 'kv/range', { key: PUT.key })
  assert.match(JSON.stringify(found), /"value":"MQ=="/)
  const pids = pidsOf(data)
  assert.equal(pids.length, 3)
  // A shell that starts it in the background, and npm, keep SIGINT from it.
  assert.match(program.output, new RegExp(`from elsewhere: kill ${program.child.pid}\n`))
  assert.equal(await program.stop('SIGINT'), 0)
  assert.deepEqual(pids.filter(isAlive), [])
  for (const name of ['node-1', 'node-2', 'node-3']) {
    assert.match(readFileSync(path.join(data, `${name}.log`), 'utf8'), /"msg":"stopped"/)
  }
})

test('what was kept is there the next time, unless it is to be forgotten', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const one = ['--nodes', '1']
  const first = await start(t, data, one)
  await ask(first.clientPort, 'kv/put', PUT)
  assert.equal(await first.program.stop(), 0)

  const second = await start(t, data, one)
  const kept = await ask(second.clientPort, 'kv/range', { key: PUT.key })
  assert.match(JSON.stringify(kept), /"value":"MQ=="/)
  await second.program.stop()

  const { ports: unused } = await portsInARow()
  const more = new Program(t, [process.execPath, MAIN, 'start', '--data', data, ...unused])
  assert.equal(await more.end(), 1)
  assert.match(more.printed, /holds a cluster of 1 nodes .*--nodes 1 --engine bitcask.*--fresh/)

  const third = await start(t, data, [...one, '--fresh', '--engine', 'memory'])
  const gone = await ask(third.clientPort, 'kv/range', { key: PUT.key })
  assert.doesNotMatch(JSON.stringify(gone), /kvs/)
  const beside = new Program(t, [process.execPath, MAIN, 'start', '--data', data, ...unused])
  assert.equal(await beside.end(), 1)
  const { pid } = third.program.child
  assert.match(
    beside.printed,
    new RegExp(`a cluster runs in \\S+ already \\(process ${pid}\\): stop`),
  )
  const same = [process.execPath, MAIN, 'start', '--data', data, ...one, ...third.ports]
  const again = new Program(t, same)
  assert.equal(await again.end(), 1)
  assert.match(again.printed, /a cluster runs in/)
  assert.doesNotMatch(again.printed, /is taken/)
  await third.program.stop()
})

test('nothing is removed that is not of a cluster', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  mkdirSync(path.join(data, 'node-1'), { recursive: true })
  writeFileSync(path.join(data, 'thesis.txt'), 'years of work')
  const { ports } = await portsInARow()
  const words = ['start', '--fresh', '--data', data, ...ports]
  const program = new Program(t, [process.execPath, MAIN, ...words])
  assert.equal(await program.end(), 1)
  assert.match(program.printed, /holds thesis\.txt, .* nothing was removed/)
  assert.ok(existsSync(path.join(data, 'thesis.txt')) && existsSync(path.join(data, 'node-1')))
})

test('a port that is taken is named, with what to do, and nothing is written', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const { clientPort } = await portsInARow()
  const ports = ['--client-port', `${clientPort}`, '--peer-port', `${address.port}`]
  const program = new Program(t, [process.execPath, MAIN, 'start', '--data', data, ...ports])
  assert.equal(await program.end(), 1)
  assert.match(
    program.printed,
    new RegExp(`port ${address.port} is taken, which node 1 needs for other nodes`),
  )
  const elsewhere = `begin elsewhere, for instance with --client-port ${clientPort + 100}`
  assert.ok(program.printed.includes(elsewhere), program.printed)
  assert.ok(!existsSync(data))
})

test('a node that dies is told of and can be brought back as it says', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const { program, clientPort } = await start(t, data, [])
  const [, pid = 0] = pidsOf(data)
  await program.until(new RegExp(`node 2 {2}process ${pid} {2}clients http`))
  process.kill(pid, 'SIGKILL')
  await program.until(new RegExp(`Node 2 \\(process ${pid}\\) has ended: killed by SIGKILL`))
  assert.match(program.printed, /The 2 others go on without it\./)
  const [, command = ''] = await program.until(/It comes back, in another terminal, with: (.+)\n/)
  assert.doesNotMatch(program.printed, /"level"/, 'nothing of what went well')
  const answer = await ask(clientPort, 'kv/put', PUT)
  assert.match(JSON.stringify(answer), /revision/)
  const back = new Program(t, ['sh', '-c', `exec ${command}`])
  await back.until(/ready to serve client requests/)
  const found = await ask(clientPort + 1, 'kv/range', { key: PUT.key })
  assert.match(JSON.stringify(found), /"value":"MQ=="/)
  await program.until(/Node 2 is back, in a process of its own: 3 of 3 nodes run\./)
  assert.equal(await back.stop(), 0)
  await program.until(/Node 2, which was brought back, has ended: 2 of 3 nodes run\./)
  assert.equal(await program.stop(), 0)
})

test('a node that cannot start is told of with the end of its log', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const { program, ports } = await start(t, data, ['--nodes', '1'])
  await program.stop()
  rmSync(path.join(data, 'node-1/log'), { recursive: true })
  const words = ['start', '--nodes', '1', '--data', data, ...ports]
  const again = new Program(t, [process.execPath, MAIN, ...words])
  assert.equal(await again.end(), 1)
  assert.match(again.printed, /node 1 did not get ready \(status 1\)/)
  assert.match(again.printed, /there is no log in .*node-1\/log/)
  assert.doesNotMatch(again.printed, /"level"/, 'it is told once, in words for people')
})

test('no node is left when whoever started them is killed', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const { program } = await start(t, data, ['--nodes', '1'])
  const [pid = 0] = pidsOf(data)
  assert.ok(isAlive(pid))
  await program.kill()
  await gone(pid)
  const log = readFileSync(path.join(data, 'node-1.log'), 'utf8')
  assert.match(log, /whoever started this node is gone/)
  assert.match(log, /"msg":"stopped"/)
})

test('whoever reads the output may stop reading', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  const { program, clientPort } = await start(t, data, ['--nodes', '1'])
  program.child.stdout?.destroy()
  await ask(clientPort, 'kv/put', PUT)
  // It says that it stops, to nobody.
  assert.equal(await program.stop(), 0)
})

test('wrong usage ends with the usage and status 2, and makes nothing', LIMIT, async (t) => {
  const cwd = temporaryDirectory(t)
  for (const [words, reason] of [
    [['--nodes', '10'], /--nodes takes a number from 1 to 9/],
    [['--nodes=-3'], /--nodes takes/],
    [['--engine', 'rocksdb'], /--engine takes bitcask, memory, lmdb/],
    [['--fersh'], /there is no option --fersh; --fresh is meant\?/],
    [['--data', ''], /--data takes a directory/],
    [['--client-port', '9000'], /too close/],
    [['surplus'], /surplus/],
  ] as const) {
    const program = new Program(t, [process.execPath, MAIN, 'start', ...words], { cwd })
    assert.equal(await program.end(), 2, words.join(' '))
    assert.match(program.printed, reason)
    assert.match(program.printed, /usage: quorate start/)
    assert.doesNotMatch(program.printed, /\n {4}at /, 'no stack trace')
  }
  assert.deepEqual(readdirSync(cwd), [])
})
