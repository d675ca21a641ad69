/**
 * `npm run fuzz:rpc`: random clients against our server and random servers against our client,
 * for as many frames as are asked for. A failure is printed with the seed that replays it.
 */

import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { createNodeClock } from '../../../../io/index.ts'
import { attackOne } from './fuzz.ts'
import type { FuzzMessage } from './worker.ts'

const USAGE = `usage: npm run fuzz:rpc -- [options]
  --frames N    stop after N frames (default 1000000)
  --seed S      the first session's seed; the next have S + 1, S + 2 … (default 1)
  --threads N   (default 2)
  --replay      run the session of --seed alone
exit status: 0 nothing found, 1 a failure or a hang, 2 usage`

/** A session takes milliseconds: one that takes so long hangs. */
const HANG_MS = 30_000
const LOOK_MS = 2000

const NOTHING_YET = { seed: 0, frames: 0, answered: 0, sessions: 0, calls: 0, done: false }

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    replay: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

const [seed, frames, threads] = [values.seed, values.frames, values.threads].map(Number)
if (values.help || !isCount(seed) || !isCount(frames) || !isCount(threads)) {
  say(USAGE)
  process.exitCode = 2
} else if (values.replay) say(JSON.stringify(await attackOne(seed)))
else process.exitCode = await run({ seed, frames, threads })

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}

interface RunOptions {
  readonly seed: number
  readonly frames: number
  readonly threads: number
}

/** Resolves with the exit status. */
function run({ seed, frames, threads }: RunOptions): Promise<number> {
  const clock = createNodeClock()
  const startMs = clock.monotonicMs()
  const states = Array.from({ length: threads }, () => ({ ...NOTHING_YET, heardMs: startMs }))
  const sum = (key: 'frames' | 'sessions' | 'calls' | 'answered'): number =>
    states.reduce((total, state) => total + state[key], 0)
  const told = (): string => {
    const seconds = (clock.monotonicMs() - startMs) / 1000
    const rss = Math.round(process.memoryUsage.rss() / 2 ** 20)
    const perSecond = Math.round(sum('frames') / seconds)
    return (
      `${sum('frames')} frames in, ${sum('answered')} out, ${sum('sessions')} sessions, ` +
      `${sum('calls')} calls, ${seconds.toFixed(0)} s, ${perSecond} frames/s, ${rss} MiB`
    )
  }
  return new Promise((resolve) => {
    const workers: Worker[] = []
    let isOver = false
    const stop = (status: number, text: string): void => {
      if (isOver) return
      isOver = true
      say(text)
      for (const worker of workers) void worker.terminate()
      resolve(status)
    }
    for (const [at, state] of states.entries()) {
      const workerData = { seed: seed + at, step: threads, frames: Math.ceil(frames / threads) }
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData })
      workers.push(worker)
      worker.on('error', (error) => stop(1, `a worker failed: ${error}`))
      worker.on('message', (message: FuzzMessage) => {
        Object.assign(state, message, { heardMs: clock.monotonicMs() })
        if (message.failure !== null) stop(1, `${message.failure}\n${replay(message.seed)}`)
        else if (states.every(({ done }) => done)) stop(0, `nothing found: ${told()}`)
      })
    }
    const look = (): void => {
      const hung = states.find(
        ({ heardMs, done }) => !done && clock.monotonicMs() - heardMs > HANG_MS,
      )
      if (isOver) return
      say(told())
      if (hung !== undefined) stop(1, `a session after seed ${hung.seed} hangs`)
      else clock.after(LOOK_MS, look)
    }
    clock.after(LOOK_MS, look)
  })
}

function replay(seed: number): string {
  return `replay: npm run fuzz:rpc -- --replay --seed ${seed}`
}
