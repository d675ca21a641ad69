import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'

const MAIN = join(import.meta.dirname, 'main.ts')
const LIMIT = { timeout: 60_000 }

/** A directory that is the whole world of one test: what is left in it was left behind. */
function makeWorld(t: TestContext): { world: string; environment: NodeJS.ProcessEnv } {
  const world = mkdtempSync(join(tmpdir(), 'quorate-main-'))
  t.after(() => rmSync(world, { recursive: true, force: true }))
  return { world, environment: { ...process.env, TMPDIR: world } }
}

class Session {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: NodeJS.AsyncIterator<string>
  readonly ended: Promise<unknown[]>
  errors = ''

  constructor(t: TestContext, words: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [MAIN, ...words], { env: environment })
    this.ended = once(this.#child, 'exit')
    this.#child.stderr.on('data', (data) => {
      this.errors += data
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    t.after(() => this.#child.kill('SIGKILL'))
  }

  /** Reads on to a line that matches. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      assert.ok(done !== true, `ended before ${pattern}: ${this.errors}`)
      if (pattern.test(value)) return value
    }
  }

  async say(text: string, answer: RegExp): Promise<string> {
    this.#child.stdin.write(`${text}\n`)
    return this.until(answer)
  }

  /** Nodes are asked in turn; one that has just started may not know the leader yet. */
  async read(key: string, value: string, times: number): Promise<void> {
    for (let good = 0, tries = 0; good < times; tries++) {
      const answer = await this.say(`get ${key}`, /./)
      if (answer.startsWith(`${value} `)) good += 1
      else assert.match(answer, tries < 1000 ? /^refused: / : /^nothing else/)
    }
  }

  async quit(): Promise<void> {
    this.#child.stdin.write('quit\n')
    assert.deepEqual(await this.ended, [0, null])
  }
}

function runToEnd(words: readonly string[], environment: NodeJS.ProcessEnv) {
  const options = { env: environment, encoding: 'utf8', input: 'quit\n', timeout: 30_000 } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], options)
  assert.doesNotMatch(stderr, /\n {4}at /, 'no stack trace')
  return { status, stdout, stderr }
}

test(
  'a killed node misses nothing once it is started again, and nothing is left',
  LIMIT,
  async (t) => {
    const { world, environment } = makeWorld(t)
    const session = new Session(t, [], environment)
    await session.until(/Node \d leads/)
    await session.say('put a 1', /^ok, /)
    await session.say('kill 1', /node 1 is gone/)
    await session.say('put a 2', /^ok, /)
    await session.say('start 1', /node 1 is back/)
    await session.read('a', '2', 3)
    await session.quit()
    assert.equal(session.errors, '')
    assert.deepEqual(readdirSync(world), [])
  },
)

test('wrong usage ends with the usage and status 2, and makes nothing', (t) => {
  const { world, environment } = makeWorld(t)
  for (const words of [
    ['--bogus'],
    ['--nodes', '-3'],
    ['--nodes=-3'],
    ['--nodes', '8'],
    ['--nodes', 'x'],
    ['--data', ''],
    ['surplus'],
  ]) {
    const { status, stderr } = runToEnd(words, environment)
    assert.equal(status, 2, words.join(' '))
    assert.match(stderr, /^quorate: .*\n(.*\n)*usage: npm start/)
  }
  assert.deepEqual(readdirSync(world), [])
})

test('a directory in use is refused with what to do', LIMIT, async (t) => {
  const { world, environment } = makeWorld(t)
  const words = ['--data', join(world, 'data')]
  const session = new Session(t, words, environment)
  await session.until(/Node \d leads/)
  const { status, stderr } = runToEnd(words, environment)
  assert.equal(status, 1)
  assert.match(stderr, /node-1 is in use by another process/)
  assert.match(stderr, /stop that one first/)
  await session.quit()
})

test(
  'what was kept is there again, and a log that is gone is never begun anew',
  LIMIT,
  async (t) => {
    const { world, environment } = makeWorld(t)
    const data = join(world, 'data')
    const words = ['--data', data]
    const first = new Session(t, words, environment)
    await first.until(/Node \d leads/)
    await first.say('put a 1', /^ok, /)
    await first.quit()

    const second = new Session(t, words, environment)
    await second.until(/Node \d leads/)
    await second.read('a', '1', 1)
    await second.say('kill 2', /node 2 is gone/)
    rmSync(join(data, 'node-2'), { recursive: true })
    await second.say('start 2', /^LOG_MISSING: there is no log in /)
    await second.quit()

    const without = runToEnd(words, environment)
    assert.equal(without.status, 2)
    assert.match(without.stderr, /holds the logs of the nodes 1, 3, not of 1, 2, 3/)
    mkdirSync(join(data, 'node-2'))
    for (const id of [1, 2, 3]) {
      const node = join(data, `node-${id}`)
      for (const name of readdirSync(node)) rmSync(join(node, name), { recursive: true })
    }
    const emptied = runToEnd(words, environment)
    assert.equal(emptied.status, 1)
    assert.match(emptied.stderr, /there is no log in .*node-1/)
    const more = runToEnd([...words, '--nodes', '5'], environment)
    assert.equal(more.status, 2)
    assert.ok(!existsSync(join(data, 'node-4')))
  },
)

test('a start that fails leaves no temporary directory', (t) => {
  const { world, environment } = makeWorld(t)
  // No file may become larger than 8 blocks, so that no log finds room.
  const limited = ['-c', 'ulimit -f 8 && exec "$0" "$@"', process.execPath, MAIN]
  const options = { env: environment, encoding: 'utf8', input: 'quit\n', timeout: 30_000 } as const
  const { status, stderr } = spawnSync('sh', limited, options)
  assert.equal(status, 1, stderr)
  assert.match(stderr, /quorate: the log in .*node-1 could not be opened: .*EFBIG/)
  assert.doesNotMatch(stderr, /\n {4}at /)
  assert.deepEqual(readdirSync(world), [])
})
