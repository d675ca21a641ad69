import { KvError, SeededChance } from '../../base/index.ts'
import type { Disk } from '../../io/index.ts'
import { ManualClock, MemoryDisk } from '../../log/testing/index.ts'
import type { CommandParts, Output } from '../command-parts.ts'
import type { ClusterWish, NodeConfig } from '../index.ts'

export interface FakeTerminalOptions {
  readonly disk?: Disk
  readonly files?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
  readonly isTerminal?: boolean
}

/** Keeps what a command prints, and what it would run. */
export class FakeTerminal {
  readonly #options: FakeTerminalOptions
  readonly ran: { config: NodeConfig; remarks: readonly string[] }[] = []
  readonly wishes: ClusterWish[] = []
  readonly #out: string[] = []
  readonly #err: string[] = []

  constructor(options: FakeTerminalOptions = {}) {
    this.#options = options
  }

  get out(): string {
    return this.#out.join('').replace(/\n$/, '')
  }

  get err(): string {
    return this.#err.join('').replace(/\n$/, '')
  }

  parts(): CommandParts {
    const { environment = {}, isTerminal = false, input = '' } = this.#options
    const disk = this.#options.disk ?? new MemoryDisk()
    const output = outputOf(this.#out, isTerminal)
    const errors = outputOf(this.#err, isTerminal)
    return {
      print: (line) => output.write(`${line}\n`),
      complain: (line) => errors.write(`${line}\n`),
      output,
      errors,
      input: { isTerminal, pieces: () => pieces(input), keys: () => () => {} },
      environment,
      readText: (path) => this.#read(path),
      readBytes: (path) => new TextEncoder().encode(this.#read(path)),
      writeText: () => {},
      versions: { own: '1.2.3', etcd: '3.6.6', runtime: 'Node.js v26', platform: 'linux/x64' },
      machine: async () => ({
        disk,
        clock: new ManualClock(),
        chance: new SeededChance(1, 'command'),
        space: async () => null,
        listens: async () => false,
        clusterIdText: async (clusterId) => `c${clusterId}`,
        timeAtMs: async () => null,
      }),
      interruption: () => new AbortController().signal,
      runProgram: () => {
        throw new KvError('STOPPED', 'there are no programs here')
      },
      runNode: async (config, remarks) => {
        this.ran.push({ config, remarks })
        return 7
      },
      runCluster: async (wish) => {
        this.wishes.push(wish)
        return 8
      },
      openCluster: async () => {
        throw new KvError('STOPPED', 'there are no nodes here')
      },
    }
  }

  #read(path: string): string {
    const text = this.#options.files?.[path]
    if (text !== undefined) return text
    throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' })
  }
}

function outputOf(pieces: string[], isTerminal: boolean): Output {
  return {
    isTerminal,
    columns: () => 80,
    rows: () => 24,
    write: (data) => pieces.push(typeof data === 'string' ? data : new TextDecoder().decode(data)),
    gone: new AbortController().signal,
    heedReader: async () => () => {},
  }
}

async function* pieces(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text)
}
