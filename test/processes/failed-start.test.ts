import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { MAIN, Program, temporaryDirectory } from './program.ts'

const LIMIT = { timeout: 60_000 }

interface Wish {
  readonly directory: string
  readonly clientPort?: number
  readonly logging?: string
}

/** A node alone, whose events also go to a file. */
function node(t: TestContext, { directory, clientPort = 0, logging }: Wish): Program {
  const usual = `outputs: [stderr, ${path.join(directory, 'events.log')}]`
  const file = path.join(directory, 'node.yaml')
  writeFileSync(
    file,
    [
      'name: m1',
      `data: { directory: ${path.join(directory, 'data')} }`,
      'limits: { logSegment: 16MiB }',
      `client: { listen: "http://127.0.0.1:${clientPort}" }`,
      'peer: { listen: "http://127.0.0.1:0" }',
      `logging: { ${logging ?? usual} }`,
      '',
    ].join('\n'),
  )
  return new Program(t, [process.execPath, MAIN, 'node', '--config', file])
}

function eventsIn(directory: string): string {
  return readFileSync(path.join(directory, 'events.log'), 'utf8')
}

test('why a node does not start also stands where its events go', LIMIT, async (t) => {
  const directory = temporaryDirectory(t)
  writeFileSync(path.join(directory, 'data'), 'a file')
  const program = node(t, { directory })
  assert.equal(await program.end(), 1)
  const last = JSON.parse(eventsIn(directory).trim().split('\n').at(-1) ?? '')
  assert.deepEqual([last.level, last.msg], ['error', 'this node did not start'])
  assert.match(
    last.error,
    /^the data directory \S+ is a file, or lies in one; data\.directory names/,
  )
  assert.match(last.error, /ENOTDIR: not a directory/)
  assert.equal(last.stack, undefined, 'nobody has to read where that comes from')
  assert.doesNotMatch(program.printed, /this is a bug/)
})

test(
  'where events are lines of JSON, its last words are one and nothing else',
  LIMIT,
  async (t) => {
    const directory = temporaryDirectory(t)
    writeFileSync(path.join(directory, 'data'), 'a file')
    const program = node(t, { directory })
    assert.equal(await program.end(), 1)
    const events = program.printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(events.filter(({ error }) => /not a directory/.test(error)).length, 1)
    assert.equal(events.at(-1).msg, 'this node did not start')
  },
)

test('where they are for people, or go elsewhere, so are the last words', LIMIT, async (t) => {
  for (const logging of ['format: pretty', 'outputs: [stdout]']) {
    const directory = temporaryDirectory(t)
    writeFileSync(path.join(directory, 'data'), 'a file')
    const program = node(t, { directory, logging })
    assert.equal(await program.end(), 1)
    assert.match(program.printed, /^quorate: the data directory .*not a directory/m, logging)
  }
})

test('a port that is taken leaves no directory behind', LIMIT, async (t) => {
  const directory = temporaryDirectory(t)
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const program = node(t, { directory, clientPort: address.port })
  assert.equal(await program.end(), 1)
  assert.match(program.printed, new RegExp(`127\\.0\\.0\\.1:${address.port} is in use`))
  assert.ok(!existsSync(path.join(directory, 'data')))
})

test('a directory that another node has is told with what has it', LIMIT, async (t) => {
  const directory = temporaryDirectory(t)
  const first = node(t, { directory })
  await first.until(/ready to serve client requests/)
  const second = node(t, { directory })
  assert.equal(await second.end(), 1)
  const who = process.platform === 'linux' ? `process ${first.child.pid}` : 'another node'
  const told = `data/log is in use by ${who}: stop that first, or give this node a data directory`
  assert.ok(second.printed.includes(told), second.printed)
  assert.equal(await first.stop(), 0)
})
