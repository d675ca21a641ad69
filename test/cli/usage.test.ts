import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { MAIN, Running, type Surroundings } from './quorate.ts'

/** Nobody listens there: whatever is wrong must be found before anybody is asked. */
const NOWHERE = { QUORATE_ENDPOINTS: '127.0.0.1:1', QUORATE_TIMEOUT: '100ms' }
/** Processes at a time. */
const WIDE = 4

let directory: string

before(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-cli-'))
  writeFileSync(path.join(directory, 'burn.txn'), 'burn a\n')
  writeFileSync(path.join(directory, 'broken.txn'), '{"then": [')
  writeFileSync(path.join(directory, 'other.txn'), Uint8Array.of(0xff, 0xfe))
})

after(() => rmSync(directory, { recursive: true, force: true }))

function run(words: readonly string[], around: Surroundings = {}) {
  const environment = { ...NOWHERE, ...around.environment }
  return new Running(words, { cwd: directory, ...around, environment }).end()
}

/** Words, what is said of them, and for some the status that is not 2. */
type Mistake = readonly [words: string, says: RegExp]

const MISTAKES: readonly Mistake[] = [
  // Commands.
  ['ptu a b', /there is no command "ptu"; "quorate put" is meant\?/],
  ['set a b', /there is no command "set"; "quorate put" is meant\?/],
  ['delete a', /there is no command "delete"; "quorate del" is meant\?/],
  ['increment a', /there is no command "increment"; "quorate incr" is meant\?/],
  ['ls', /there is no command "ls"; "quorate list" is meant\?/],
  ['frobnicate', /there is no command "frobnicate"\n"quorate help" lists them all/],
  ['help ptu', /there is no command "ptu"; "quorate put" is meant\?/],
  ['--bogus', /there is no command "--bogus"/],
  ['lease', /lease takes one of grant, keepalive, revoke, ttl, list behind it/],
  ['lease --json', /lease takes one of grant/],
  ['lease grnat 60s', /there is no command "lease grnat"; "quorate lease grant" is meant\?/],
  ['log', /log takes one of check, dump, truncate/],
  ['log chekc x', /"quorate log check" is meant\?/],
  // Words.
  ['put', /^quorate put: KEY is missing: any text, such as config\/port\nusage: quorate put KEY /],
  ['put a', /^quorate put: VALUE is missing: a word, - for standard input, or --file FILE/],
  ['put a b c', /^quorate put: "c" is one word too many; a value with spaces needs quotes/],
  ['get', /^quorate get: KEY is missing/],
  ['get a b', /^quorate get: "b" is one word too many\n/],
  ['incr', /^quorate incr: KEY is missing/],
  ['incr a b', /^quorate incr: BY is a whole number of 64 bits such as 1 or -5, not "b"/],
  ['incr a 1.5', /^quorate incr: BY is a whole number of 64 bits/],
  ['incr a 9223372036854775808', /^quorate incr: BY is a whole number of 64 bits/],
  ['del', /^quorate del: what\? Name keys, --prefix PREFIX, or --all/],
  ['list a b', /^quorate list: "b" is one word too many/],
  ['lease grant', /^quorate lease grant: TIME is missing/],
  ['lease grant soon', /^quorate lease grant: TIME is a time such as/],
  ['lease grant 500ms', /^quorate lease grant: TIME is .* 90s or 1h30m, 1s or more/],
  ['lease ttl xyz', /^quorate lease ttl: LEASE is the id of a lease/],
  ['lease revoke', /^quorate lease revoke: LEASE is missing/],
  ['lease keepalive 0', /^quorate lease keepalive: LEASE is the id of a lease/],
  ['lock', /^quorate lock: NAME is missing/],
  ['lock a sleep 5', /^quorate lock: "sleep" is one word too many; put -- before the/],
  ['completion', /^quorate completion: SHELL is missing/],
  ['completion basj', /SHELL is bash, zsh, fish, not "basj"; bash is meant\?/],
  ['completion tcsh', /SHELL is bash, zsh, fish, not "tcsh"/],
  ['completion pwsh', /SHELL is bash, zsh, fish, not "pwsh"\n/],
  ['status now', /^quorate status: "now" is one word too many/],
  ['members all', /"all" is one word too many/],
  ['version 2', /"2" is one word too many/],
  // Options.
  ['put a b --tll 5s', /^quorate put: there is no option --tll; --ttl is meant\?/],
  ['get a --bogus', /^quorate get: there is no option --bogus\n/],
  ['get a -z', /there is no option -z/],
  ['get a --json=yes', /--json takes no value, not "yes"/],
  ['get a --revision', /--revision needs a number, 1 or more behind it/],
  ['get a --revision now', /--revision takes a number, 1 or more, not "now"/],
  ['get a --revision 0', /--revision takes a number, 1 or more, not "0"/],
  ['get a --timeout soon', /--timeout takes a time such as 10 \(seconds\), 500ms/],
  ['get a --timeout 0s', /--timeout takes a time/],
  ['get a --color sometimes', /--color takes auto, always, never, not "sometimes"/],
  ['get a --endpoints nowhere', /--endpoints takes host:port.*"nowhere" is none/],
  ['get a --endpoints 127.0.0.1:70000', /"127\.0\.0\.1:70000" is none/],
  ['get a --endpoints 127.0.0.1:1,,', /"" is none/],
  ['get a --endpoints ftp://a:1', /"ftp:\/\/a:1" is none/],
  ['get a --cert x.pem', /--cert and --key need each other/],
  ['get a --cacert none.pem', /--cacert none\.pem cannot be read: there is no such file\n/],
  ['get xyz --hex', /with --hex a key is two hexadecimal digits for each byte.*not "xyz"/],
  ['put 00 zz --hex', /with --hex a value is two hexadecimal digits.*not "zz"/],
  ['list --prefix zz --hex', /with --hex a key is/],
  ['put a b --ttl 500ms', /--ttl takes a time such as 10 \(seconds\), 90s or 1h30m, 1s or more/],
  ['put a b --ttl 10s --lease 12', /--ttl and --lease exclude each other/],
  ['put a b --lease no', /--lease takes the id of a lease/],
  ['put a b --if-absent --if-revision 3', /--if-absent and --if-revision exclude each other/],
  ['put a b --file c', /the value is there twice/],
  ['put a --file none', /none cannot be read: there is no such file\n/],
  ['put a --file .', /\. cannot be read: it is a directory\n/],
  ['del a --prefix b', /keys, --prefix and --all exclude each other/],
  ['del --all --prefix b', /exclude each other/],
  ['del --prefix=', /--prefix "" would be every key: --all deletes all of them/],
  ['del a b --if-revision 3', /--if-revision goes with exactly one key/],
  ['list --prefix a --start b', /--prefix excludes --start and --end/],
  ['list a --prefix b', /the prefix is there twice/],
  ['list --limit -5', /--limit takes a number, 1 or more, not "-5"/],
  ['list --limit 1 --limit 2', /--limit is there twice/],
  ['list --count --limit 5', /--count only counts/],
  ['watch a --prefix b', /KEY excludes --prefix, --start and --end/],
  ['watch --from yesterday', /--from takes a number, 1 or more, not "yesterday"/],
  ['txn --file none.txn', /none\.txn cannot be read: there is no such file\n/],
  ['txn --file burn.txn', /^quorate txn: line 1: a step is "put KEY VALUE"/],
  ['txn --file other.txn', /a transaction is a text in UTF-8/],
  ['txn', /^quorate txn: there is nothing to do/],
  ['bench --clients 0', /--clients takes a number from 1 to 256, not "0"/],
  ['bench --mix wirte', /--mix takes write, read, mixed, not "wirte"; write is meant\?/],
  ['bench --value 2MiB', /--value takes a size such as 100, 64KiB or 1MiB, not "2MiB"/],
  ['start --nodes 10', /--nodes takes a number from 1 to 9, not "10"/],
  ['dev --engine rocksdb', /--engine takes bitcask, memory, lmdb, not "rocksdb"/],
  ['dev --client-port 9000', /--client-port and --peer-port lie too close/],
  ['dev --client-port 65535', /with 3 nodes ports begin with 65533 at the latest/],
  ['dev --profile slow', /--profile takes fast, standard, wan, not "slow"/],
  ['log dump x --group y', /--group takes a number, 0 or more, not "y"/],
  ['log truncate x', /truncate needs --at GROUP:INDEX or --at-offset/],
  ['config frob', /config takes check, show or init/],
  ['etcd --bogus', /bogus/],
  ['node --data-dir x', /--data-dir: there is no such setting; --data-directory is meant\?/],
  ['txn --file broken.txn', /^quorate txn: this is no valid JSON: /],
  ['node surplus', /node takes flags only/],
]

describe('wrong usage', () => {
  it('ends with status 2, says what is wrong and what may be meant, and does nothing', async () => {
    assert.ok(MISTAKES.length >= 60)
    for (let at = 0; at < MISTAKES.length; at += WIDE) {
      const some = MISTAKES.slice(at, at + WIDE)
      await Promise.all(some.map(([words, says]) => refuses(words, says)))
    }
    assert.deepEqual(readdirSync(directory).sort(), ['broken.txn', 'burn.txn', 'other.txn'])
  })

  it('is told of variables with their names', async () => {
    for (const [name, value] of [
      ['QUORATE_TIMEOUT', 'soon'],
      ['QUORATE_ENDPOINTS', 'here'],
      ['QUORATE_TLS', 'perhaps'],
    ] as const) {
      const { status, err } = await run(['get', 'a'], { environment: { [name]: value } })
      assert.equal(status, 2, err)
      assert.match(err, /^quorate get: /)
      assert.ok(name === 'QUORATE_ENDPOINTS' || err.includes(name), err)
    }
  })
})

async function refuses(text: string, says: RegExp): Promise<void> {
  const { status, out, err } = await run(text.split(' '))
  assert.equal(status, 2, `${text}: ${err}`)
  assert.equal(out, '', text)
  assert.match(err, says, text)
  assert.doesNotMatch(err, /\n {4}at /, `${text} has no stack`)
}

describe('help', () => {
  it('is on standard output and fine, wherever it is asked for', async () => {
    const asked = [[], ['help'], ['--help'], ['-h']]
    const outs = await Promise.all(asked.map((words) => run(words)))
    for (const { status, out, err } of outs) {
      assert.deepEqual([status, err], [0, ''])
      assert.equal(out, outs[0]?.out)
    }
    for (const words of ['put -h', 'lease grant --help', 'help lease grant', 'lease --help']) {
      const { status, out } = await run(words.split(' '))
      assert.equal(status, 0, words)
      assert.match(out, /^usage: quorate (put|lease)/, words)
    }
    const program = await run(['lock', 'a', '--wait', '1ms', '--', 'ls', '--help'])
    assert.doesNotMatch(program.out, /usage: quorate lock/)
  })

  it('has colours only where they are wanted', async () => {
    assert.ok(!(await run(['help', 'put'])).out.includes('\u001b'))
  })
})

describe('version and completion', () => {
  it('are there for programs', async () => {
    const [version, short, json, bash] = await Promise.all([
      run(['version']),
      run(['--version']),
      run(['version', '--json']),
      run(['completion', 'bash']),
    ])
    assert.match(version.out, /^quorate \d+\.\d+\.\d+, which offers what etcd \d/)
    assert.equal(short.out, version.out)
    assert.match(JSON.parse(json.out).quorate, /^\d+\.\d+\.\d+$/)
    assert.match(bash.out, /\ncomplete -F _quorate quorate\n$/)
  })
})

describe('config', () => {
  it('is part of the command', async () => {
    assert.match((await run(['config', '--help'])).out, /^usage: quorate config check/)
    const { status, out } = await run(['config', 'check', '--json', 'burn.txn'])
    assert.equal(status, 1)
    assert.equal(JSON.parse(out).right, false)
  })
})

describe('a node that is not there', () => {
  it('is not waited for, not even by what goes on for ever', async () => {
    for (const words of [['watch'], ['watch', 'a', '--timeout', '1'], ['lock', 'a']]) {
      const { status, err } = await run(words)
      assert.equal(status, 5, words.join(' '))
      // On a busy machine the time may be over before anybody says why.
      assert.match(err, /^quorate: no node answers at 127\.0\.0\.1:1( \(|\n)/)
    }
  })
})

describe('an output that takes nothing', () => {
  it('is a failure that is told in a line', async () => {
    const full = openSync('/dev/full', 'w')
    const stdio = ['ignore', full, 'pipe'] as const
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'version'], { stdio: [...stdio] })
    closeSync(full)
    const said = /^quorate: what is printed cannot be written: ENOSPC: .*\n$/
    assert.match(String(stderr), said)
    assert.equal(status, 1)
  })
})

describe('without a cluster and without endpoints', () => {
  it('says how to get one', async () => {
    const own = { QUORATE_ENDPOINTS: '', PATH: process.env['PATH'] ?? '' }
    const { status, err } = await run(['get', 'a'], { environment: own })
    // Whoever runs the tests may have a cluster at the usual place.
    if (status === 3 || status === 0) return
    assert.equal(status, 5)
    assert.match(err, /no node listens at 127\.0\.0\.1:8081 to 8083 .*"quorate dev"/)
  })
})
