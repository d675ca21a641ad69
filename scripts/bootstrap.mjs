/**
 * The first step of every npm script: `node scripts/bootstrap.mjs FILE [ARGUMENTS]` runs FILE on
 * the pinned Node.js, after installing what package-lock.json asks for when it is not there yet.
 *
 * It has to run on whatever Node.js the machine has (20 or newer), before anything is installed, so
 * it is plain JavaScript without dependencies. Everything it says goes to stderr: stdout belongs to
 * the program it starts. Why the runtime comes through npm: docs/decision/0001.
 */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const BIN = path.join(ROOT, 'node_modules', '.bin')
const INSTALL_LOCK = path.join(ROOT, '.install-lock')
const NODE_MAJOR_MIN = 24
const LOCK_POLL_MS = 200
/** A lock whose holder has not written its id for so many polls will never have one. */
const LOCK_POLLS_WITHOUT_HOLDER = 10
const PARENT_POLL_MS = 500

function say(text) {
  process.stderr.write(`quorate: ${text}\n`)
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** npm writes "os" and "cpu" as a word or a list; a word with `!` in front excludes. */
function allows(rule, actual) {
  if (rule === undefined) return true
  const words = Array.isArray(rule) ? rule : [rule]
  if (words.includes(`!${actual}`)) return false
  return words.some((word) => word === actual) || words.every((word) => word.startsWith('!'))
}

function isForThisMachine(entry) {
  // Which C library is in use is npm's own business: such packages are never asked for here.
  if (entry.libc !== undefined) return false
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch)
}

/**
 * True when node_modules holds what the lock file says. npm writes its own record of what it put
 * there as the last act of an installation, so an interrupted one is noticed as well.
 */
function isInstalled() {
  const wanted = readJson(path.join(ROOT, 'package-lock.json'))?.packages
  const present = readJson(path.join(ROOT, 'node_modules', '.package-lock.json'))?.packages
  if (wanted === undefined || present === undefined) return false
  for (const [place, entry] of Object.entries(wanted)) {
    if (!place.startsWith('node_modules/') || entry.link) continue
    const found = present[place]
    if (found === undefined) {
      if (entry.optional && !isForThisMachine(entry)) continue
      return false
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return false
  }
  return Object.keys(present).every((place) => wanted[place] !== undefined)
}

function npm(...words) {
  const options = { cwd: ROOT, stdio: ['ignore', 2, 2] }
  const script = process.env.npm_execpath
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return spawnSync(process.execPath, [script, ...words], options).status === 0
  }
  const shell = process.platform === 'win32'
  return spawnSync('npm', words, { ...options, shell }).status === 0
}

function isAlive(id) {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two npm scripts started at the same time must not both empty and fill node_modules. */
function takeInstallLock() {
  const holderFile = path.join(INSTALL_LOCK, 'process')
  let said = false
  for (let polls = 0; ; ) {
    try {
      mkdirSync(INSTALL_LOCK)
      writeFileSync(holderFile, String(process.pid))
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = readJson(holderFile)
    // A lock without a living holder was left behind by an installation that was killed. One that
    // was just taken has no holder for a moment: only polls in a row without one count.
    polls = holder === undefined ? polls + 1 : 0
    if (holder === undefined ? polls > LOCK_POLLS_WITHOUT_HOLDER : !isAlive(holder)) {
      rmSync(INSTALL_LOCK, { recursive: true, force: true })
      polls = 0
      continue
    }
    if (!said) say('waiting for an installation that is already under way')
    said = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS)
  }
}

function install() {
  takeInstallLock()
  try {
    if (isInstalled() && pinnedRuntime() !== undefined) return
    say('installing what package-lock.json asks for; the first time takes up to a minute')
    const started = Date.now()
    // Not `npm install`: that could change the lock file. `--loglevel=error` hides the remark that
    // this Node.js is older than "engines" asks for; nothing but this file ever runs on it.
    const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund']
    if (!npm('ci', ...flags, '--loglevel=error')) {
      explain('npm could not install the packages; its own words are above.', [
        'Check that the package registry can be reached: npm ping',
        'Then run this again, or by hand: npm ci',
      ])
    }
    say(`installed in ${((Date.now() - started) / 1000).toFixed(0)} s`)
  } finally {
    rmSync(INSTALL_LOCK, { recursive: true, force: true })
  }
}

function explain(problem, advice) {
  say(problem)
  for (const line of advice) say(`  - ${line}`)
  rmSync(INSTALL_LOCK, { recursive: true, force: true })
  process.exit(1)
}

/**
 * The pinned Node.js, only when it is there, starts on this machine and has the right version. It
 * is taken from its package: npm 10 does not link it into node_modules/.bin, so that is made up
 * for.
 */
function pinnedRuntime() {
  const runtime = readJson(path.join(ROOT, 'scripts', 'runtime', 'package.json'))
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  for (const [platform, version] of Object.entries(runtime.optionalDependencies)) {
    const binary = path.join(ROOT, 'node_modules', platform, 'bin', name)
    if (!existsSync(binary)) continue
    const answer = spawnSync(binary, ['-v'], { encoding: 'utf8' })
    if (answer.status !== 0 || answer.stdout.trim() !== `v${version}`) continue
    const link = path.join(BIN, 'node')
    if (process.platform !== 'win32' && !existsSync(link)) linkTo(binary, link)
    return binary
  }
  return undefined
}

function linkTo(binary, link) {
  try {
    symlinkSync(path.relative(path.dirname(link), binary), link)
  } catch {
    // Another script made the same link a moment ago, or the directory is read-only: run() puts the
    // package's own directory on the path as well.
  }
}

function chooseRuntime() {
  if (!isInstalled()) install()
  let runtime = pinnedRuntime()
  if (runtime !== undefined) return runtime
  // A machine the pinned binary is not made for (another processor, another C library) may still
  // have a Node.js of its own that is new enough.
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
    say(`the pinned Node.js does not run on this machine; using its own ${process.version}`)
    return process.execPath
  }
  rmSync(path.join(ROOT, 'node_modules', '.package-lock.json'), { force: true })
  install()
  runtime = pinnedRuntime()
  if (runtime !== undefined) return runtime
  return explain('the pinned Node.js from npm does not run on this machine.', [
    `This is ${process.platform} on ${process.arch}; scripts/runtime/package.json lists the`,
    'platforms with a pinned binary (Linux needs glibc).',
    `Install Node.js ${NODE_MAJOR_MIN} or newer and run this again: it is then used instead.`,
  ])
}

/** Replaces this process by the program, as far as Node.js can: same streams, signals, exit. */
function run(runtime, words) {
  const search = [BIN, path.dirname(runtime), process.env.PATH ?? ''].join(path.delimiter)
  const child = spawn(runtime, words, { stdio: 'inherit', env: { ...process.env, PATH: search } })
  const pass = (signal) => {
    // A terminal sends Ctrl-C to every process in the foreground, so the program has it already;
    // once more would look like an impatient second one.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child)
  child.on('error', (error) => explain(`${runtime} did not start: ${error.message}`, []))
  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, pass)
    // The shell's convention for a program that a signal ended. Killing ourselves with the same
    // signal would be closer still, but npm then hides the program's last words.
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
  })
}

/**
 * npm starts this through a shell, and a signal sent to npm may end the shell without reaching us.
 * Without this, `npm start & kill $!` would leave a server behind that nobody owns.
 */
function endWithParent(child) {
  const parent = process.ppid
  const watch = () => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }
  setInterval(watch, PARENT_POLL_MS).unref()
}

const words = process.argv.slice(2)
if (words.length === 0) {
  explain('which file should run?', ['node scripts/bootstrap.mjs FILE [ARGUMENTS]'])
}
run(chooseRuntime(), words)
