/** One group without a node around it: its messages, its log and its snapshots lie open. */

import { SeededChance } from '../../base/index.ts'
import type { LogWrite, WriteAheadLog } from '../../log/index.ts'
import type { PeerMessage } from '../../peer/index.ts'
import { type Entry, emptyReplica, RAFT_TUNING, type SnapshotMark } from '../../raft/index.ts'
import { Store } from '../../state/index.ts'
import { Group } from '../group.ts'
import { GROUP_LIMITS, type GroupLimits, type GroupMark, type Snapshots } from '../types.ts'

/** Everything that is appended is durable at once. */
function memoryLog(): WriteAheadLog {
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
    append: (write: LogWrite) => {
      if (write.snapshot !== null) entries.clear()
      for (const entry of write.entries) entries.set(entry.index, entry)
      write.done()
    },
    read: (_group, from, to) => read(from, to),
    load: async (_group, from, to) => read(from, to),
    cut: (_group, mark) => {
      for (const index of [...entries.keys()]) if (index <= mark.index) entries.delete(index)
    },
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

export class LoneGroup {
  readonly snapshots = new MemorySnapshots()
  readonly marks: GroupMark[] = []
  readonly group: Group
  fatal: unknown = null
  #sent: PeerMessage[] = []
  #awake = false

  constructor({ node = 1, limits = {} }: { node?: number; limits?: Partial<GroupLimits> } = {}) {
    this.group = new Group(
      {
        id: 1,
        node,
        log: memoryLog(),
        snapshots: this.snapshots,
        store: new Store(),
        limits: { ...GROUP_LIMITS, ...limits },
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
        recovered: emptyReplica(),
        restored: null,
        initialConfiguration: { voters: [1, 2, 3], outgoing: [], learners: [] },
      },
    )
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
