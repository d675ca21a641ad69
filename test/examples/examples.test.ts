/**
 * The programs of `examples` on one cluster within this test: each as a user starts it, and what it
 * promises beyond what it prints.
 */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import '../../examples/from-source.ts'
import type { Client } from '../../src/client/index.ts'
import { type LocalCluster, startCluster } from '../../src/main/embed/index.ts'
import { freePorts } from '../cluster/index.ts'

const { JobQueue } = await import('../../examples/job-queue/index.ts')
const { LiveConfig } = await import('../../examples/config-watch/index.ts')
const { Ledger, putUnderLock } = await import('../../examples/lock-with-fencing/index.ts')
const { RateLimiter } = await import('../../examples/rate-limiter/index.ts')
const { follow, register } = await import('../../examples/service-discovery/index.ts')
const { whileLeading } = await import('../../examples/leader-election/index.ts')

const ROOT = path.join(import.meta.dirname, '..', '..')
const FOLDER = path.join(ROOT, 'examples')
const FROM_SOURCE = path.join(FOLDER, 'from-source.ts')

const PRINTS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'service-discovery': [
    'search is served by 10.0.0.1:7000 and 10.0.0.2:7000',
    'search is served by 10.0.0.2:7000',
    'search is served by nobody',
  ],
  'config-watch': ['currency is "EUR"', 'currency is now "CHF"'],
  'leader-election': [
    /^(anna|bert|cleo) works; the leader is \1, in term \d+$/,
    /^(anna|bert|cleo) works; the leader is \1, in term \d+$/,
    /^(anna|bert|cleo) works; the leader is \1, in term \d+$/,
  ],
  'lock-with-fencing': [
    'the first holder has a fence',
    'the second one has a higher one',
    'the ledger refuses the first holder',
    'the database refuses its write',
  ],
  'rate-limiter': [
    'call 1 is allowed',
    'call 2 is allowed',
    'call 3 is allowed',
    'call 4 is refused',
    'call 5 is refused',
  ],
  'job-queue': [
    'sent a mail to anna',
    'sent a mail to bert',
    'sent a mail to cleo',
    'sent a mail to dora',
    '0 jobs are left',
  ],
}

interface Outcome {
  readonly code: number
  readonly output: string
}

function run(words: readonly string[], variables: Record<string, string>): Promise<Outcome> {
  // The runner marks the processes it starts; these are no part of it.
  const { NODE_TEST_CONTEXT: _, ...env } = { ...process.env, ...variables }
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: ROOT, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1)
      resolve({ code, output: stdout + stderr })
    })
  })
}

describe('examples', () => {
  let cluster: LocalCluster
  let db: Client

  before(async () => {
    cluster = await startCluster()
    db = await cluster.connect()
  })
  after(async () => {
    await cluster.stop()
  })

  it('are all tried here', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((one) => one.isDirectory())
    const names = folders.map(({ name }) => name)
    assert.deepEqual(names, [...Object.keys(PRINTS), 'testing', 'testing-vitest'].sort())
  })

  for (const [name, prints] of Object.entries(PRINTS)) {
    it(`${name} does what it says`, async () => {
      const QUORATE_ENDPOINTS = cluster.endpoints.join(',')
      const program = path.join(FOLDER, name, 'index.ts')
      const { code, output } = await run(['--import', FROM_SOURCE, program], { QUORATE_ENDPOINTS })
      assert.equal(code, 0, output)
      const lines = output.trimEnd().split('\n')
      assert.equal(lines.length, prints.length, output)
      for (const [at, print] of prints.entries()) {
        if (typeof print === 'string') assert.equal(lines[at], print)
        else assert.match(lines[at] ?? '', print)
      }
    })
  }

  it('testing runs in a checkout as it says', async () => {
    const text = readFileSync(path.join(FOLDER, 'testing', 'README.md'), 'utf8')
    const [, file = ''] = /^ {4}npm run example (\S+)$/m.exec(text) ?? []
    const { code, output } = await run([path.join(ROOT, 'scripts', 'example.ts'), file], {})
    assert.equal(code, 0, output)
    assert.match(output, /pass 3\n/)
  })

  it('hello of the README tells at the top who does not answer, and what to do', async (t) => {
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
    const [, text = ''] = /`npm run example hello\.ts`:\n\n```ts\n(.*?)```/s.exec(readme) ?? []
    const [port = 0] = await freePorts(1)
    const directory = mkdtempSync(path.join(tmpdir(), 'quorate-hello-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const program = path.join(directory, 'hello.ts')
    writeFileSync(program, text.replace('8081', `${port}`))
    const { code, output } = await run([path.join(ROOT, 'scripts', 'example.ts'), program], {})
    assert.equal(code, 1)
    const [place, line, , , what, where, ...rest] = output.split('\n')
    assert.match(place ?? '', /hello\.ts:3$/)
    assert.equal(line, `await using db = await connect('127.0.0.1:${port}')`)
    assert.equal(what, `QuorateError: no node answers at 127.0.0.1:${port} (refused)`)
    assert.match(where ?? '', /^ {4}at async \S+hello\.ts:3:18 \{$/)
    assert.match(rest.slice(0, 3).join('\n'), /^ {2}advice: 'See whether the endpoints are right/m)
    assert.doesNotMatch(output, /node-socket\.ts/, 'no stack of a callback of a socket')
  })

  it('testing-vitest asks for the package that is packed here', () => {
    const read = (...names: string[]) => readFileSync(path.join(ROOT, ...names), 'utf8')
    const { version } = JSON.parse(read('package.json'))
    const { dependencies } = JSON.parse(read('examples', 'testing-vitest', 'package.json'))
    assert.equal(dependencies.quorate, version)
    const text = read('examples', 'testing-vitest', 'README.md')
    assert.ok(text.includes(` ../../quorate-${version}.tgz\n`))
  })

  it('testing-vitest uses the package as vitest would', async () => {
    const double = path.join(import.meta.dirname, 'vitest-double.ts')
    const program = path.join(FOLDER, 'testing-vitest', 'visits.test.ts')
    const words = ['--import', FROM_SOURCE, '--import', double, '--test', program]
    const { code, output } = await run(words, {})
    assert.equal(code, 0, output)
    assert.match(output, /pass 2\n/)
  })

  it('service-discovery: who is gone without a word is taken off the list', async () => {
    const stop = new AbortController()
    const other = await cluster.connect()
    await register(db, 'mail', 'one:1')
    const lists = follow(db, 'mail', stop)
    assert.deepEqual((await lists.next()).value, ['one:1'])
    const lease = await register(other, 'mail', 'two:2')
    assert.deepEqual((await lists.next()).value, ['one:1', 'two:2'])
    await db.cluster.members()
    await lease.revoke()
    assert.deepEqual((await lists.next()).value, ['one:1'])
    stop.abort()
    assert.equal((await lists.next()).done, true)
    await other.close()
  })

  it('config-watch: what is there at the start is known, deletions are told', async () => {
    const told: [string, unknown][] = []
    const deleted = Promise.withResolvers<void>()
    await db.put('live/a', '1')
    await db.put('live/b', '{"deep":true}')
    const config = await LiveConfig.open(db as Client<never>, 'live/', (name, value) => {
      told.push([name, value])
      if (value === undefined) deleted.resolve()
    })
    assert.deepEqual(
      [config.get('a'), config.get('b'), config.get('c')],
      [1, { deep: true }, undefined],
    )
    await db.put('live/c', '"new"')
    await db.delete('live/a')
    await deleted.promise
    await config[Symbol.asyncDispose]()
    assert.deepEqual(told, [
      ['c', 'new'],
      ['a', undefined],
    ])
    assert.deepEqual([config.get('a'), config.get('c')], [undefined, 'new'])
  })

  it('leader-election: one at a time, and the next when one is gone', async () => {
    let working = 0
    const terms: bigint[] = []
    const candidates = Array.from({ length: 4 }, async (_, i) => {
      const stop = new AbortController()
      const candidate = { office: 'one', name: `c${i}`, signal: stop.signal }
      await whileLeading(db, candidate, async (term) => {
        working += 1
        assert.equal(working, 1)
        assert.equal((await db.leader('one'))?.value, candidate.name)
        terms.push(term.fence)
        working -= 1
        stop.abort()
      })
    })
    await Promise.all(candidates)
    assert.equal(terms.length, 4)
    assert.deepEqual(
      terms,
      terms.toSorted((one, other) => Number(one - other)),
    )
  })

  it('lock-with-fencing: a holder writes while it holds, and not a moment longer', async () => {
    const ledger = new Ledger()
    const lock = await db.lock('fenced')
    assert.ok(await putUnderLock(db, lock, { key: 'fenced-value', value: 'in time' }))
    ledger.append('in time', lock.fence)
    await lock.release()
    assert.equal(await putUnderLock(db, lock, { key: 'fenced-value', value: 'late' }), false)
    assert.equal((await db.get('fenced-value'))?.value, 'in time')
    await using next = await db.lock('fenced')
    ledger.append('next', next.fence)
    assert.throws(() => ledger.append('late', lock.fence), RangeError)
    assert.deepEqual(ledger.lines, ['in time', 'next'])
  })

  it('rate-limiter: exactly as many of many as allowed, and again in the next window', async () => {
    let nowMs = 60_000
    const limit = { name: 'exact', calls: 5, windowMs: 2000 }
    const opened = [1, 2, 3].map(() => RateLimiter.open(db, limit, () => nowMs))
    const limiters = await Promise.all(opened)
    const ask = async (): Promise<number> => {
      const calls = limiters.flatMap((one) => Array.from({ length: 4 }, () => one.allows('anna')))
      return (await Promise.all(calls)).filter(Boolean).length
    }
    assert.equal(await ask(), 5)
    assert.equal(await ask(), 0)
    nowMs += 2000
    assert.equal(await ask(), 5)
    // Of the window that is over nothing is left, and of this one nothing when all are gone.
    assert.equal(await db.count({ prefix: 'limits/exact/' }), 1)
    for (const limiter of limiters) await limiter[Symbol.asyncDispose]()
    assert.equal(await db.count({ prefix: 'limits/exact/' }), 0)
  })

  it('job-queue: each job is done by one worker, and again when its worker dies', async () => {
    const queue = new JobQueue(db, 'jobs')
    const all = await Promise.all(Array.from({ length: 9 }, (_, i) => queue.add(`job ${i}`)))
    const stop = new AbortController()
    // One that takes a job and is never heard of again.
    const dying = await cluster.connect()
    const taken = Promise.withResolvers<string>()
    const gone = new JobQueue(dying, 'jobs').work('dying', {
      signal: stop.signal,
      run: async ({ id }) => {
        taken.resolve(id)
        await dying.close()
        throw new Error('it died')
      },
    })
    await assert.rejects(gone)
    const done: string[] = []
    const run = async ({ id }: { readonly id: string }): Promise<void> => {
      done.push(id)
      if (done.length === all.length) stop.abort()
    }
    await Promise.all(['a', 'b'].map((name) => queue.work(name, { signal: stop.signal, run })))
    assert.deepEqual(done.toSorted(), all.toSorted())
    assert.ok(done.includes(await taken.promise))
    assert.equal(await queue.length(), 0)
  })
})
