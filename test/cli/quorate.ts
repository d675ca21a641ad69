/** The `quorate` command as anybody runs it: words in, status and outputs out. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before } from 'node:test'
import { type Cluster, serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'

export const MAIN = path.join(import.meta.dirname, '../../src/main.ts')
/** Far longer than any command of a test takes. */
export const MS_MAX = 60_000

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
  readonly #urls: () => readonly string[]

  /** Of a cluster that may still have to be started. */
  constructor(urls: () => readonly string[]) {
    this.#urls = urls
  }

  get environment(): Readonly<Record<string, string>> {
    const endpoints = this.#urls().map((url) => new URL(url).host)
    return { QUORATE_ENDPOINTS: endpoints.join(',') }
  }

  start(words: readonly string[], around: Surroundings = {}): Running {
    const environment = { ...this.environment, ...around.environment }
    return new Running(words, { ...around, environment })
  }

  run(words: readonly string[], around: Surroundings = {}): Promise<Ended> {
    return this.start(words, around).end()
  }

  /** Ends with status 0, or the test has failed. */
  async fine(words: readonly string[], input?: string | Uint8Array): Promise<Ended> {
    const ended = await this.run(words, input === undefined ? {} : { input })
    assert.equal(ended.status, 0, `${words.join(' ')}: ${ended.err}`)
    return ended
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

export interface Place {
  /** Not before the first test of the file. */
  readonly cluster: () => Cluster
  readonly quorate: Quorate
  readonly fine: Quorate['fine']
  /** Its path, in a directory that is removed in the end. */
  readonly file: (name: string, content: string | Uint8Array) => string
}

/** Three processes and a directory for all tests of a file. */
export function clusterForCli(name: string): Place {
  let cluster: Cluster | undefined
  let directory: string | undefined
  const started = (): Cluster => {
    assert.ok(cluster !== undefined, 'tests begin after hooks')
    return cluster
  }
  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'quorate-cli-'))
    cluster = await startCluster({
      name: `cli-${name}`,
      command: serverCommand(),
      environment: UNHURRIED,
    })
  })
  after(async () => {
    await cluster?.stop()
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  })
  const quorate = new Quorate(() => started().urls)
  return {
    cluster: started,
    quorate,
    fine: (words, input) => quorate.fine(words, input),
    file: (own, content) => {
      const place = path.join(directory ?? '', own)
      writeFileSync(place, content)
      return place
    },
  }
}

/** Fields of what `--json` prints. */
export interface Shown {
  readonly revision: number
  readonly [name: string]: unknown
}

/** Each line a JSON value. */
export function jsonLines(text: string): readonly unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
