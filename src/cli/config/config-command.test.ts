import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runNodeCommand } from '../node-command.ts'
import { type ConfigParts, type NodeConfig, runConfigCommand } from './index.ts'
import { flagOf, SETTING_NAMES } from './settings.ts'

class FileError extends Error {
  readonly code: string

  constructor(code: string, text: string) {
    super(`${code}: ${text}`)
    this.code = code
  }
}

class Scene implements ConfigParts {
  readonly files = new Map<string, string>()
  readonly printed: string[] = []
  readonly complained: string[] = []
  environment: Readonly<Record<string, string | undefined>> = {}
  started: NodeConfig | null = null
  remarks: readonly string[] = []

  print = (line: string): void => {
    this.printed.push(line)
  }

  complain = (line: string): void => {
    this.complained.push(line)
  }

  readText = (path: string): string => {
    const text = this.files.get(path)
    if (text === undefined) throw new FileError('ENOENT', `no such file, open '${path}'`)
    return text
  }

  writeText = (path: string, text: string, { replace }: { replace: boolean }): void => {
    if (this.files.has(path) && !replace) throw new FileError('EEXIST', path)
    if (path.startsWith('/sealed/')) throw new FileError('EACCES', `permission denied, '${path}'`)
    this.files.set(path, text)
  }

  runNode = (config: NodeConfig, remarks: readonly string[]): Promise<number> => {
    this.started = config
    this.remarks = remarks
    return Promise.resolve(0)
  }

  config(...words: string[]): Promise<number> {
    return runConfigCommand(words, this)
  }

  node(...words: string[]): Promise<number> {
    return runNodeCommand(words, this)
  }
}

describe('quorate config check', () => {
  it('says that a file, variables and flags are right together', async () => {
    const scene = new Scene()
    scene.files.set('a.yaml', 'name: m1')
    scene.environment = { QUORATE_DATA_DIRECTORY: '/d' }
    for (const words of [
      ['a.yaml'],
      ['--config', 'a.yaml'],
      ['--config=a.yaml', '--engine=lmdb'],
    ]) {
      assert.equal(await scene.config('check', ...words), 0, scene.complained.join('\n'))
    }
    assert.deepEqual(scene.printed.slice(0, 1), ['The configuration is right.'])
    assert.deepEqual(scene.complained, [])
  })

  it('names every mistake of all of them, with where it stands', async () => {
    const scene = new Scene()
    scene.files.set('a.yaml', 'name: m1\nengine: rocksdb\nclinet: { listen: x }\nraft: 5')
    scene.environment = { QUORATE_LIMITS_QUOTA: 'much', QUORATE_LIMITS_QOUTA: '1' }
    const words = ['--logging-level', 'loud', '--lisen', 'x', '--raft-profile']
    assert.equal(await scene.config('check', 'a.yaml', ...words), 1)
    assert.deepEqual(scene.complained, [
      'quorate: the configuration is wrong:',
      '  --lisen: there is no such setting; --client-listen is meant?',
      '  --raft-profile is missing: it takes standard, fast or wan',
      '  QUORATE_LIMITS_QOUTA is "1", and there is no such setting; QUORATE_LIMITS_QUOTA is meant?',
      '  data.directory is missing: it takes the directory in which this node keeps everything, ' +
        'such as /var/lib/quorate',
      '  engine (line 2 of a.yaml) is "rocksdb": it takes bitcask, memory or lmdb',
      '  limits.quota (QUORATE_LIMITS_QUOTA) is "much": it takes a number of bytes, such as 8GiB',
      '  logging.level (--logging-level) is "loud": it takes debug, info, warn or error',
      '  clinet.listen (line 3 of a.yaml) is "x", and there is no such setting; client.listen is ' +
        'meant?',
      '  raft (line 4 of a.yaml) is "5": it takes settings of its own, such as raft.profile',
    ])
  })

  it('tells the same to programs', async () => {
    const scene = new Scene()
    scene.environment = { QUORATE_DATA_DIRECTORY: '/d', QUORATE_ELSEWHERE: 'x' }
    assert.equal(await scene.config('check', '--json'), 0)
    assert.equal(await scene.config('check', '--json', '--engine', 'rocksdb'), 1)
    const [right, wrong] = scene.printed.map((line) => JSON.parse(line))
    const remarks = ['unknown environment variable QUORATE_ELSEWHERE']
    assert.deepEqual(right, { right: true, mistakes: [], remarks })
    const text = 'engine (--engine) is "rocksdb": it takes bitcask, memory or lmdb'
    const where = 'engine (--engine)'
    const wanted = 'bitcask, memory or lmdb'
    const mistake = { where, value: 'rocksdb', wanted, example: null, suggestion: null, text }
    assert.deepEqual(wrong, { right: false, mistakes: [mistake], remarks: [] })
  })

  it('says where events could not be written here', async () => {
    const scene = new Scene()
    scene.files.set('/there', '')
    const outputs = 'stderr,systemd/journal,events.log,/there/a.log,/nonexistent/dir/x.log'
    const words = ['--data-directory', '/d', '--logging-outputs', outputs]
    assert.equal(await scene.config('check', ...words), 0)
    assert.deepEqual(scene.complained, [
      'quorate: logging.outputs: /nonexistent/dir/x.log cannot be written here: there is no ' +
        '/nonexistent/dir',
    ])
  })

  it('says of a flag that is there twice which one counts', async () => {
    const scene = new Scene()
    const words = ['--data-directory', '/a', '--data-directory', '/b', '--name=m1', '--name=m1']
    assert.equal(await scene.config('check', ...words), 0)
    assert.deepEqual(scene.complained, [
      'quorate: --data-directory is there twice: /b counts, not /a',
    ])
    assert.equal(await scene.node(...words), 0)
    assert.equal(scene.started?.dataDirectory, '/b')
    assert.deepEqual(scene.remarks, ['--data-directory is there twice: /b counts, not /a'])
  })

  it('says of a file that it cannot be read, and nothing of what it would say', async () => {
    const scene = new Scene()
    scene.files.set('odd.yaml', 'name: [m1')
    assert.equal(await scene.config('check', 'none.yaml'), 1)
    assert.equal(await scene.config('check', 'odd.yaml'), 1)
    const mistakes = scene.complained.filter((line) => line.startsWith('  '))
    assert.equal(mistakes.length, 2, mistakes.join('\n'))
    assert.match(mistakes[0] ?? '', /^ {2}none.yaml: it cannot be read: ENOENT/)
    assert.match(mistakes[1] ?? '', /^ {2}odd.yaml: line 1: /)
  })

  it('finds its file by a variable, unless a flag names another', async () => {
    const scene = new Scene()
    scene.environment = { QUORATE_CONFIG: 'a.yaml' }
    scene.files.set('a.yaml', 'data: { directory: /a }')
    scene.files.set('b.yaml', 'data: { directory: /b }')
    assert.equal(await scene.config('show'), 0)
    assert.match(scene.printed.join('\n'), /data\.directory +\/a +line 1 of a\.yaml/)
    assert.equal(await scene.config('show', '--config', 'b.yaml'), 0)
    assert.match(scene.printed.join('\n'), /data\.directory +\/b +line 1 of b\.yaml/)
  })

  it('reads quorate.yaml when nobody names a file, and says so', async () => {
    const scene = new Scene()
    scene.files.set('quorate.yaml', 'data: { directory: /usual }')
    scene.files.set('b.yaml', 'data: { directory: /b }')
    for (const word of ['check', 'show']) {
      assert.equal(await scene.config(word), 0, scene.complained.join('\n'))
      assert.deepEqual(scene.complained.splice(0), [
        'quorate: no file is named: quorate.yaml is read',
      ])
    }
    assert.match(scene.printed.join('\n'), /data\.directory +\/usual +line 1 of quorate\.yaml/)
    assert.equal(await scene.config('show', 'b.yaml'), 0)
    assert.deepEqual(scene.complained, [])
    assert.match(scene.printed.join('\n'), /data\.directory +\/b +line 1 of b\.yaml/)
  })

  it('says that there is none, where that is what is wrong', async () => {
    const scene = new Scene()
    assert.equal(await scene.config('check'), 1)
    assert.deepEqual(scene.complained.slice(0, 2), [
      'quorate: no file is named, and there is no quorate.yaml here',
      'quorate: the configuration is wrong:',
    ])
  })

  it('knows what etcd calls a setting, in a file as among flags', async () => {
    const scene = new Scene()
    const lines = [
      'data: { directory: /d }',
      'listen-client-urls: http://127.0.0.1:1',
      'auto-compaction-mode: periodic',
      'peer-transport-security: { cert-file: a.pem }',
      'snapshot-count: 5',
    ]
    scene.files.set('etcd.yaml', lines.join('\n'))
    assert.equal(await scene.config('check', 'etcd.yaml'), 1)
    const told = scene.complained.slice(1).map((line) => {
      const [, name, near] = /^ {2}(\S+) .* no such setting(.*)$/.exec(line) ?? []
      return [name, near]
    })
    assert.deepEqual(told, [
      ['listen-client-urls', '; client.listen is meant?'],
      ['auto-compaction-mode', '; compaction.mode is meant?'],
      ['peer-transport-security.cert-file', '; peer.tls.certificate is meant?'],
      ['snapshot-count', ''],
    ])
  })

  it('says which files are not here, which need not be a mistake', async () => {
    const scene = new Scene()
    scene.files.set('/here.crt', 'PEM')
    const words = ['--client-tls-certificate=/here.crt', '--client-tls-key=/there.key']
    assert.equal(await scene.config('check', '--data-directory=/d', ...words), 0)
    assert.equal(scene.complained.length, 1)
    assert.match(
      scene.complained[0] ?? '',
      /^quorate: client\.tls\.key: \/there\.key cannot be read here: ENOENT/,
    )
  })

  it('leaves alone what Kubernetes says of a service, and what clients read', async () => {
    const scene = new Scene()
    scene.environment = {
      QUORATE_DATA_DIRECTORY: '/d',
      QUORATE_PORT: 'tcp://10.0.0.1:2379',
      QUORATE_PORT_2379_TCP_ADDR: '10.0.0.1',
      QUORATE_SERVICE_HOST: '10.0.0.1',
      QUORATE_CLIENT_SERVICE_PORT_GRPC: '2379',
      QUORATE_ENDPOINTS: '127.0.0.1:8081',
    }
    assert.equal(await scene.config('check', '--json'), 0)
    assert.deepEqual(JSON.parse(scene.printed[0] ?? ''), {
      right: true,
      mistakes: [],
      remarks: [],
    })
  })
})

describe('quorate config show', () => {
  it('has a line for each setting, with what holds and where it comes from', async () => {
    const scene = new Scene()
    scene.files.set(
      'a.yaml',
      'data:\n  directory: /d\ncluster: { members: { default: "http://a:1" } }',
    )
    scene.environment = { QUORATE_RAFT_PROFILE: 'wan' }
    assert.equal(await scene.config('show', 'a.yaml', '--raft.election', '5s'), 0)
    assert.equal(scene.printed.length, SETTING_NAMES.length)
    const line = (name: string): string =>
      scene.printed.find((one) => one.startsWith(`${name} `))?.replace(/ +/g, ' ') ?? ''
    assert.equal(line('data.directory'), 'data.directory /d line 2 of a.yaml')
    assert.equal(line('cluster.members'), 'cluster.members default=http://a:1 line 3 of a.yaml')
    assert.equal(line('raft.profile'), 'raft.profile wan QUORATE_RAFT_PROFILE')
    assert.equal(line('raft.election'), 'raft.election 5s --raft.election')
    assert.equal(line('raft.heartbeat'), 'raft.heartbeat 300ms default')
    assert.equal(line('metrics.listen'), 'metrics.listen - default')
  })

  it('tells programs the values as they are', async () => {
    const scene = new Scene()
    assert.equal(await scene.config('show', '--json', '--data-directory=/d', '--name=m1'), 0)
    const { settings } = JSON.parse(scene.printed[0] ?? '')
    assert.deepEqual(Object.keys(settings), SETTING_NAMES)
    assert.deepEqual(settings.name, { value: 'm1', from: { kind: 'flag', flag: '--name' } })
    const listen = { value: ['http://localhost:2379'], from: { kind: 'default' } }
    assert.deepEqual(settings['client.listen'], listen)
  })

  it('names mistakes instead, with status 1', async () => {
    const scene = new Scene()
    assert.equal(await scene.config('show', '--engine', 'x'), 1)
    assert.match(scene.complained.join('\n'), /engine \(--engine\) is "x"/)
    assert.deepEqual(scene.printed, [])
  })
})

describe('quorate config init', () => {
  it('writes a file that is right and says every setting, and never over another', async () => {
    const scene = new Scene()
    assert.equal(await scene.config('init'), 0)
    const text = scene.files.get('quorate.yaml') ?? ''
    for (const name of SETTING_NAMES) {
      assert.match(text, new RegExp(`^ *(# )?${name.slice(name.lastIndexOf('.') + 1)}:`, 'm'), name)
    }
    assert.ok(Math.max(...text.split('\n').map((line) => line.length)) <= 100)
    assert.equal(await scene.config('check', 'quorate.yaml'), 0)
    scene.files.set('quorate.yaml', 'mine')
    assert.equal(await scene.config('init', '--name', 'm2'), 1)
    assert.match(scene.complained.at(-1) ?? '', /quorate\.yaml is there already: --force/)
    assert.equal(scene.files.get('quorate.yaml'), 'mine')
    assert.equal(await scene.config('init', '--name', 'm2', '--force'), 0)
    assert.match(scene.files.get('quorate.yaml') ?? '', /^name: m2$/m)
  })

  it('writes nothing when what flags say is wrong, and says why it could not write', async () => {
    const scene = new Scene()
    assert.equal(await scene.config('init', 'x.yaml', '--engine', 'rocksdb'), 1)
    assert.match(scene.complained.join('\n'), /engine \(line \d+ of x\.yaml\) is "rocksdb"/)
    assert.equal(await scene.config('init', '/sealed/x.yaml'), 1)
    assert.match(scene.complained.at(-1) ?? '', /cannot be written: EACCES/)
    assert.equal(scene.files.size, 0)
  })

  it('shows what would hold without a line, whichever line is uncommented', async () => {
    const scene = new Scene()
    await scene.config('init', 'a.yaml')
    const text = scene.files.get('a.yaml') ?? ''
    const lines = text.split('\n')
    let tried = 0
    for (const [at, line] of lines.entries()) {
      const match = /^( *)# ([a-z][a-zA-Z]*): (\S.*)$/.exec(line)
      if (match === null || SECRETLY_TOGETHER.test(line)) continue
      const changed = lines.with(at, `${match[1]}${match[2]}: ${match[3]}`)
      scene.files.set('b.yaml', changed.join('\n'))
      assert.equal(await scene.config('check', 'b.yaml'), 0, `${line}\n${scene.complained.at(-1)}`)
      tried += 1
    }
    assert.ok(tried > 20, `${tried}`)
  })
})

/** A certificate wants its key, an advertised place its member, and so on. */
const SECRETLY_TOGETHER = /(certificate|key|authority|advertise|m\d|default): /

describe('quorate config', () => {
  it('that is not understood says what there is, with status 2', async () => {
    for (const words of [[], ['chek'], ['check', 'a', 'b'], ['show', 'a', '--config', 'b']]) {
      const scene = new Scene()
      assert.equal(await scene.config(...words), 2)
      assert.match(scene.complained.join('\n'), /^quorate: config .*\nusage: quorate config check/)
    }
    const scene = new Scene()
    await scene.config('chek')
    assert.match(scene.complained[0] ?? '', /; "check" is meant\?$/)
  })
})

describe('quorate node', () => {
  it('runs what variables and flags say, without a file', async () => {
    const scene = new Scene()
    scene.environment = { QUORATE_CLIENT_LISTEN: 'http://127.0.0.1:1', QUORATE_WHAT: 'x' }
    assert.equal(await scene.node('--data-directory', '/d', '--client.tls.requireCertificate=0'), 0)
    assert.equal(scene.started?.dataDirectory, '/d')
    assert.deepEqual(scene.started?.client.advertise, ['http://127.0.0.1:1'])
    assert.deepEqual(scene.remarks, ['unknown environment variable QUORATE_WHAT'])
  })

  it('takes the last of several words for one setting, and a switch without a value', async () => {
    const scene = new Scene()
    const tls = ['certificate', 'key', 'authority'].map((one) => `--client-tls-${one}=/x`)
    const words = ['--data-directory=/a', '--client-tls-require-certificate', ...tls]
    assert.equal(await scene.node(...words, '--data-directory', '/b', '--limits-quota', '-1'), 0)
    assert.equal(scene.started?.dataDirectory, '/b')
    assert.equal(scene.started?.quotaBytes, -1)
    assert.equal(scene.started?.client.tls?.requireCertificate, true)
  })

  it('is not started when anything is wrong, and says so', async () => {
    const scene = new Scene()
    // Of what is in the directory it was started in, a node takes only what is named.
    scene.files.set('quorate.yaml', 'data: { directory: /usual }')
    assert.equal(await scene.node(), 1)
    assert.match(scene.complained.join('\n'), /data\.directory is missing/)
    assert.equal(await scene.node('surplus', '--data-directory', '/d'), 2)
    assert.match(scene.complained.join('\n'), /takes flags only, and not "surplus"/)
    for (const name of SETTING_NAMES) {
      assert.ok(scene.complained.join('\n').includes(`  ${flagOf(name)} `), name)
    }
    assert.equal(await scene.node('--data-directory', '/d', '--nmae', 'm1'), 2)
    assert.match(scene.complained.at(-1) ?? '', /--nmae: there is no such setting; --name is/)
    assert.equal(scene.started, null)
  })

  it('only looks when it is told to', async () => {
    const scene = new Scene()
    assert.equal(await scene.node('--data-directory', '/d', '--check'), 0)
    assert.equal(await scene.node('--data-directory', '/d', '--check', '--json'), 0)
    assert.equal(JSON.parse(scene.printed[1] ?? '').right, true)
    assert.equal(scene.started, null)
  })
})
