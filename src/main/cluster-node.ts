import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { KvError } from '../base/index.ts'
import { linesForPeople } from './last-events.ts'
import { environmentOfNode, NODE_FLAGS } from './node-process.ts'

export interface NodePlace {
  /** From 1. */
  readonly number: number
  readonly directory: string
  readonly configFile: string
  readonly logFile: string
  readonly clientPort: number
  readonly peerPort: number
}

/** What a node tells whoever has started it with a channel. */
export interface ReadyNote {
  readonly kind: 'ready'
  /** The id of the node that leads as far as it knows. */
  readonly leader: number | null
}

const LAST_EVENTS = 8
/** A log that has become longer begins anew at the next start. */
const LOG_BYTES_MAX = 16 * 1024 * 1024
/** Twice what a node takes to stop in order. */
const STOP_MS_MAX = 10_000

/** One process, from its start to its end. */
export class ClusterNode {
  readonly place: NodePlace
  /** With who leads; fails when it ends before it is ready. */
  readonly ready: Promise<number | null>
  readonly ended: Promise<void>
  readonly #ready = Promise.withResolvers<number | null>()
  readonly #ended = Promise.withResolvers<void>()
  #child: ChildProcess | null = null
  #stopping = false
  /** Where in its log this life begins. */
  #logStart = 0
  endText = ''

  constructor(place: NodePlace) {
    this.place = place
    this.ready = this.#ready.promise
    this.ended = this.#ended.promise
    // Whoever stops before all are ready does not ask any more.
    this.ready.catch(() => {})
  }

  get isStopping(): boolean {
    return this.#stopping
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  start(): void {
    const { configFile, logFile } = this.place
    const earlierBytes = sizeOf(logFile)
    const isTooLong = earlierBytes > LOG_BYTES_MAX
    this.#logStart = isTooLong ? 0 : earlierBytes
    const log = openSync(logFile, isTooLong ? 'w' : 'a', 0o600)
    const flags = [...NODE_FLAGS, ...process.execArgv]
    const words = [...flags, mainFile(), 'node', '--config', configFile]
    const env = environmentOfNode()
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', log, log, 'ipc'] })
    closeSync(log)
    this.#child = child
    child.on('message', (note) => {
      if (isReadyNote(note)) this.#ready.resolve(note.leader)
    })
    child.once('error', (error) => this.#end(`it did not start: ${error.message}`))
    child.once('exit', (code, signal) => {
      this.#end(signal === null ? `status ${code}` : `killed by ${signal}`)
    })
  }

  #end(text: string): void {
    this.endText = text
    const words = this.lastWords().map((line) => `\n  ${line}`)
    const { number, logFile } = this.place
    const end = words.length === 0 ? `Its log is ${logFile}` : `The end of ${logFile}:`
    const why = `node ${number} did not get ready (${text}). ${end}${words.join('')}`
    this.#ready.reject(new KvError('STOPPED', why))
    this.#ended.resolve()
  }

  /** Of this life, and none that only tell what goes well. */
  lastWords(): readonly string[] {
    try {
      const said = readFileSync(this.place.logFile).subarray(this.#logStart).toString()
      const told = said.split('\n').map(linesForPeople)
      return told
        .filter((lines) => lines.length > 0)
        .slice(-LAST_EVENTS)
        .flat()
    } catch {
      // It has said nothing.
      return []
    }
  }

  /** As when the power goes. Idempotent. */
  async kill(): Promise<void> {
    this.#stopping = true
    if (this.#child === null || this.endText !== '') return
    this.#child.kill('SIGKILL')
    await this.ended
  }

  /** In order; by force when that takes too long. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === null || this.endText !== '') return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await this.ended
    clearTimeout(timer)
  }
}

/** The program that runs: from the sources, or from what was built of them. */
function mainFile(): string {
  const isBuilt = import.meta.url.endsWith('.js')
  return fileURLToPath(new URL(isBuilt ? '../main.js' : '../main.ts', import.meta.url))
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function isReadyNote(note: unknown): note is ReadyNote {
  return typeof note === 'object' && note !== null && 'kind' in note && note.kind === 'ready'
}
