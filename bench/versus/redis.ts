/**
 * Redis as a yardstick: one process that writes each change to its file and syncs before it
 * answers. It replicates nothing, and nobody takes over from it.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePorts } from '../../test/cluster/index.ts'
import { memoryOf } from '../figures.ts'
import { Durations } from './durations.ts'
import { VALUE_BYTES, type Yardstick } from './load.ts'
import type { Timing } from './meter.ts'
import type { Measured } from './order.ts'
import { runOutside } from './outside.ts'

const READY_MS_MAX = 10_000
/** How many commands tell how many there should be. */
const TRIAL = 3000
const NO_FAILURES: ReadonlyMap<string, number> = new Map()

export interface RedisPrograms {
  readonly server: string
  readonly benchmark: string
}

export class Redis {
  readonly #programs: RedisPrograms
  readonly #child: ChildProcess
  readonly #directory: string
  readonly #port: number

  static async open(programs: RedisPrograms): Promise<Redis> {
    const directory = mkdtempSync(path.join(tmpdir(), 'quorate-redis-'))
    const [port = 0] = await freePorts(1)
    const child = spawn(
      programs.server,
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
        ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const redis = new Redis(programs, { child, directory, port })
    try {
      await redis.#ready()
      return redis
    } catch (error) {
      await redis.stop()
      throw error
    }
  }

  private constructor(
    programs: RedisPrograms,
    {
      child,
      directory,
      port,
    }: { readonly child: ChildProcess; readonly directory: string; readonly port: number },
  ) {
    this.#programs = programs
    this.#child = child
    this.#directory = directory
    this.#port = port
  }

  async #ready(): Promise<void> {
    let printed = ''
    const ready = new Promise<boolean>((resolve) => {
      this.#child.stdout?.on('data', (piece: Buffer) => {
        printed = (printed + piece.toString()).slice(-10_000)
        if (printed.includes('Ready to accept connections')) resolve(true)
      })
      this.#child.once('error', () => resolve(false))
      this.#child.once('exit', () => resolve(false))
    })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), READY_MS_MAX)
    const isReady = await ready
    clearTimeout(timer)
    if (!isReady) throw new Error(`redis-server does not start:\n${printed}`)
  }

  /** The program counts commands, not time: a trial tells how many there may be. */
  async measure(
    yardstick: Yardstick,
    { keys, timing }: { readonly keys: number; readonly timing: Timing },
  ): Promise<Measured> {
    const trial = parseRedisBenchmark((await this.#run(yardstick, TRIAL, keys)).printed)
    const warm = Math.ceil((trial.perSecond * timing.warmMs) / 1000)
    const warmed = parseRedisBenchmark((await this.#run(yardstick, warm, keys)).printed)
    const count = Math.ceil((warmed.perSecond * timing.measureMs) / 1000)
    const { printed, expenses } = await this.#run(yardstick, count, keys)
    const figures = parseRedisBenchmark(printed)
    const durations = new Durations()
    const failures = NO_FAILURES
    const rest = expenses.for({ count, durations, failures, valueBytes: VALUE_BYTES })
    return { ...rest, ...figures, p999Ms: Number.NaN }
  }

  #run({ connections, inFlight }: Yardstick, count: number, keys: number) {
    return runOutside(
      [
        ...[this.#programs.benchmark, '-h', '127.0.0.1', '-p', String(this.#port), '--csv'],
        ...['-t', 'set', '-d', String(VALUE_BYTES), '-r', String(keys), '-n', String(count)],
        ...['-c', String(connections), '-P', String(inFlight)],
      ],
      { pids: [this.#child.pid ?? 0], expectedMs: 0 },
    )
  }

  residentMiB(): number {
    return memoryOf(this.#child.pid ?? 0).residentMiB
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      await ended
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

export interface RedisOutput {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

/** By the names in the first line: other versions have other columns. */
export function parseRedisBenchmark(printed: string): RedisOutput {
  const lines = printed.trim().split('\n').map(cellsOf)
  const head = lines.find(([first]) => first === 'test')
  const line = lines.find(([first]) => first === 'SET')
  const figure = (name: string): number => {
    const at = head?.indexOf(name) ?? -1
    const value = Number(line?.[at] ?? Number.NaN)
    if (Number.isNaN(value)) throw new Error(`redis-benchmark does not tell ${name}:\n${printed}`)
    return value
  }
  return {
    perSecond: figure('rps'),
    p50Ms: figure('p50_latency_ms'),
    p99Ms: figure('p99_latency_ms'),
    longestMs: figure('max_latency_ms'),
  }
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .split(',')
    .map((cell) => cell.replaceAll('"', ''))
}
