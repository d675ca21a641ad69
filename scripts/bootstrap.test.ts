import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'

/** Packages as package-lock.json names them. */
type Packages = Record<string, object>

const WANTED: Packages = {
  '': { name: 'sample' },
  'node_modules/tool': { version: '1.0.0', integrity: 'sha512-tool' },
  'node_modules/elsewhere': { version: '1.0.0', optional: true, os: ['nowhere'] },
  'node_modules/sample-runtime': { resolved: 'scripts/runtime', link: true },
}
const INSTALLED: Packages = { 'node_modules/tool': WANTED['node_modules/tool'] ?? {} }
const PROGRAM =
  'console.log(JSON.stringify(process.argv.slice(2))); process.exit(Number(process.argv[2]))'

/** Stands in for npm: it records its arguments and writes what npm writes last. */
const NPM = `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
appendFileSync('npm-was-called', process.argv.slice(2).join(' ') + '\\n')
mkdirSync('node_modules', { recursive: true })
const packages = ${JSON.stringify(INSTALLED)}
if (process.env.FAIL === undefined) {
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
}
process.exit(process.env.FAIL === undefined ? 0 : 1)
`

interface Sample {
  readonly root: string
  run(words: string[], environment?: Record<string, string>): ReturnType<typeof spawnSync>
  npmCalls(): string
}

/** A project with a bootstrap, a runtime (the Node.js of this test) and what `present` says. */
function makeSample(t: TestContext, present: Packages | null, version = process.version): Sample {
  const root = mkdtempSync(path.join(tmpdir(), 'quorate-bootstrap-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  const optionalDependencies = { 'node-sample': version.slice(1) }
  write('scripts/runtime/package.json', JSON.stringify({ optionalDependencies }))
  copyFileSync(
    path.join(import.meta.dirname, 'bootstrap.mjs'),
    path.join(root, 'scripts', 'bootstrap.mjs'),
  )
  write('package-lock.json', JSON.stringify({ packages: WANTED }))
  write('program.mjs', PROGRAM)
  write('npm-cli.js', NPM)
  write('package.json', JSON.stringify({ type: 'module' }))
  mkdirSync(path.join(root, 'node_modules', 'node-sample', 'bin'), { recursive: true })
  mkdirSync(path.join(root, 'node_modules', '.bin'))
  symlinkSync(process.execPath, path.join(root, 'node_modules', 'node-sample', 'bin', 'node'))
  if (present !== null) {
    write('node_modules/.package-lock.json', JSON.stringify({ packages: present }))
  }
  const bootstrap = path.join(root, 'scripts', 'bootstrap.mjs')
  return {
    root,
    run: (words, environment = {}) =>
      spawnSync(process.execPath, [bootstrap, ...words], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, npm_execpath: path.join(root, 'npm-cli.js'), ...environment },
      }),
    npmCalls: () => {
      const record = path.join(root, 'npm-was-called')
      return existsSync(record) ? readFileSync(record, 'utf8') : ''
    },
  }
}

test('arguments and the exit code pass through, and nothing is installed twice', (t) => {
  const sample = makeSample(t, INSTALLED)
  const done = sample.run(['program.mjs', '3', 'two words', '--seeds', '5'])
  assert.equal(done.stdout, '["3","two words","--seeds","5"]\n')
  assert.equal(done.stderr, '')
  assert.equal(done.status, 3)
  assert.equal(sample.npmCalls(), '')
})

test('missing, outdated and surplus packages are installed from the lock file first', (t) => {
  const tool = 'node_modules/tool'
  const states: (Packages | null)[] = [
    null,
    {},
    { [tool]: { version: '0.9.0', integrity: 'sha512-tool' } },
    { [tool]: { version: '1.0.0', integrity: 'sha512-other' } },
    { ...INSTALLED, 'node_modules/surplus': { version: '1.0.0' } },
  ]
  for (const present of states) {
    const sample = makeSample(t, present)
    const done = sample.run(['program.mjs', '0'])
    assert.equal(done.status, 0, String(done.stderr))
    assert.equal(done.stdout, '["0"]\n')
    assert.match(sample.npmCalls(), /^ci .*--no-audit/)
    assert.equal(sample.npmCalls().trim().split('\n').length, 1)
  }
})

test('a failed installation ends with advice and does not run the program', (t) => {
  const sample = makeSample(t, null)
  const done = sample.run(['program.mjs', '0'], { FAIL: '1' })
  assert.equal(done.status, 1)
  assert.equal(done.stdout, '')
  assert.match(String(done.stderr), /npm ci/)
  // And the next attempt is not held up by what the failed one left.
  assert.equal(sample.run(['program.mjs', '0']).status, 0)
})

test('a lock left by an installation that was killed is taken over', (t) => {
  const sample = makeSample(t, null)
  mkdirSync(path.join(sample.root, '.install-lock'))
  const ended = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' })
  writeFileSync(path.join(sample.root, '.install-lock', 'process'), ended.stdout.trim())
  assert.equal(sample.run(['program.mjs', '0']).status, 0)
})

/** Between two looks at the lock no time passes, `step` happens instead. */
function pausesOf(sample: Sample, step: string): Record<string, string> {
  const file = path.join(sample.root, 'pauses.mjs')
  const text = `import { existsSync, rmSync, writeFileSync } from 'node:fs'
const lock = '.install-lock'
let pauses = 0
Atomics.wait = () => { pauses++; ${step}; return 'timed-out' }`
  writeFileSync(file, text)
  return { NODE_OPTIONS: `--import=${file}` }
}

test('a lock that was taken a moment ago is not broken, however long others held it', (t) => {
  const sample = makeSample(t, null)
  const lock = path.join(sample.root, '.install-lock')
  mkdirSync(lock)
  writeFileSync(path.join(lock, 'process'), String(process.pid))
  // As the next holder leaves it between taking the lock and writing its id.
  const step = `if (pauses === 20) rmSync(lock + '/process')
  if (pauses === 25) {
    writeFileSync('seen', String(existsSync(lock) && !existsSync('npm-was-called')))
    rmSync(lock, { recursive: true })
  }`
  const done = sample.run(['program.mjs', '0'], pausesOf(sample, step))
  assert.equal(done.status, 0, String(done.stderr))
  assert.equal(readFileSync(path.join(sample.root, 'seen'), 'utf8'), 'true')
})

test('a lock that never gets a holder is taken over', (t) => {
  const sample = makeSample(t, null)
  mkdirSync(path.join(sample.root, '.install-lock'))
  const step = 'if (pauses > 50) process.exit(9)'
  assert.equal(sample.run(['program.mjs', '0'], pausesOf(sample, step)).status, 0)
  assert.match(sample.npmCalls(), /^ci /)
})

test('without a working pinned runtime a newer Node.js of the machine is used', (t) => {
  const sample = makeSample(t, INSTALLED, 'v1.2.3')
  const done = sample.run(['program.mjs', '0'])
  assert.equal(done.status, 0)
  assert.match(String(done.stderr), /pinned Node\.js does not run/)
})

test('the pinned runtime is first on the path of the program', (t) => {
  const sample = makeSample(t, INSTALLED)
  writeFileSync(path.join(sample.root, 'program.mjs'), 'console.log(process.env.PATH)')
  const [first, second] = String(sample.run(['program.mjs']).stdout).split(path.delimiter)
  assert.match(first ?? '', /node_modules.\.bin$/)
  assert.match(second ?? '', /node-sample.bin$/)
})

test('a signal reaches the program, and its way of ending is passed on', async (t) => {
  const sample = makeSample(t, INSTALLED)
  const program = `process.on('SIGTERM', () => process.exit(7))
process.on('SIGINT', () => process.exit(8))
console.log('ready'); setInterval(() => {}, 1000)`
  writeFileSync(path.join(sample.root, 'program.mjs'), program)
  const bootstrap = path.join(sample.root, 'scripts', 'bootstrap.mjs')
  for (const [signal, code] of [
    ['SIGTERM', 7],
    ['SIGINT', 8],
  ] as const) {
    const child = spawn(process.execPath, [bootstrap, 'program.mjs'], { cwd: sample.root })
    child.stdin.end()
    await once(child.stdout, 'data')
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [code, null])
  }
})

test('without a file to run it says how it is used', (t) => {
  const done = makeSample(t, INSTALLED).run([])
  assert.equal(done.status, 1)
  assert.match(String(done.stderr), /bootstrap\.mjs FILE/)
})
