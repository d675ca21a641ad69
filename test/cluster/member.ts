import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const READY_MS_MAX = 30_000
const STOP_MS_MAX = 10_000
const PRINTED_MAX = 20_000
const LAST_LINES = 12
/** Any of these in what a member prints: clients are served. */
const READY = /ready to serve client requests|published \{?Name|published local member/

export interface MemberOptions {
  readonly name: string
  readonly url: string
  readonly command: readonly string[]
  readonly flags: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

interface Life {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  readonly ready: Promise<void>
}

/** One process after the other, on the same data. */
export class Member {
  readonly name: string
  readonly url: string
  readonly #options: MemberOptions
  #life: Life | null = null
  #printed = ''

  constructor(options: MemberOptions) {
    this.name = options.name
    this.url = options.url
    this.#options = options
  }

  get pid(): number {
    const pid = this.#life?.child.pid
    assert.ok(pid !== undefined, `${this.name} runs`)
    return pid
  }

  get isRunning(): boolean {
    const child = this.#life?.child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  start(): void {
    assert.ok(!this.isRunning, `${this.name} is started once at a time`)
    const { command, flags, environment = {} } = this.#options
    const [program = '', ...words] = command
    this.#printed = ''
    const child = spawn(program, [...words, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    const ready = new Promise<void>((resolve) => {
      const hear = (piece: Buffer): void => {
        this.#printed = (this.#printed + piece.toString()).slice(-PRINTED_MAX)
        if (READY.test(this.#printed)) resolve()
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
    })
    this.#life = { child, ready, ended: once(child, 'close') }
  }

  /** It has said that it serves clients. */
  async ready(withinMs = READY_MS_MAX): Promise<void> {
    const life = this.#life
    assert.ok(life !== null, `${this.name} was started`)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, withinMs, `is not ready after ${withinMs / 1000} s`)
    })
    const outcome = await Promise.race([
      life.ready.then(() => ''),
      life.ended.then(() => `ended with ${life.child.exitCode ?? life.child.signalCode}`),
      late,
    ])
    clearTimeout(timer)
    assert.equal(outcome, '', `${this.name} ${outcome}:\n${this.lastWords()}`)
  }

  lastWords(): string {
    return this.#printed.split('\n').slice(-LAST_LINES).join('\n')
  }

  /** As when the power goes; the machine's cache stays. */
  async kill(): Promise<void> {
    const life = this.#life
    if (life === null || !this.isRunning) return
    life.child.kill('SIGKILL')
    await life.ended
  }

  /** In order; by force when that takes too long. Idempotent. */
  async stop(): Promise<void> {
    const life = this.#life
    if (life === null || !this.isRunning) return
    life.child.kill('SIGTERM')
    const timer = setTimeout(() => life.child.kill('SIGKILL'), STOP_MS_MAX)
    await life.ended
    clearTimeout(timer)
  }
}
