/** `quorate dev` */

import { resolve } from 'node:path'
import { bytes, connect } from '../../client/index.ts'
import type { CommandParts, LocalCluster, Machine } from '../command-parts.ts'
import type { Store } from '../commands/connection.ts'
import { pause } from '../commands/pause.ts'
import { printJson, styleFor } from '../commands/show.ts'
import { failureLines } from '../failure-text.ts'
import type { CallOf } from '../framework/index.ts'
import type { DEV } from '../specs/server.ts'
import { STATUS } from '../specs/shared.ts'
import { checkedPorts } from '../start-command.ts'
import { type Mode, press, question } from './keys.ts'
import { Sampler } from './sampler.ts'
import { viewLines } from './view.ts'

type Values = CallOf<typeof DEV>['values']

const LOOK_MS = 500
/** On a machine that is busy with starting nodes, a connection takes longer than a look. */
const CONNECT_MS_MAX = 5000
const OWN_PORT = 8081

const ALTERNATE_SCREEN = '\u001b[?1049h\u001b[?25l'
const USUAL_SCREEN = '\u001b[?25h\u001b[?1049l'

export async function runDev({ values }: CallOf<typeof DEV>, parts: CommandParts): Promise<number> {
  const { data } = values
  const wish = { ...checkedPorts(values), directory: data === undefined ? null : resolve(data) }
  const machine = await parts.machine()
  const interruption = parts.interruption()
  await using cluster = await open(wish, parts)
  if (cluster === null) return STATUS.failed
  const isTerminal = parts.output.isTerminal && parts.input.isTerminal
  const isLive = isTerminal && !values.plain && !values.json
  const dev = new Dev(cluster, { values, parts, machine, interruption })
  await (isLive ? dev.showLive() : dev.tellPlainly())
  return STATUS.fine
}

/** Null when ports or the directory are not free: nothing is wrong with how it was asked for. */
async function open(
  wish: Parameters<CommandParts['openCluster']>[0],
  parts: CommandParts,
): Promise<LocalCluster | null> {
  try {
    return await parts.openCluster(wish)
  } catch (error) {
    for (const line of failureLines(error)) parts.complain(line)
    return null
  }
}

interface Surroundings {
  readonly values: Values
  readonly parts: CommandParts
  readonly machine: Machine
  readonly interruption: AbortSignal
}

class Dev {
  readonly #cluster: LocalCluster
  readonly #around: Surroundings
  readonly #sampler: Sampler
  readonly #quit = new AbortController()
  readonly #ended: AbortSignal
  readonly #beganMs: number
  #mode: Mode = 'watching'
  #store: Store | null = null

  constructor(cluster: LocalCluster, around: Surroundings) {
    const { clock } = around.machine
    this.#cluster = cluster
    this.#around = around
    this.#sampler = new Sampler(cluster, () => clock.monotonicMs())
    this.#ended = AbortSignal.any([
      this.#quit.signal,
      around.interruption,
      around.parts.output.gone,
    ])
    this.#beganMs = clock.monotonicMs()
  }

  async showLive(): Promise<void> {
    const { input, output } = this.#around.parts
    output.write(ALTERNATE_SCREEN)
    const endKeys = input.keys((key) => this.#press(key))
    try {
      this.#sayReady()
      await this.#watch(() => this.#draw())
    } finally {
      endKeys()
      output.write(USUAL_SCREEN)
    }
  }

  async tellPlainly(): Promise<void> {
    this.#tell(this.#placeLines(), { kind: 'starting', ...this.#places() })
    await Promise.race([this.#cluster.ready, this.#over()])
    if (this.#ended.aborted) return
    this.#tell(this.#readyLines(), { kind: 'ready', ...this.#places() })
    this.#sampler.onEvent = (text) => this.#tell([text], { kind: 'event', text })
    await this.#watch(() => {})
    this.#tell(['Stops.'], { kind: 'stopping' })
  }

  /** Lines for people, or one for programs. */
  #tell(lines: readonly string[], value: Readonly<Record<string, unknown>>): void {
    const { parts, values } = this.#around
    if (values.json) printJson(parts, value)
    else for (const line of lines) parts.print(line)
  }

  #places(): Readonly<Record<string, unknown>> {
    const { directory, nodes } = this.#cluster
    const places = nodes.map(({ number, endpoint, logFile }) => ({ number, endpoint, logFile }))
    return { directory, nodes: places }
  }

  #over(): Promise<void> {
    return new Promise((done) => {
      if (this.#ended.aborted) done()
      else this.#ended.addEventListener('abort', () => done(), { once: true })
    })
  }

  /** Until somebody wants it to end. */
  async #watch(show: () => void): Promise<void> {
    const { machine } = this.#around
    try {
      while (!this.#ended.aborted) {
        this.#store ??= await this.#connect()
        await this.#sampler.look(this.#store)
        show()
        await pause(LOOK_MS, { machine, signal: this.#ended })
      }
    } finally {
      await this.#store?.close()
    }
  }

  /** Null as long as no node listens: the next look tries again. */
  async #connect(): Promise<Store | null> {
    const nodes = this.#cluster.nodes
    if (!nodes.some((node) => node.state() === 'ready')) return null
    const endpoints = nodes.map(({ endpoint }) => endpoint)
    try {
      // Whoever quits does not wait for it, nor for what is under way over it.
      const limits = { timeoutMs: CONNECT_MS_MAX, signal: this.#ended }
      return await connect({ endpoints, discover: false, codec: bytes, ...limits })
    } catch {
      // A node may be gone again; the next look tells of it.
      return null
    }
  }

  #states() {
    return new Map(this.#cluster.nodes.map((node) => [node.number, node.state()] as const))
  }

  #press(key: string): void {
    const { mode, wish } = press(key, this.#mode, this.#states())
    this.#mode = mode
    if (wish.kind === 'quit') this.#quit.abort()
    else if (wish.kind !== 'nothing') this.#change(wish.kind, wish.number)
    this.#draw()
  }

  #change(kind: 'kill' | 'start', number: number): void {
    const node = this.#cluster.nodes.find((one) => one.number === number)
    if (node === undefined) return
    this.#sampler.say(kind === 'kill' ? `kills node ${number}` : `starts node ${number}`)
    const done = kind === 'kill' ? node.kill() : node.start()
    done.catch(() => this.#sampler.say(`node ${number} did not start: see ${node.logFile}`))
  }

  #draw(): void {
    const { parts, machine, values } = this.#around
    const { output } = parts
    const lines = viewLines(
      {
        directory: this.#cluster.directory,
        engine: values.engine,
        runsMs: machine.clock.monotonicMs() - this.#beganMs,
        nodes: this.#sampler.nodes,
        revision: this.#sampler.revision,
        writesPerSecond: this.#sampler.writesPerSecond,
        readMs: this.#sampler.readMs,
        events: this.#sampler.events,
        question: question(this.#mode, this.#states()),
      },
      { columns: output.columns(), rows: output.rows(), style: styleFor(values, parts) },
    )
    // Written over in place, and what is left of longer lines erased: nothing flickers.
    output.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`)
  }

  #sayReady(): void {
    this.#cluster.ready.then(
      () => {
        for (const line of this.#readyLines()) this.#sampler.say(line)
      },
      () => this.#sampler.say('a node did not get ready: its log says why'),
    )
  }

  #placeLines(): readonly string[] {
    const { engine } = this.#around.values
    const { nodes, directory } = this.#cluster
    return [
      `Quorate: ${nodes.length} nodes with the engine ${engine}, data in ${directory}`,
      ...nodes.map(
        ({ number, endpoint, logFile }) => `  node ${number}  ${endpoint}  log ${logFile}`,
      ),
    ]
  }

  #readyLines(): readonly string[] {
    const tookMs = this.#around.machine.clock.monotonicMs() - this.#beganMs
    const { clientPort } = this.#around.values
    const endpoints = this.#cluster.nodes.map(({ endpoint }) => endpoint).join(',')
    // The usual ones are found without being named.
    const where = clientPort === OWN_PORT ? '' : ` --endpoints ${endpoints}`
    return [
      `Ready after ${(tookMs / 1000).toFixed(1)} s. In another terminal, for instance:`,
      `  quorate put greeting hello${where}`,
      `  quorate get greeting${where}`,
      `  quorate bench${where}`,
    ]
  }
}
