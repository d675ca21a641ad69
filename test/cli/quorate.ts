/** The `quorate` command as anybody runs it: words in, status and outputs out. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const MAIN = path.join(import.meta.dirname, '../../src/main.ts')
/** Far longer than any command of a test takes. */
const MS_MAX = 60_000

export interface Ended {
  readonly status: number | string | null
  readonly out: string
  readonly err: string
  readonly bytes: Buffer
}

export interface Surroundings {
  readonly input?: string | Uint8Array
  readonly environment?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** While it runs. */
export class Running {
  readonly child: ChildProcess
  readonly #out: Buffer[] = []
  readonly #err: Buffer[] = []
  readonly #closed: Promise<unknown>
  #heard: () => void = () => {}

  constructor(words: readonly string[], { input, environment = {}, cwd }: Surroundings) {
    // What whoever runs the tests has set is not meant for them.
    const own = Object.entries(process.env).filter(([name]) => !/^(QUORATE_|NO_COLOR)/.test(name))
    const env = { ...Object.fromEntries(own), ...environment }
    const options = cwd === undefined ? { env } : { env, cwd }
    this.child = spawn(process.execPath, [MAIN, ...words], {
      ...options,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: MS_MAX,
    })
    this.#closed = once(this.child, 'close')
    this.child.stdout?.on('data', (piece: Buffer) => {
      this.#out.push(piece)
      this.#heard()
    })
    this.child.stderr?.on('data', (piece: Buffer) => {
      this.#err.push(piece)
      this.#heard()
    })
    // A command that does not read its input may have ended already.
    this.child.stdin?.on('error', () => {})
    this.child.stdin?.end(input ?? '')
  }

  get out(): string {
    return Buffer.concat(this.#out).toString()
  }

  get err(): string {
    return Buffer.concat(this.#err).toString()
  }

  /** Until it has printed that, on either output, or has ended. */
  async until(pattern: RegExp): Promise<void> {
    const found = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (pattern.test(this.out) || pattern.test(this.err)) resolve()
      }
      this.#heard()
    })
    await Promise.race([found, this.#closed])
  }

  async end(): Promise<Ended> {
    await this.#closed
    const { exitCode, signalCode } = this.child
    const bytes = Buffer.concat(this.#out)
    return { status: exitCode ?? signalCode, out: this.out, err: this.err, bytes }
  }
}

/** Commands for one cluster. */
export class Quorate {
  readonly environment: Readonly<Record<string, string>>

  constructor(urls: readonly string[]) {
    const endpoints = urls.map((url) => new URL(url).host).join(',')
    this.environment = { QUORATE_ENDPOINTS: endpoints }
  }

  start(words: readonly string[], around: Surroundings = {}): Running {
    const environment = { ...this.environment, ...around.environment }
    return new Running(words, { ...around, environment })
  }

  run(words: readonly string[], around: Surroundings = {}): Promise<Ended> {
    return this.start(words, around).end()
  }

  async json(words: readonly string[], around: Surroundings = {}): Promise<unknown> {
    const { out, err, status } = await this.run([...words, '--json'], around)
    try {
      return JSON.parse(out)
    } catch {
      return { status, out, err }
    }
  }
}

/** Each line a JSON value. */
export function jsonLines(text: string): readonly unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
