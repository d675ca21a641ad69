/** The packages as they would be published, each in an empty project of its own. */

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '..', '..')
const RUNTIMES = path.join(import.meta.dirname, 'runtimes')
const NPM = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Packed {
  readonly name: string
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly unpackedSize: number
}

/** Both packages; the directories are what is published. */
export function build(): { readonly whole: string; readonly client: string } {
  const script = path.join(ROOT, 'scripts', 'build.ts')
  const built = spawnSync(process.execPath, [script], { cwd: ROOT, encoding: 'utf8' })
  assert.equal(built.status, 0, built.stdout + built.stderr)
  return { whole: ROOT, client: path.join(ROOT, 'dist-client') }
}

/** Of a process that is no test of the runner, whatever started it. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return env
}

function npm(words: readonly string[], directory: string): string {
  const options = { cwd: directory, encoding: 'utf8', env: environment() } as const
  const done = spawnSync('npm', words, { ...options, shell: process.platform === 'win32' })
  assert.equal(done.status, 0, `npm ${words.join(' ')}\n${done.stdout}${done.stderr}`)
  return done.stdout
}

export class Project {
  readonly directory: string
  readonly packed: Packed

  private constructor(directory: string, packed: Packed) {
    this.directory = directory
    this.packed = packed
  }

  /** Packs and installs; nothing of it needs the registry, for a package stands alone. */
  static create(source: string): Project {
    const directory = mkdtempSync(path.join(tmpdir(), 'quorate-package-'))
    try {
      return Project.#install(directory, source)
    } catch (error) {
      rmSync(directory, { recursive: true })
      throw error
    }
  }

  static #install(directory: string, source: string): Project {
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory]
    const [packed] = Object.values(JSON.parse(npm(words, source))) as [
      Packed & { filename: string },
    ]
    const project = path.join(directory, 'project')
    mkdirSync(project)
    writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
    const tarball = path.join(directory, packed.filename)
    npm(['install', '--omit=optional', '--prefer-offline', ...NPM, tarball], project)
    return new Project(project, packed)
  }

  get home(): string {
    return path.join(this.directory, 'node_modules', this.packed.name)
  }

  /** Everything that the installation put there, in bytes. */
  installedBytes(): number {
    const modules = path.join(this.directory, 'node_modules')
    const found = readdirSync(modules, { recursive: true, withFileTypes: true })
    return found
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0)
  }

  write(name: string, text: string): string {
    const file = path.join(this.directory, name)
    writeFileSync(file, text)
    return file
  }

  /** As `npm install NAME@npm:...` installs it. */
  rename(name: string): void {
    symlinkSync(this.home, path.join(this.directory, 'node_modules', name))
  }

  /** As if it had been installed, too. */
  borrow(name: string): void {
    const target = path.join(this.directory, 'node_modules', name)
    mkdirSync(path.dirname(target), { recursive: true })
    if (!existsSync(target)) symlinkSync(path.join(ROOT, 'node_modules', name), target)
  }

  run(node: string, words: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { cwd: this.directory, env: environment() }
      execFile(node, words, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
        resolve({ code, stdout, stderr })
      })
    })
  }

  /** What `npx quorate` runs. */
  get #quorate(): string {
    return path.join(this.directory, 'node_modules', '.bin', 'quorate')
  }

  async command(node: string, words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(node, [this.#quorate, ...words])
    assert.equal(code, 0, stdout + stderr)
    return stdout
  }

  start(node: string, words: readonly string[]): ChildProcess {
    return spawn(node, [this.#quorate, ...words], {
      cwd: this.directory,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  remove(): void {
    rmSync(path.dirname(this.directory), { recursive: true, force: true })
  }
}

/**
 * The versions that the package is for, oldest first, where they can be had: installed when they
 * are first needed. What is missing is said, for a run without it has not shown what it should.
 */
export function runtimes(): ReadonlyMap<string, string> {
  const places = new Map(['22', '24'].map((version) => [version, binary(version)]))
  if ([...places.values()].some((place) => !existsSync(place))) {
    const options = { cwd: RUNTIMES, stdio: 'ignore', env: environment() } as const
    spawnSync('npm', ['ci', ...NPM], { ...options, shell: process.platform === 'win32' })
  }
  const found = new Map([...places].filter(([, place]) => existsSync(place)))
  for (const version of places.keys()) {
    if (found.has(version)) continue
    console.log(`NOT RUN: on Node.js ${version}, which is not installed and could not be`)
  }
  return found
}

function binary(version: string): string {
  return path.join(RUNTIMES, 'node_modules', `node-${version}`, 'bin', 'node')
}
