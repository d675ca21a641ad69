import { assert, KvError } from '../../../base/index.ts'
import type { GroupId, NodeId } from '../../../raft/index.ts'
import type {
  MemberDescription,
  NodeService,
  NodeStatus,
  Reach,
  ReadRequest,
  ReadWaiter,
  SnapshotFile,
  WriteRequest,
  WriteWaiter,
} from '../../../server/index.ts'
import {
  type HistoryRecord,
  packBatch,
  packCommand,
  type RecordStore,
  STATE_LIMITS,
  StateMachine,
  WatchHub,
} from '../../../state/index.ts'

class MemoryRecords implements RecordStore {
  /** In the order of their revisions. */
  readonly all = new Map<string, HistoryRecord>()

  append(main: number, sub: number, record: Uint8Array): void {
    this.all.set(`${main} ${sub}`, { main, sub, record: record.slice() })
  }

  readNow(main: number, sub: number): Uint8Array | null {
    return this.peek(main, sub)
  }

  peek(main: number, sub: number): Uint8Array | null {
    return this.all.get(`${main} ${sub}`)?.record ?? null
  }

  drop(main: number, sub: number): void {
    this.all.delete(`${main} ${sub}`)
  }
}

/**
 * A node that is its whole cluster and keeps everything in memory: the real state, applied at once.
 * Time stands still in it, so no lease ever ends by itself.
 */
export class MachineNode implements NodeService {
  readonly clusterId = 0xc1n
  readonly memberId = 2n ** 63n + 1n
  readonly nodeId: NodeId = 1
  readonly defaultGroup: GroupId = 2
  readonly leaseTtlSecondsMin = 2
  readonly #records = new MemoryRecords()
  readonly machine = new StateMachine({ limits: STATE_LIMITS, records: this.#records, seed: 1 })
  readonly #hub = new WatchHub(this.machine.watched)

  constructor() {
    this.machine.changes = this.#hub
    this.#hub.onWork = () => this.#handOut()
  }

  memberIdOf(node: NodeId): bigint {
    return this.memberId - 1n + BigInt(node)
  }

  groupOf(): GroupId {
    return this.defaultGroup
  }

  term(): number {
    return 1
  }

  revision(): number {
    return this.machine.revision
  }

  write(_: GroupId, request: WriteRequest, waiter: WriteWaiter): void {
    const { kind, body, session = 0, sequence = 0 } = request
    const { machine } = this
    const command = packCommand(kind, body, { session, sequence })
    machine.begin(machine.appliedIndex + 1, packBatch([command], 0))
    while (machine.step(null).kind !== 'applied') {
      // Nobody else wants a turn.
    }
    const [result] = machine.results
    assert(result !== undefined, 'every command has its result')
    while (!machine.compactStep(1000)) {
      // Until nothing is left to give back.
    }
    waiter.settleWrite({ kind: 'applied', result })
    this.#handOut()
  }

  read(_: GroupId, { kind, body, pieceBytes = 0 }: ReadRequest, waiter: ReadWaiter): void {
    const read = this.machine.beginRead({ kind, body, pieceBytes })
    const next = (): void => {
      for (;;) {
        const step = read.step(null)
        if (step.kind === 'sliced') continue
        assert(step.kind !== 'missing', 'every record is in memory')
        if (step.kind === 'piece') waiter.settleRead({ ...step, next })
        else if (step.kind === 'failed') waiter.settleRead({ ...step, kind: 'refused' })
        else waiter.settleRead(step)
        return
      }
    }
    next()
  }

  watchHub(): WatchHub {
    return this.#hub
  }

  hasLeader(): boolean {
    return true
  }

  leader(): NodeId {
    return 1
  }

  reach(): Reach {
    return { members: [], hasMajority: true }
  }

  onLeader(): () => void {
    return () => {}
  }

  status(): NodeStatus {
    const { machine } = this
    return {
      leader: 1,
      raftTerm: 1,
      raftIndex: machine.appliedIndex,
      raftAppliedIndex: machine.appliedIndex,
      isLearner: false,
      revision: machine.revision,
      dbSizeBytes: machine.liveBytes,
      dbSizeInUseBytes: machine.liveBytes,
      dbSizeQuotaBytes: STATE_LIMITS.requestBytesMax,
      alarms: machine.alarms,
    }
  }

  async members(): Promise<readonly MemberDescription[]> {
    return [{ id: 1, name: 'one', peerUrls: [], clientUrls: [], isLearner: false }]
  }

  async moveLeader(): Promise<void> {
    throw new KvError('BAD_REQUEST', 'there is nobody else')
  }

  async snapshotFile(): Promise<SnapshotFile> {
    throw new KvError('STOPPED', 'there is no file')
  }

  #handOut(): void {
    const hub = this.#hub
    for (let goesOn = true; goesOn; ) {
      goesOn = hub.drain(10_000)
      const request = hub.wantHistory()
      if (request === null) continue
      const records = [...this.#records.all.values()].filter(({ main }) => main >= request.fromMain)
      hub.history(request, records, null)
      goesOn = true
    }
  }
}
