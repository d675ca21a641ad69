import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runCommand } from './index.ts'
import { FakeTerminal } from './testing/index.ts'

const FILES: Readonly<Record<string, string>> = {
  'right.yaml': 'name: m1\ndata: { directory: /d }\n',
  'wrong.yaml': 'name: m1\nengine: rocksdb\n',
  'etcd.yaml': 'name: m2\nwhatever: 1\n',
}

async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const terminal = new FakeTerminal({ files: FILES, environment })
  const status = await runCommand(words, terminal.parts())
  const { out, err, ran, wishes } = terminal
  return { status, out, err, ran, wishes }
}

describe('quorate', () => {
  it('helps whoever asks, on standard output', async () => {
    for (const words of [[], ['help'], ['--help'], ['-h']]) {
      const { status, out, err } = await run(words)
      assert.equal(status, 0)
      assert.match(out, /^usage: quorate COMMAND/)
      assert.equal(err, '')
    }
    assert.match((await run(['help', 'node'])).out, /^usage: quorate node/)
    assert.match((await run(['node', '--help'])).out, /^usage: quorate node/)
    assert.match((await run(['etcd', '--help'])).out, /^usage: quorate etcd/)
    assert.match((await run(['log', '-h'])).out, /^usage: quorate log/)
  })

  it('says what may be meant by a word that is none of its commands', async () => {
    const { status, out, err } = await run(['strat'])
    assert.equal(status, 2)
    assert.equal(out, '')
    assert.match(err, /^quorate: there is no command "strat"; "quorate start" is meant\?\n/)
    assert.match((await run(['help', 'nod'])).err, /"quorate node" is meant\?/)
    assert.match(
      (await run(['somethingelse'])).err,
      /^quorate: there is no command "somethingelse"\n/,
    )
  })

  it('says what does it that has no command here, and takes it for nothing else', async () => {
    const restore = await run(['restore', 'backup.db'])
    assert.equal(restore.status, 2)
    assert.match(
      restore.err,
      /^quorate: there is no command "restore": a backup cannot be restored/,
    )
    assert.doesNotMatch(restore.err, /is meant/)
    for (const [words, told] of [
      [['compact', '7'], /: etcd's tool does it: etcdctl --endpoints HOST:PORT compact REVISION\n/],
      [['alarm', 'disarm'], /etcdctl --endpoints HOST:PORT alarm list, and alarm disarm\n/],
      [['snapshot', 'save', 'f'], /etcdctl --endpoints HOST:PORT snapshot save FILE\n/],
      [['backup'], /etcdctl --endpoints HOST:PORT snapshot save FILE\n/],
      [['endpoint', 'health'], /: "quorate status" shows every node/],
      [['move-leader', '5'], /etcdctl --endpoints HOST:PORT move-leader ID/],
      [['defrag'], /: there is nothing to run/],
      [['user', 'add'], /: there are no users and roles/],
      [['role'], /: there are no users and roles/],
      [['member', 'add', 'm4'], /: the members of a cluster cannot be changed/],
      [['member', 'list'], /; "quorate members" is meant\?/],
      [['snapshto'], /; if "snapshot" is meant: etcd's tool/],
      [['restor'], /; if "restore" is meant: a backup cannot be restored/],
    ] as const) {
      const { status, err } = await run(words)
      assert.equal(status, 2)
      assert.match(err, told, words.join(' '))
      assert.doesNotMatch(err, /quorate put/)
    }
  })

  it('wants options behind the command, and shows how', async () => {
    for (const [words, told] of [
      [['--endpoints', 'h:1', 'status', '--json'], 'quorate status --endpoints h:1 --json'],
      [['--endpoints=h:1', 'lease', 'list'], 'quorate lease list --endpoints=h:1'],
      [['--endpoints', 'h:1'], 'quorate COMMAND --endpoints h:1'],
    ] as const) {
      const { status, err } = await run(words)
      assert.equal(status, 2)
      const [first = ''] = err.split('\n')
      assert.ok(first.endsWith(`; options stand behind the command: ${told}`), first)
    }
  })

  it('tells its version, to programs as JSON', async () => {
    assert.match((await run(['version'])).out, /^quorate 1\.2\.3, .*etcd 3\.6\.6/)
    assert.match((await run(['--version'])).out, /^quorate 1\.2\.3/)
    assert.deepEqual(JSON.parse((await run(['version', '--json'])).out), {
      quorate: '1.2.3',
      etcd: '3.6.6',
      runtime: 'Node.js v26',
    })
    assert.equal((await run(['version', '--yaml'])).status, 2)
  })
})

describe('quorate node', () => {
  it('runs what the file describes, with the status of that', async () => {
    const { status, ran } = await run(['node', '--config', 'right.yaml'])
    assert.equal(status, 7)
    assert.equal(ran[0]?.config.name, 'm1')
  })

  it('checks a file without running anything', async () => {
    const right = await run(['node', '--config', 'right.yaml', '--check'])
    assert.deepEqual(
      [right.status, right.out, right.ran.length],
      [0, 'The configuration is right.', 0],
    )
    const json = await run(['node', '--config', 'wrong.yaml', '--check', '--json'])
    assert.equal(json.status, 1)
    assert.equal(JSON.parse(json.out).right, false)
  })

  it('runs nothing that is wrong, and says all that is', async () => {
    const { status, err, ran } = await run(['node', '--config', 'wrong.yaml'])
    assert.equal(status, 1)
    assert.equal(ran.length, 0)
    assert.match(err, /^quorate: the configuration is wrong:\n {2}data\.directory is missing/)
    assert.match(
      err,
      /\n {2}engine \(line 2 of wrong\.yaml\) is "rocksdb": it takes bitcask, memory or lmdb/,
    )
    assert.match((await run(['node', '--config', 'none.yaml'])).err, /cannot be read: ENOENT/)
  })

  it('takes what it knows, and nothing else', async () => {
    for (const words of [['right.yaml'], ['--check', 'right.yaml']]) {
      const { status, err } = await run(['node', ...words])
      assert.equal(status, 2, words.join(' '))
      assert.match(err, /usage: quorate node/)
    }
  })
})

describe('quorate etcd', () => {
  it('runs what flags or a file of etcd describe', async () => {
    const flags = await run(['etcd', '--name', 'm1'], { ETCD_ODD: '1' })
    assert.equal(flags.status, 7)
    assert.equal(flags.ran[0]?.config.name, 'm1')
    assert.deepEqual(flags.ran[0]?.remarks, ['unrecognized environment variable ETCD_ODD'])
    for (const file of [
      await run(['etcd', '--config-file', 'etcd.yaml', '--name', 'm1']),
      await run(['etcd'], { ETCD_CONFIG_FILE: 'etcd.yaml' }),
    ]) {
      assert.equal(file.ran[0]?.config.name, 'm2')
      assert.deepEqual(file.ran[0]?.remarks, ['unknown setting whatever in line 2'])
    }
  })

  it('prints what programs look for in the version of an etcd', async () => {
    assert.match((await run(['etcd', '--version'])).out, /^etcd Version: 3\.6\.6\nGit SHA: /)
  })

  it('tells wrong words from wrong values by its status', async () => {
    assert.equal((await run(['etcd', '--bogus'])).status, 2)
    const { status, err } = await run(['etcd', '--max-txn-ops=0'])
    assert.equal(status, 1)
    assert.match(err, /^quorate: the command line is wrong:\n {2}--max-txn-ops is "0"/)
  })
})

describe('quorate start', () => {
  it('wishes for three nodes on the usual ports, or for what is said', async () => {
    const usual = await run(['start'])
    assert.equal(usual.status, 8)
    const { nodes, engine, isFresh, clientPort, peerPort } = usual.wishes[0] ?? {}
    assert.deepEqual(
      [nodes, engine, isFresh, clientPort, peerPort],
      [3, 'bitcask', false, 8081, 9001],
    )
    const other = await run(['start', '--fresh', '--nodes=5', '--engine', 'lmdb', '--data', '/x'])
    assert.deepEqual(other.wishes, [
      {
        nodes: 5,
        engine: 'lmdb',
        directory: '/x',
        isFresh: true,
        clientPort: 8081,
        peerPort: 9001,
        profile: 'standard',
      },
    ])
  })
})
