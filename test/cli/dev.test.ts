import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePorts } from '../cluster/index.ts'
import { gone, isAlive } from '../processes/program.ts'
import { jsonLines, Quorate, Running } from './quorate.ts'

const MAIN = path.join(import.meta.dirname, '../../src/main.ts')
const LIMIT = { timeout: 120_000 }
const STARTS_MAX = 20
/** Far longer than anything that a test waits for. */
const WAIT_MS_MAX = 30_000
const SCRIPT = 'script'
/** util-linux: a pseudo-terminal for any program. */
const hasScript = spawnSync(SCRIPT, ['--version']).status === 0

async function ports(): Promise<readonly string[]> {
  const [client = 0, peer = 0] = await freePorts(2, 3)
  return ['--client-port', `${client}`, '--peer-port', `${peer}`]
}

interface Started {
  readonly running: Running
  readonly quorate: Quorate
  readonly directory: string
}

async function startDev(t: TestContext, words: readonly string[]): Promise<Started> {
  const { begun: running, port } = await onFreePorts((place) => {
    const begun = new Running(['dev', ...place, ...words], {})
    t.after(() => begun.child.kill('SIGKILL'))
    return begun
  }, /^ {2}quorate bench|"kind":"ready"/m)
  const directory = /data in (.*)$/m.exec(running.out)?.[1] ?? ''
  const urls = [0, 1, 2].map((at) => `http://127.0.0.1:${port + at}`)
  return { running, quorate: new Quorate(() => urls), directory }
}

interface Begun {
  /** What it has printed. */
  readonly out: string
  readonly until: (pattern: RegExp) => Promise<unknown>
  readonly end: () => Promise<unknown>
}

/** Ports in a row that nobody has; somebody may take one at any time, and then others are tried. */
async function onFreePorts<One extends Begun>(
  begin: (words: readonly string[]) => One,
  isReady: RegExp,
): Promise<{ readonly begun: One; readonly port: number }> {
  for (let tries = 0; tries < STARTS_MAX; tries++) {
    const words = await ports()
    const begun = begin(words)
    await begun.until(new RegExp(`${isReady.source}|is taken|too close`, 'm'))
    if (isReady.test(begun.out)) return { begun, port: Number(words[1]) }
    await begun.end()
  }
  throw new assert.AssertionError({ message: 'there were free ports in a row' })
}

test('a cluster tells in plain lines how to use it, and leaves nothing', LIMIT, async (t) => {
  const { running, quorate, directory } = await startDev(t, [])
  assert.match(running.out, /^Quorate: 3 nodes with the engine bitcask, data in /)
  assert.match(running.out, /^ {2}quorate put greeting hello --endpoints 127\.0\.0\.1:\d+,/m)
  assert.ok(existsSync(directory))
  assert.equal((await quorate.run(['put', 'a', 'b'])).status, 0)
  await running.until(/node [123] leads in term \d/)
  running.child.kill('SIGINT')
  const { status, out, err } = await running.end()
  assert.deepEqual([status, err], [0, ''])
  assert.match(out, /\nStops\.\n$/)
  assert.ok(!out.includes('\u001b'), 'no colours, no cursor')
  assert.ok(!existsSync(directory), 'the directory is gone')
})

test('ports that are taken are named, with what to do', LIMIT, async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const [client = 0] = await freePorts(1)
  const asked = ['--client-port', `${client}`, '--peer-port', `${address.port}`]
  const words = ['dev', '--nodes', '1', ...asked]
  const { status, err } = await new Running(words, {}).end()
  assert.equal(status, 1)
  const taken = `port ${address.port} is taken, which node 1 needs for other nodes`
  assert.ok(err.includes(taken), err)
  const elsewhere = `begin elsewhere, for instance with --client-port ${client + 100}`
  assert.ok(err.includes(elsewhere), err)
  assert.doesNotMatch(err, /usage/)
  const data = path.join(tmpdir(), 'quorate-cli-dev-never-made')
  const byNpm = await new Running(['start', '--nodes', '1', '--data', data, ...asked], {
    environment: { npm_lifecycle_event: 'start' },
  }).end()
  assert.ok(byNpm.err.includes(`for instance with npm start -- --client-port`), byNpm.err)
})

test('a directory that is named is kept, and goes on the next time', LIMIT, async (t) => {
  const data = mkdtempSync(path.join(tmpdir(), 'quorate-cli-dev-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const words = ['--nodes', '1', '--profile', 'fast', '--data', data]
  const first = await startDev(t, words)
  assert.equal((await first.quorate.run(['put', 'a', 'kept'])).status, 0)
  first.running.child.kill('SIGTERM')
  assert.equal((await first.running.end()).status, 0)
  assert.ok(readdirSync(data).includes('node-1'))
  const second = await startDev(t, [...words, '--json'])
  assert.equal((await second.quorate.run(['get', 'a'])).out, 'kept')
  second.running.child.kill('SIGTERM')
  const told = jsonLines((await second.running.end()).out) as readonly Record<string, unknown>[]
  assert.deepEqual([told[0]?.['kind'], told[1]?.['kind']], ['starting', 'ready'])
  assert.equal(told[1]?.['directory'], data)
  assert.equal(told.at(-1)?.['kind'], 'stopping')
  const fresh = await startDev(t, [...words, '--fresh'])
  assert.equal((await fresh.quorate.run(['get', 'a'])).status, 3)
  fresh.running.child.kill('SIGTERM')
  await fresh.running.end()
})

/** A program on a terminal of its own, which is 100 columns wide. */
class Terminal {
  readonly #child: ReturnType<typeof spawn>
  readonly #closed: Promise<unknown>
  #seen = ''
  #heard: () => void = () => {}

  constructor(t: TestContext, words: readonly string[]) {
    const command = `stty cols 100 rows 30; exec ${[process.execPath, MAIN, ...words].join(' ')}`
    this.#child = spawn(SCRIPT, ['-qefc', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' },
    })
    this.#closed = once(this.#child, 'close')
    this.#child.stdout?.on('data', (piece: Buffer) => {
      this.#seen += piece.toString()
      this.#heard()
    })
    // By force, so that nothing that `script` waits for keeps these tests from ending. What runs on
    // the terminal hears that it is gone, and ends in order.
    t.after(() => this.close())
  }

  /** Of what runs on the terminal, which `script` has started. */
  programPid(): number {
    const { pid } = this.#child
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0])
  }

  /** As when somebody closes the window. */
  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  get out(): string {
    return this.#seen
  }

  get seen(): string {
    return this.#seen
  }

  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const found = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (pattern.test(this.#seen)) resolve()
      }
      this.#heard()
    })
    const late = once(AbortSignal.timeout(WAIT_MS_MAX), 'abort')
    await Promise.race([found, this.#closed, late])
    const match = pattern.exec(this.#seen)
    assert.ok(match !== null, `${pattern} was not seen in:\n${this.#seen.slice(-3000)}`)
    return match
  }

  /** What was seen before is forgotten: what comes next is the answer. */
  press(keys: string): void {
    this.#seen = ''
    this.#child.stdin?.write(keys)
  }

  async end(): Promise<number | null> {
    const late = once(AbortSignal.timeout(WAIT_MS_MAX), 'abort')
    await Promise.race([this.#closed, late])
    assert.notEqual(this.#child.exitCode, null, `it has not ended:\n${this.#seen.slice(-3000)}`)
    return this.#child.exitCode
  }
}

async function showDev(t: TestContext, words: readonly string[]): Promise<Terminal> {
  const begin = (place: readonly string[]) => new Terminal(t, ['dev', ...words, ...place])
  return (await onFreePorts(begin, /\[\?1049h/)).begun
}

if (hasScript) {
  test('on a terminal there is a live view, and keys kill and start nodes', LIMIT, async (t) => {
    const terminal = await showDev(t, [])
    const leads = await terminal.until(/node ([123]) leads in term \d/)
    await terminal.until(/3 of 3 nodes, bitcask/)
    assert.ok(terminal.seen.includes('\u001b[?1049h\u001b[?25l'), 'the other screen, no cursor')
    const [, leader = ''] = leads
    terminal.press('k')
    await terminal.until(/kill which node\? 1, 2, 3/)
    terminal.press(leader)
    await terminal.until(new RegExp(`node ${leader} has ended: killed by SIGKILL`))
    await terminal.until(/2 of 3 nodes/)
    await terminal.until(/node [123] leads in term \d/)
    terminal.press('r')
    await terminal.until(new RegExp(`node ${leader} is ready`))
    await terminal.until(/3 of 3 nodes/)
    terminal.press('q')
    assert.equal(await terminal.end(), 0)
    assert.ok(terminal.seen.includes('\u001b[?25h\u001b[?1049l'), 'the terminal is given back')
  })

  test('a terminal that is closed ends it in order', LIMIT, async (t) => {
    const terminal = await showDev(t, ['--nodes', '1'])
    await terminal.until(/1 of 1 nodes/)
    const [, directory = ''] = await terminal.until(/(\/\S+quorate-dev-\w+)/)
    const pid = terminal.programPid()
    assert.ok(isAlive(pid) && existsSync(directory))
    await terminal.close()
    await gone(pid)
    assert.ok(!existsSync(directory), `${directory} is removed, as after any other end`)
  })

  test('Ctrl-C ends the live view, too', LIMIT, async (t) => {
    const terminal = await showDev(t, ['--nodes', '1'])
    await terminal.until(/1 of 1 nodes/)
    terminal.press('\u0003')
    assert.equal(await terminal.end(), 0)
  })

  test(
    'what is for people has colours on a terminal, unless they are refused',
    LIMIT,
    async (t) => {
      const { running, quorate } = await startDev(t, ['--nodes', '1'])
      const { environment } = quorate
      await quorate.run(['put', 'a', 'value'])
      const words = ['list', '--endpoints', environment['QUORATE_ENDPOINTS'] ?? '']
      const colored = new Terminal(t, words)
      assert.equal(await colored.end(), 0)
      const [bold, usual] = ['\u001b[1m', '\u001b[22m']
      const title = `${bold}KEY${usual}  ${bold}VALUE${usual}`
      assert.equal(colored.seen, `${title}\r\na    value\r\n`)
      const plain = new Terminal(t, [...words, '--color', 'never'])
      await plain.end()
      assert.equal(plain.seen, 'KEY  VALUE\r\na    value\r\n')
      running.child.kill('SIGTERM')
      await running.end()
    },
  )
}
