/** One of the two servers: what runs against it, and what later steps refer to. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Cluster } from '../cluster/index.ts'
import { normalErrors, normalLines } from './normal.ts'
import type { Program, RunStep, StartStep, Step, StopStep, WaitStep } from './step.ts'

/** A command that takes longer hangs. */
const STEP_MS_MAX = 60_000
/** Before etcdctl gives a request up, which says nothing about servers. */
const REQUEST_TIME_MAX = '20s'

/** What a step has come to, to be held against the other side's. */
export interface Outcome {
  readonly text: string
  /** As it was printed, for whoever looks into a difference. */
  readonly raw: string
}

const NOTHING: Outcome = { text: '', raw: '' }

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  out: string
  err: string
  heard: () => void
}

export class Side {
  readonly #cluster: Cluster
  readonly #variables = new Map<string, string>()
  readonly #running = new Map<string, Running>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#variables.set('url', cluster.urls[0] ?? '')
    this.#variables.set('directory', cluster.directory)
  }

  do(step: Step): Promise<Outcome> {
    if (step.kind === 'run') return this.#run(step)
    if (step.kind === 'start') return this.#start(step)
    if (step.kind === 'wait') return this.#wait(step)
    return this.#stop(step)
  }

  /** Nothing that it has started is left running; the cluster is whose it was. */
  async close(): Promise<void> {
    for (const { child, ended } of this.#running.values()) {
      child.kill('SIGKILL')
      await ended
    }
  }

  async #run(step: RunStep): Promise<Outcome> {
    const running = this.#spawn(step.program, step.words, step.input ?? '')
    const timer = setTimeout(() => running.child.kill('SIGKILL'), STEP_MS_MAX)
    await running.ended
    clearTimeout(timer)
    const { out, err, child } = running
    const end = `exit ${child.exitCode ?? child.signalCode}`
    if (step.capture !== undefined) {
      this.#variables.set(step.capture.name, step.capture.pattern.exec(out)?.[1] ?? '<none>')
    }
    const raw = `${out}\n${err}\n${end}`
    if (step.codeOnly === true) return { text: end, raw }
    const unordered = step.unordered === true
    const text = [normalLines(out, { unordered }), normalErrors(err), end].join('\n')
    return { text, raw }
  }

  async #start({ as, program, words, input }: StartStep): Promise<Outcome> {
    const running = this.#spawn(program, words, null)
    // It stays open: at its end whoever reads it would end, too, whatever else is under way.
    if (input !== undefined) running.child.stdin?.write(this.#filled(input))
    this.#running.set(as, running)
    return NOTHING
  }

  async #wait({ for: name, lines }: WaitStep): Promise<Outcome> {
    const running = this.#named(name)
    const late = setTimeout(() => running.child.kill('SIGKILL'), STEP_MS_MAX)
    const enough = new Promise<void>((resolve) => {
      running.heard = () => {
        if (running.out.split('\n').length > lines) resolve()
      }
      running.heard()
    })
    await Promise.race([enough, running.ended])
    clearTimeout(late)
    return NOTHING
  }

  async #stop({ what }: StopStep): Promise<Outcome> {
    const { child, ended, ...printed } = this.#named(what)
    child.kill('SIGINT')
    const timer = setTimeout(() => child.kill('SIGKILL'), STEP_MS_MAX)
    await ended
    clearTimeout(timer)
    const { out, err } = this.#named(what)
    this.#running.delete(what)
    const text = [normalLines(out, { unordered: false }), normalErrors(err)].join('\n')
    return { text, raw: `${out}\n${printed.err}` }
  }

  #named(name: string): Running {
    const running = this.#running.get(name)
    if (running === undefined) throw new Error(`nothing that is called ${name} was started`)
    return running
  }

  /** Input null: it stays open. */
  #spawn(program: Program, words: readonly string[], input: string | null): Running {
    const known = words.map((word) => this.#filled(word))
    const child = spawn(program, [...this.#wordsFor(program), ...known], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ETCDCTL_API: '3' },
    })
    const running: Running = {
      child,
      ended: once(child, 'close'),
      out: '',
      err: '',
      heard: () => {},
    }
    child.stdout.on('data', (piece: Buffer) => {
      running.out += piece.toString('latin1')
      running.heard()
    })
    child.stderr.on('data', (piece: Buffer) => {
      running.err += piece.toString('latin1')
    })
    child.stdin.on('error', () => {})
    if (input !== null) child.stdin.end(input)
    return running
  }

  #filled(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => this.#variables.get(name) ?? whole)
  }

  #wordsFor(program: Program): readonly string[] {
    if (program === 'curl') return ['--silent', '--show-error', '--write-out', '\n%{http_code}\n']
    const times = ['--dial-timeout', REQUEST_TIME_MAX, '--command-timeout', REQUEST_TIME_MAX]
    return ['--endpoints', this.#cluster.urls.join(','), ...times]
  }
}
