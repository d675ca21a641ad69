/** One group without a node around it: its messages, its log and its snapshots lie open. */

import { DataChecksums, SeededChance } from '../../base/index.ts'
import { createMemory, type EngineFactory } from '../../engine/index.ts'
import type { LogWrite, WriteAheadLog } from '../../log/index.ts'
import { ManualClock, MemoryDisk } from '../../log/testing/index.ts'
import type { PeerMessage } from '../../peer/index.ts'
import { type Entry, RAFT_TUNING, type SnapshotMark } from '../../raft/index.ts'
import { STATE_LIMITS } from '../../state/index.ts'
import { Group } from '../group.ts'
import { beginReplica, type ReplicaStart } from '../start.ts'
import { GROUP_LIMITS, type GroupLimits, type GroupMark, type Snapshots } from '../types.ts'

/** Everything that is appended is durable at once, unless a test holds it up. */
class Durability {
  #isHeld = false
  #waiting: (() => void)[] = []

  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.releaseFirst(this.#waiting.length)
  }

  /** What was written first becomes durable; the rest is still held up. */
  releaseFirst(count: number): void {
    for (const done of this.#waiting.splice(0, count)) done()
  }

  written(done: () => void): void {
    if (this.#isHeld) this.#waiting.push(done)
    else done()
  }
}

function memoryLog(durability: Durability): WriteAheadLog {
  const entries = new Map<number, Entry>()
  const read = (from: number, to: number): Entry[] => {
    const found: Entry[] = []
    for (let index = from; index <= to; index++) {
      const entry = entries.get(index)
      if (entry !== undefined) found.push(entry)
    }
    return found
  }
  return {
    checksums: new DataChecksums(),
    append: (write: LogWrite) => {
      if (write.snapshot !== null) entries.clear()
      for (const entry of write.entries) entries.set(entry.index, entry)
      durability.written(write.done)
    },
    read: (_group, from, to) => read(from, to),
    load: async (_group, from, to) => read(from, to),
    cut: (_group, mark) => {
      for (const index of [...entries.keys()]) if (index <= mark.index) entries.delete(index)
    },
    release: () => {},
    overdue: () => 0,
    dropGroup: () => {},
    close: async () => {},
  }
}

/** Files in memory; a test may replace what `open` gives, or what `begin` does. */
export class MemorySnapshots implements Snapshots {
  readonly files = new Map<number, { mark: SnapshotMark; chunks: Uint8Array[] }>()
  beforeBegin: () => void = () => {}
  beforeOpen: (mark: SnapshotMark) => Promise<void> = async () => {}

  async begin(_group: number, mark: SnapshotMark) {
    this.beforeBegin()
    const chunks: Uint8Array[] = []
    return {
      write: async (chunk: Uint8Array) => {
        chunks.push(chunk.slice())
      },
      finish: async () => {
        this.files.set(mark.index, { mark, chunks })
      },
      abort: async () => {},
    }
  }

  async *open(_group: number, mark: SnapshotMark): AsyncGenerator<Uint8Array> {
    await this.beforeOpen(mark)
    yield* this.files.get(mark.index)?.chunks ?? []
  }

  async list(): Promise<readonly SnapshotMark[]> {
    return [...this.files.values()].map(({ mark }) => mark)
  }

  async remove(_group: number, mark: SnapshotMark): Promise<void> {
    this.files.delete(mark.index)
  }
}

const VOTERS = { voters: [1, 2, 3], outgoing: [], learners: [] }
const SEED = 7

export interface LoneGroupOptions {
  readonly node?: number
  readonly limits?: Partial<GroupLimits>
  /** Stands between the group and its engine. */
  readonly wrap?: (engines: EngineFactory) => EngineFactory
}

interface Parts {
  readonly node: number
  readonly limits: GroupLimits
  readonly engines: EngineFactory
  readonly clock: ManualClock
  readonly snapshots: MemorySnapshots
  readonly durability: Durability
  readonly log: WriteAheadLog
  readonly start: ReplicaStart
}

export class LoneGroup {
  readonly snapshots: MemorySnapshots
  readonly clock: ManualClock
  readonly durability: Durability
  readonly marks: GroupMark[] = []
  readonly group: Group
  fatal: unknown = null
  #sent: PeerMessage[] = []
  #awake = false

  static async open({ node = 1, limits = {}, wrap = (e) => e }: LoneGroupOptions = {}) {
    const clock = new ManualClock()
    const disk = new MemoryDisk()
    const engines = wrap(createMemory({ disk, clock, directory: '/engine' }))
    const snapshots = new MemorySnapshots()
    const durability = new Durability()
    const log = memoryLog(durability)
    const start = await beginReplica({
      id: 1,
      node,
      recovered: null,
      hidden: null,
      initial: VOTERS,
      snapshots,
      log,
      engines,
      limits: STATE_LIMITS,
      seed: SEED,
    })
    const all = { ...GROUP_LIMITS, ...limits }
    return new LoneGroup({ node, limits: all, engines, clock, snapshots, durability, log, start })
  }

  private constructor(parts: Parts) {
    const { start, node } = parts
    this.snapshots = parts.snapshots
    this.clock = parts.clock
    this.durability = parts.durability
    this.group = new Group(
      {
        id: 1,
        node,
        log: parts.log,
        snapshots: parts.snapshots,
        clock: parts.clock,
        machine: start.machine,
        engine: start.engine,
        engines: parts.engines,
        stateLimits: STATE_LIMITS,
        seed: SEED,
        limits: parts.limits,
        send: (message) => this.#sent.push(message),
        wake: () => {
          this.#awake = true
        },
        onFatal: (error) => {
          this.fatal ??= error
        },
        observer: {
          mark: (mark) => this.marks.push(mark),
          applied: () => {},
          restored: () => {},
        },
      },
      {
        incarnation: 1,
        chance: new SeededChance(node, 'lone group'),
        tuning: RAFT_TUNING,
        recovered: start.recovered,
        restored: start.restored,
        initialConfiguration: VOTERS,
      },
    )
  }

  count(mark: GroupMark): number {
    return this.marks.filter((each) => each === mark).length
  }

  /** Everything it sent since the last time. */
  take(): PeerMessage[] {
    return this.#sent.splice(0)
  }

  /** Turns, until nothing in memory is left to do. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (this.#awake) {
        this.#awake = false
        this.group.drain()
        quiet = 0
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
