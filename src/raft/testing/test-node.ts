/**
 * One node of a test cluster: the driver of one `Raft`, carrying out its duties (see `Ready`) at
 * moments that the test chooses. It survives crashes: what is durable stays in `disk` and `files`.
 */

import { assert, type Chance } from '../../base/index.ts'
import {
  type Configuration,
  type Entry,
  entryBytes,
  type LoadRequest,
  type LogIndex,
  type Message,
  type NodeId,
  Raft,
  type RaftTuning,
  type ReadFailure,
  type ReadGrant,
  type Ready,
  type SnapshotMark,
} from '../index.ts'
import { applied, DurableDisk, type DurableState, lastOf } from './durable-disk.ts'
import { INITIAL_STATE, type MachineState, nextState } from './machine.ts'

/** What a node tells the cluster it is part of. */
export interface NodeObserver {
  tookReady(node: TestNode, ready: Ready): void
  send(node: TestNode, message: Message): void
  applied(node: TestNode, entry: Entry): void
  restored(node: TestNode, mark: SnapshotMark): void
}

export interface TestNodeOptions {
  readonly id: NodeId
  readonly tuning: RaftTuning
  readonly chance: Chance
  readonly initialConfiguration: Configuration
  readonly durable: DurableState
  readonly observer: NodeObserver
}

export class TestNode {
  readonly id: NodeId
  readonly disk: DurableDisk
  /** Snapshot files: durable beside the log. */
  readonly files = new Map<
    LogIndex,
    { readonly mark: SnapshotMark; readonly state: MachineState }
  >()
  incarnation = 0
  state: MachineState = INITIAL_STATE
  grants: ReadGrant[] = []
  failed: ReadFailure[] = []
  /** Entries below this are not in memory and must be loaded before they can be sent. */
  coldBelow: LogIndex = 0
  #loads: LoadRequest[] = []
  #warm: LoadRequest | null = null
  readonly #options: TestNodeOptions
  #raft: Raft | null = null
  /** What was handed out in Readys: what the log would serve from its cache. */
  #memory: Pick<DurableState, 'base' | 'entries'> = { base: null, entries: [] }
  #commit: LogIndex = 0
  #restoring: SnapshotMark | null = null

  constructor(options: TestNodeOptions) {
    this.id = options.id
    this.#options = options
    this.disk = new DurableDisk(options.id, options.durable)
    const { base } = options.durable
    if (base !== null)
      this.files.set(base.index, { mark: base, state: { ...INITIAL_STATE, index: base.index } })
  }

  get isUp(): boolean {
    return this.#raft !== null
  }

  get raft(): Raft {
    assert(this.#raft !== null, 'the node runs')
    return this.#raft
  }

  /** The log as handed out, durable or not. */
  get memory(): Pick<DurableState, 'base' | 'entries'> {
    return this.#memory
  }

  /** Loads that were asked for and are not over, oldest first. */
  get loads(): readonly LoadRequest[] {
    return this.#loads
  }

  get canApply(): boolean {
    return this.isUp && (this.#restoring !== null || this.state.index < this.#commit)
  }

  start(): void {
    assert(this.#raft === null, 'a node starts once per life')
    const { id, tuning, chance, initialConfiguration } = this.#options
    this.incarnation += 1
    const recovered = this.disk.recovered()
    const restored = this.#newestFile(recovered.snapshot?.index ?? 0)
    this.#memory = this.disk.state
    this.state = restored?.state ?? INITIAL_STATE
    this.#raft = new Raft({
      id,
      group: 1,
      incarnation: this.incarnation,
      chance: chance.fork(`life-${this.incarnation}`),
      tuning,
      reader: { read: (from, to, bytesMax) => this.#read(from, to, bytesMax) },
      recovered,
      initialConfiguration,
      restored: restored?.mark ?? null,
    })
    this.#commit = this.#raft.commit
    this.#restoring = null
    this.#loads = []
    this.grants = []
    this.failed = []
  }

  /** The newest snapshot that belongs to the log: its index and term are in it. */
  #newestFile(base: LogIndex): { mark: SnapshotMark; state: MachineState } | null {
    const { entries } = this.disk.state
    const candidates = [...this.files.values()].filter(({ mark }) => {
      if (mark.index === base) return mark.term === (this.disk.state.base?.term ?? 0)
      return entries.some((entry) => entry.index === mark.index && entry.term === mark.term)
    })
    candidates.sort((left, right) => right.mark.index - left.mark.index)
    return candidates[0] ?? null
  }

  #read(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null {
    const isWarm = this.#warm !== null && from >= this.#warm.from && from <= this.#warm.to
    if (from < this.coldBelow && !isWarm) return null
    const base = this.#memory.base?.index ?? 0
    const found: Entry[] = []
    let bytes = 0
    for (let index = from; index <= to; index++) {
      const entry = this.#memory.entries[index - base - 1] as Entry
      assert(entry.index === index, 'a reader finds what was handed out')
      bytes += entryBytes(entry)
      if (bytes > bytesMax && found.length > 0) break
      found.push(entry)
    }
    return found
  }

  /** One turn ends: sends what may leave at once and gives the disk its work. */
  turn(): boolean {
    const { raft } = this
    if (!raft.hasReady()) return false
    const ready = raft.takeReady()
    const { observer } = this.#options
    observer.tookReady(this, ready)
    this.#memory = applied(this.#memory, ready)
    assert(lastOf(this.#memory) === raft.lastIndex, 'everything was handed out')
    this.#commit = ready.commit
    if (ready.snapshot !== null) this.#restoring = ready.snapshot
    this.grants.push(...ready.reads)
    this.failed.push(...ready.readsFailed)
    this.#loads.push(...ready.loads)
    for (const message of ready.messages) observer.send(this, message)
    this.disk.write(ready)
    this.#skipEmptyWrites()
    return true
  }

  /** The oldest write becomes durable; what waited for it leaves. */
  persistOne(): void {
    const write = this.disk.persistOne()
    this.raft.persisted(write.number)
    for (const message of write.after) this.#options.observer.send(this, message)
    this.#skipEmptyWrites()
  }

  /** A Ready without anything to write is as durable as the one before it. */
  #skipEmptyWrites(): void {
    for (;;) {
      const next = this.disk.pending[0]
      if (next === undefined || next.hardState !== null) return
      this.disk.persistOne()
      this.raft.persisted(next.number)
      for (const message of next.after) this.#options.observer.send(this, message)
    }
  }

  /** Restores a snapshot that arrived, or applies the next committed entry. */
  applyOne(): void {
    assert(this.canApply, 'there is something to apply')
    const { observer } = this.#options
    if (this.#restoring !== null) {
      const file = this.files.get(this.#restoring.index)
      assert(file !== undefined, 'a snapshot is durable before consensus hears of it')
      this.state = file.state
      this.raft.applied(file.mark.index)
      observer.restored(this, file.mark)
      this.#restoring = null
      return
    }
    const position = this.state.index - (this.#memory.base?.index ?? 0)
    const entry = this.#memory.entries[position]
    assert(entry?.index === this.state.index + 1, 'entries are applied in order')
    this.state = nextState(this.state, entry)
    this.raft.applied(entry.index)
    observer.applied(this, entry)
  }

  /** The oldest load ends: what it brought is in memory for as long as it takes to send it. */
  load(): void {
    const load = this.#loads.shift()
    assert(load !== undefined, 'there is something to load')
    this.#warm = load
    this.raft.loaded(load.from)
    while (this.turn());
    this.#warm = null
  }

  /** The bytes of a snapshot arrived whole: they are durable before consensus hears of it. */
  receiveSnapshot(mark: SnapshotMark, state: MachineState): void {
    this.files.set(mark.index, { mark, state })
  }

  takeSnapshot(): boolean {
    const { raft, state } = this
    if (this.#restoring !== null || state.index > raft.durableIndex || state.index === 0)
      return false
    if (state.index < raft.baseIndex) return false
    const mark = raft.markAt(state.index)
    this.files.set(mark.index, { mark, state })
    raft.snapshotTaken(mark)
    return true
  }

  /** Cuts the log at `index`, as far as the newest snapshot allows. */
  compact(index: LogIndex): boolean {
    const { raft } = this
    const usable = [...this.files.values()].filter((file) => file.mark.index <= this.state.index)
    const newest = usable.sort((left, right) => right.mark.index - left.mark.index)[0]
    if (newest === undefined || this.#restoring !== null) return false
    if (this.disk.pending.some((write) => write.snapshot !== null)) return false
    const at = Math.min(index, newest.mark.index, this.disk.last)
    if (at <= raft.baseIndex) return false
    raft.snapshotTaken(newest.mark)
    const mark = raft.markAt(at)
    raft.compact(at)
    const base = this.#memory.base?.index ?? 0
    this.#memory = { base: mark, entries: this.#memory.entries.slice(at - base) }
    this.disk.cut(mark)
    return true
  }

  /** Everything in memory is gone, and all but the first `kept` pending writes. */
  crash({ kept = 0 } = {}): void {
    assert(this.isUp, 'only what runs can crash')
    this.#raft = null
    this.disk.crash(kept)
  }
}
