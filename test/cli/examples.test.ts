/** What docs/reference/cli.md shows, run as it stands there, against three processes. */

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect, put } from '../../src/client/index.ts'
import { freePorts } from '../cluster/index.ts'
import { blocksOf } from '../docs/blocks.ts'
import { clusterForCli } from './quorate.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const DOCUMENT = path.join(ROOT, 'docs/reference/cli.md')
/** Far longer than anything that is shown takes. */
const MS_MAX = 60_000
const STARTS_MAX = 20
const LIMIT = { timeout: 240_000 }
const LEASE = '32695410dcc0ca06'
/** Writes that make the store older than any revision that an example names. */
const REVISIONS = 120
/** More than the number of any entry that an example names. */
const LOG_ENTRIES = 8

const { cluster, quorate } = clusterForCli('examples')
let directory: string

/** What is run in place of an example, and why not the example itself. */
const INSTEAD: Readonly<Record<string, { readonly run: string; readonly why: string }>> = {
  'quorate bench': { run: 'quorate bench --seconds 1', why: 'it takes five seconds' },
  'quorate bench --pipeline 1 --value 1KiB --json': {
    run: 'quorate bench --pipeline 1 --value 1KiB --json --seconds 1',
    why: 'it takes five seconds',
  },
  'quorate bench --mix read --clients 16 --seconds 30': {
    run: 'quorate bench --mix read --clients 16 --seconds 1',
    why: 'it takes half a minute',
  },
  'source <(quorate completion zsh)': inShell(
    'zsh',
    ['-f', '-c'],
    'autoload -U compinit; compinit -u -D; source <(quorate completion zsh)',
  ),
  'quorate completion fish | source': inShell(
    'fish',
    ['--no-config', '-c'],
    'quorate completion fish | source',
  ),
}

function inShell(name: string, options: readonly string[], line: string) {
  const isThere = spawnSync(name, ['--version']).status === 0
  const run = isThere ? `${name} ${options.join(' ')} '${line}'` : `quorate completion ${name}`
  return {
    run,
    why: `it is meant for ${name}, ${isThere ? 'and' : 'which is not there, and'} not bash`,
  }
}

/** Of those that do not end with 0. */
const STATUS: Readonly<Record<string, number>> = {
  'quorate log truncate .quorate/node-1/log --at 2:4': 1,
}

/** Those that go on until they are interrupted: what they print before, and how they end then. */
const LASTING: Readonly<Record<string, { readonly until: RegExp; readonly status: number }>> = {
  'quorate watch greeting': { until: /\tput\tgreeting\thello/, status: 130 },
  'quorate watch --prefix config/': { until: /\tput\tconfig\/a\tx/, status: 130 },
  'quorate watch --from 100 --json': { until: /"revision":100/, status: 130 },
  [`quorate lease keepalive ${LEASE}`]: { until: new RegExp(`${LEASE} lasts`), status: 130 },
  'quorate dev': { until: /^ {2}quorate bench/m, status: 0 },
  'quorate dev --nodes 1 --data ./dev-data': { until: /^ {2}quorate bench/m, status: 0 },
  'quorate start': { until: /^Ready after/m, status: 0 },
  'quorate start --nodes 5 --engine lmdb --fresh': { until: /^Ready after/m, status: 0 },
  'quorate node --config node-1.yaml': { until: /ready to serve client requests/, status: 0 },
  'quorate etcd --name m1 --data-dir m1.etcd': {
    until: /ready to serve client requests/,
    status: 0,
  },
}

/** What has to be there, beside what earlier examples have left. */
const BEFORE: Readonly<Record<string, string>> = {
  'quorate del a b c': 'for key in a b c; do quorate put $key x; done',
  [`quorate lease keepalive ${LEASE}`]: `quorate lease grant 60s --id ${LEASE}`,
  [`quorate lease ttl ${LEASE} --keys`]: `quorate lease grant 60s --id ${LEASE}`,
}

interface Example {
  readonly command: string
  readonly words: string
  readonly line: number
}

/** Every line of every block, with the command that it is shown for. */
function examples(): readonly Example[] {
  const text = readFileSync(DOCUMENT, 'utf8')
  const lines = text.split('\n')
  return blocksOf(text).flatMap((block) => {
    const title = lines.slice(0, block.line).findLast((line) => line.startsWith('### '))
    const command = (title ?? '').slice('### quorate '.length)
    return block.text
      .split('\n')
      .map((words, at) => ({ command, words, line: block.line + at }))
      .filter(({ words }) => !words.startsWith('#'))
  })
}

const ALL = examples()
/** They leave what others look at. */
const LEAVING = ['start', 'dev', 'node', 'etcd']

async function prepare(): Promise<void> {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-cli-examples-'))
  const file = (name: string, text: string, mode = 0o600): void => {
    writeFileSync(path.join(directory, name), text, { mode })
  }
  file('logo.png', '\u0089PNG')
  file('backup.sh', '#!/bin/sh\necho "saves $QUORATE_LOCK"\n', 0o700)
  file('move.txn', 'if\nmissing moved\nthen\nput moved yes\nelse\nget moved\n')
  const [client, peer] = await freePorts(2)
  const url = (port: number | undefined): string => `http://127.0.0.1:${port}`
  const own = { name: 'n1', data: { directory: 'n1' }, client: { listen: url(client) } }
  const members = { n1: url(peer) }
  file('node-1.yaml', JSON.stringify({ ...own, peer: { listen: url(peer) }, cluster: { members } }))
  await using db = await connect({ endpoints: [...cluster().urls] })
  await db.batch([...Array(REVISIONS).keys()].map((at) => put(`old/${at}`, '')))
}

interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>
}

function begin(line: string, { environment = {} }: Surroundings = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(QUORATE_|ETCD_)/.test(name))
  const PATH = `${path.join(ROOT, 'bin')}:${process.env['PATH']}`
  const child = spawn('bash', ['-c', line], {
    cwd: directory,
    env: { ...Object.fromEntries(own), ...quorate.environment, ...environment, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MS_MAX,
  })
  let printed = ''
  let heard = (): void => {}
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (piece: Buffer) => {
      printed += piece.toString()
      heard()
    })
  }
  const closed = once(child, 'close')
  return {
    child,
    until: async (pattern: RegExp): Promise<boolean> => {
      const found = new Promise<void>((resolve) => {
        heard = () => {
          if (pattern.test(printed)) resolve()
        }
        heard()
      })
      await Promise.race([found, closed])
      return pattern.test(printed)
    },
    end: async () => {
      await closed
      return { status: child.exitCode ?? child.signalCode, printed }
    },
  }
}

async function ends(line: string, status = 0): Promise<void> {
  const ended = await begin(line).end()
  assert.equal(ended.status, status, `${line}\n${ended.printed}`)
}

/** Where the document relies on ports that are usual, which somebody else may have here. */
async function somewhere(
  command: string,
): Promise<{ words: string; clients: string } & Surroundings> {
  const [client = 0, peer = 0] = await freePorts(2, 5)
  const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`]
  if (command === 'start' || command === 'dev') {
    return { words: ` --client-port ${client} --peer-port ${peer}`, clients }
  }
  const environment = {
    ...{ ETCD_LISTEN_CLIENT_URLS: clients, ETCD_ADVERTISE_CLIENT_URLS: clients },
    ...{ ETCD_LISTEN_PEER_URLS: peers, ETCD_INITIAL_ADVERTISE_PEER_URLS: peers },
    ETCD_INITIAL_CLUSTER: `m1=${peers}`,
  }
  return command === 'etcd' ? { words: '', clients, environment } : { words: '', clients }
}

async function lasts({ command, words }: Example): Promise<void> {
  const { until, status } = LASTING[words] ?? { until: /$/, status: 0 }
  for (let tries = 0; tries < STARTS_MAX; tries++) {
    const { words: more, clients, ...around } = await somewhere(command)
    const running = begin(`exec ${words}${more}`, around)
    // A watch sees what happens once it has begun, which it says to nobody in a pipe.
    if (command === 'watch') await changesUntil(running.until(until))
    const isSeen = await running.until(
      new RegExp(`${until.source}|is taken|too close`, until.flags),
    )
    if (isSeen && (await running.until(until))) {
      if (command === 'start') await fillLog(clients)
      running.child.kill('SIGINT')
      const ended = await running.end()
      assert.equal(ended.status, status, `${words}\n${ended.printed}`)
      return
    }
    const { printed } = await running.end()
    assert.match(printed, /is taken|too close/, words)
  }
  throw new assert.AssertionError({ message: 'there were free ports in a row' })
}

/** Entries for the log of the first node, which `quorate log` is shown with afterwards. */
async function fillLog(firstNode: string): Promise<void> {
  await using db = await connect({ endpoints: [firstNode] })
  for (let at = 0; at < LOG_ENTRIES; at++) await db.put(`entry/${at}`, '')
  // The node that answers this has all of them itself.
  await db.get('entry/0')
}

async function changesUntil(seen: Promise<boolean>): Promise<void> {
  await using db = await connect({ endpoints: [...cluster().urls] })
  let isOver = false
  void seen.finally(() => {
    isOver = true
  })
  while (!isOver) {
    await db.put('greeting', 'hello')
    await db.put('config/a', 'x')
  }
}

async function run(example: Example): Promise<void> {
  const { words } = example
  if (BEFORE[words] !== undefined) await ends(BEFORE[words])
  if (LASTING[words] !== undefined) await lasts(example)
  else await ends(INSTEAD[words]?.run ?? words, STATUS[words])
}

describe('the examples of the reference', LIMIT, () => {
  before(prepare)
  after(() => rmSync(directory, { recursive: true, force: true }))

  const commands = [...new Set(ALL.map(({ command }) => command))]
  const sorted = commands.toSorted((one, other) => {
    return Number(LEAVING.includes(other)) - Number(LEAVING.includes(one))
  })
  for (const command of sorted) {
    it(`of ${command} do what is said of them`, async () => {
      for (const example of ALL) if (example.command === command) await run(example)
    })
  }

  it('are all there are, and every exception is of one of them', () => {
    assert.ok(ALL.length > 50)
    const known = new Set(ALL.map(({ words }) => words))
    const exceptions = [INSTEAD, STATUS, LASTING, BEFORE].flatMap((one) => Object.keys(one))
    assert.deepEqual(
      exceptions.filter((words) => !known.has(words)),
      [],
    )
  })
})
