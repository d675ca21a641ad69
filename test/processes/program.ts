/** Programs of ours, run as anybody runs them; whatever a test starts is gone when it ends. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'

export const ROOT = path.join(import.meta.dirname, '../..')
export const MAIN = path.join(ROOT, 'src/main.ts')
export const ETCD = path.join(ROOT, 'bin/etcd')

/** For whatever a test waits for: far longer than that takes, and shorter than a test may. */
const WAIT_MS_MAX = 30_000

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-processes-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export interface ProgramOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

export class Program {
  readonly child: ChildProcess
  readonly #ended: Promise<unknown>
  /** Both outputs, as they came. */
  printed = ''
  output = ''
  #heard: () => void = () => {}

  constructor(
    t: TestContext,
    [program = '', ...words]: readonly string[],
    options: ProgramOptions = {},
  ) {
    const { cwd = ROOT, environment = {} } = options
    const env = { ...process.env, ...environment }
    this.child = spawn(program, words, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#ended = once(this.child, 'close')
    this.child.stdout?.on('data', (piece: Buffer) => {
      this.output += piece.toString()
      this.#hear(piece)
    })
    this.child.stderr?.on('data', (piece: Buffer) => this.#hear(piece))
    t.after(() => this.kill())
  }

  #hear(piece: Buffer): void {
    this.printed += piece.toString()
    this.#heard()
  }

  /** Until it has printed that; fails when it ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const found = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (pattern.test(this.printed)) resolve()
      }
      this.#heard()
    })
    const late = AbortSignal.timeout(WAIT_MS_MAX)
    await Promise.race([found, this.#ended, once(late, 'abort')])
    const match = pattern.exec(this.printed)
    assert.ok(match !== null, `it has not printed ${pattern}, but:\n${this.printed}`)
    return match
  }

  /** Status or signal, once it has ended and all that it printed is here. */
  async end(): Promise<number | string | null> {
    const late = AbortSignal.timeout(WAIT_MS_MAX)
    await Promise.race([this.#ended, once(late, 'abort')])
    const { exitCode, signalCode } = this.child
    assert.ok(exitCode !== null || signalCode !== null, `it has not ended:\n${this.printed}`)
    return exitCode ?? signalCode
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    this.child.kill(signal)
    return this.end()
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.end()
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Of a process that is no child of this one, so that nobody tells us of its end. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
}
