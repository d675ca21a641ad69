import { assert, type ErrorCode, KvError } from '../../../base/index.ts'
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
import type { WatchHub } from '../../../state/index.ts'

export interface HeldWrite extends WriteRequest {
  readonly group: GroupId
  readonly waiter: WriteWaiter
}

export interface HeldRead extends ReadRequest {
  readonly group: GroupId
  readonly waiter: ReadWaiter
}

const NO_BODY = new Uint8Array(0)

/** A node that does nothing by itself: the test says what becomes of every request. */
export class ScriptedNode implements NodeService {
  readonly clusterId = 0xc1n
  readonly memberId = 2n ** 63n + 1n
  readonly nodeId: NodeId = 1
  readonly defaultGroup: GroupId = 1
  readonly leaseTtlSecondsMin = 2
  readonly writes: HeldWrite[] = []
  readonly reads: HeldRead[] = []
  readonly leaderListeners = new Set<(hasLeader: boolean) => void>()
  readonly transfers: NodeId[] = []
  transferError: KvError | null = null
  storeRevision = 7
  leading = true
  memberList: MemberDescription[] = [
    {
      id: 1,
      name: 'one',
      peerUrls: ['http://127.0.0.1:1'],
      clientUrls: ['http://127.0.0.1:2'],
      isLearner: false,
    },
    { id: 2, name: 'two', peerUrls: [], clientUrls: [], isLearner: false },
    { id: 3, name: '', peerUrls: [], clientUrls: [], isLearner: true },
  ]
  nodeStatus: NodeStatus = {
    leader: 1,
    raftTerm: 3,
    raftIndex: 20,
    raftAppliedIndex: 19,
    isLearner: false,
    revision: 7,
    dbSizeBytes: 4096,
    dbSizeInUseBytes: 1024,
    dbSizeQuotaBytes: 8192,
    alarms: [],
  }
  reached: Reach = { members: [], hasMajority: true }
  file: SnapshotFile | null = null
  hub: WatchHub | null = null

  memberIdOf(node: NodeId): bigint {
    return this.memberId - 1n + BigInt(node)
  }

  groupOf(): GroupId {
    return this.defaultGroup
  }

  term(): number {
    return 3
  }

  revision(): number {
    return this.storeRevision
  }

  write(group: GroupId, request: WriteRequest, waiter: WriteWaiter): void {
    this.writes.push({ ...request, body: request.body.slice(), group, waiter })
  }

  read(group: GroupId, request: ReadRequest, waiter: ReadWaiter): void {
    this.reads.push({ ...request, group, waiter })
  }

  watchHub(): WatchHub {
    assert(this.hub !== null, 'the test has a hub')
    return this.hub
  }

  hasLeader(): boolean {
    return this.leading
  }

  leader(): NodeId | null {
    return this.nodeStatus.leader
  }

  reach(): Reach {
    return this.reached
  }

  onLeader(_: GroupId, listener: (hasLeader: boolean) => void): () => void {
    this.leaderListeners.add(listener)
    return () => void this.leaderListeners.delete(listener)
  }

  setLeading(leading: boolean): void {
    this.leading = leading
    for (const listener of this.leaderListeners) listener(leading)
  }

  status(): NodeStatus {
    return this.nodeStatus
  }

  async members(): Promise<readonly MemberDescription[]> {
    return this.memberList
  }

  async moveLeader(_: GroupId, to: NodeId): Promise<void> {
    if (this.transferError !== null) throw this.transferError
    this.transfers.push(to)
  }

  async snapshotFile(): Promise<SnapshotFile> {
    if (this.file === null) throw new KvError('STOPPED', 'the test has no file')
    return this.file
  }

  // What the test says. All of them take the oldest request.

  applied(body: Uint8Array = NO_BODY, revision = this.storeRevision): void {
    const result = { kind: 'done', revision, body } as const
    this.#takeWrite().waiter.settleWrite({ kind: 'applied', result })
  }

  failed(code: ErrorCode): void {
    const result = { kind: 'failed', revision: this.storeRevision, code } as const
    this.#takeWrite().waiter.settleWrite({ kind: 'applied', result })
  }

  refused(code: ErrorCode): void {
    this.#takeWrite().waiter.settleWrite({ kind: 'refused', code })
  }

  unknown(code: ErrorCode): void {
    this.#takeWrite().waiter.settleWrite({ kind: 'unknown', code })
  }

  answered(body: Uint8Array = NO_BODY, revision = this.storeRevision): void {
    const result = { kind: 'done', revision, body } as const
    this.#takeRead().waiter.settleRead({ kind: 'done', result })
  }

  unread(code: ErrorCode): void {
    this.#takeRead().waiter.settleRead({ kind: 'refused', revision: this.storeRevision, code })
  }

  #takeWrite(): HeldWrite {
    const write = this.writes.shift()
    assert(write !== undefined, 'a write waits')
    return write
  }

  #takeRead(): HeldRead {
    const read = this.reads.shift()
    assert(read !== undefined, 'a read waits')
    return read
  }
}
