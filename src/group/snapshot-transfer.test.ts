import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KvError } from '../base/index.ts'
import type { PeerMessage, SnapshotChunk } from '../peer/index.ts'
import type { SnapshotMark } from '../raft/index.ts'
import { putCommand, snapshotOf } from './testing/content.ts'
import { EngineHooks } from './testing/engine-hooks.ts'
import { LoneGroup } from './testing/lone-group.ts'

const LIMITS = { checkpointEntries: 20, trailingEntries: 0, snapshotChunkBytes: 64 }

function command(number: number): Uint8Array {
  return putCommand(`k${number}`, new Uint8Array(50))
}

/** Nodes 2 and 3, played by the test: 3 keeps up, 2 has nothing and takes snapshots. */
class Peers {
  readonly transfers = new Set<number>()
  completed = 0
  life = 1
  recovering = false
  readonly #leader: LoneGroup
  readonly #next = new Map<number, number>()
  #answers: PeerMessage[] = []

  constructor(leader: LoneGroup) {
    this.#leader = leader
  }

  async ticks(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      for (const answer of this.#answers.splice(0)) this.#leader.group.receive(answer)
      this.#leader.group.tick()
      await this.hear()
    }
  }

  async hear(): Promise<void> {
    await this.#leader.settle()
    for (const message of this.#leader.take()) {
      const answer = this.#answer(message)
      if (answer !== null) this.#answers.push(answer)
    }
  }

  #answer(message: PeerMessage): PeerMessage | null {
    const term = 'term' in message ? message.term : 0
    const back = { group: 1, from: message.to, to: 1, term }
    const second = message.to === 2
    const life = { incarnation: second ? this.life : 1, recovering: second && this.recovering }
    switch (message.kind) {
      case 'preVoteRequest':
        return { kind: 'preVoteReply', ...back, granted: true, member: true, configurationIndex: 0 }
      case 'voteRequest':
        return { kind: 'voteReply', ...back, granted: true }
      case 'heartbeat':
        return { kind: 'heartbeatReply', ...back, ...life, round: message.round }
      case 'append': {
        const index = message.previousIndex + (second ? 0 : message.entries.length)
        const hint = { hintIndex: 0, hintTerm: 0 }
        return { kind: 'appendReply', ...back, ...life, ...hint, index, rejected: second }
      }
      case 'snapshotChunk':
        return this.#takeChunk(message)
      default:
        return null
    }
  }

  #takeChunk({ transfer, sequence, last }: SnapshotChunk): PeerMessage {
    this.transfers.add(transfer)
    const before = this.#next.get(transfer) ?? 0
    const next = sequence === before ? before + 1 : before
    this.#next.set(transfer, next)
    const whole = last && next > sequence
    if (whole) this.completed += 1
    const verdict = whole ? 'done' : 'more'
    return { kind: 'snapshotChunkReply', group: 1, from: 2, to: 1, transfer, next, verdict }
  }
}

/** A leader whose log begins behind what node 2 has, with a snapshot of dozens of chunks. */
async function leading(): Promise<{ leader: LoneGroup; peers: Peers }> {
  const leader = await LoneGroup.open({ limits: LIMITS })
  const peers = new Peers(leader)
  leader.group.campaign()
  await peers.hear()
  await peers.ticks(3)
  for (let i = 1; i <= 60; i++) {
    leader.group.propose(command(i), { settle: () => {} })
    await peers.ticks(1)
  }
  assert.ok(leader.group.raft.baseIndex >= 20)
  return { leader, peers }
}

test('a follower that comes back under repair gets one snapshot to its end', async () => {
  const { leader, peers } = await leading()
  peers.life = 2
  peers.recovering = true
  const before = peers.transfers.size
  await peers.ticks(200)
  assert.ok(peers.completed > 0, 'a transfer reaches its end')
  // One is cut short by the new life; after that each that begins also ends.
  assert.ok(peers.transfers.size - before <= peers.completed + 2)
  assert.equal(leader.fatal, null)
})

test('a leader that is elected again does not undo its new transfer by the old one', async () => {
  const { leader, peers } = await leading()
  const { raft } = leader.group
  const newer = { group: 1, from: 3, to: 1, term: raft.term + 1, incarnation: 1 }
  const refusal = { index: 0, rejected: true, hintIndex: 0, hintTerm: 0, recovering: false }
  leader.group.receive({ kind: 'appendReply', ...newer, ...refusal })
  await peers.hear()
  assert.equal(raft.role, 'follower')
  leader.group.campaign()
  await peers.hear()
  await peers.ticks(5)
  assert.equal(raft.role, 'leader')
  const before = { begun: peers.transfers.size, completed: peers.completed }
  await peers.ticks(200)
  assert.ok(peers.completed > before.completed, 'a transfer reaches its end')
  assert.ok(peers.transfers.size - before.begun <= peers.completed - before.completed + 2)
})

test('a snapshot that cannot be read any more is taken anew, and that one arrives', async () => {
  const { leader, peers } = await leading()
  await peers.ticks(40)
  const rotten = leader.snapshots.files
  const taken = leader.count('snapshotWritten')
  const bad = new Set(rotten.values())
  leader.snapshots.beforeOpen = async ({ index }) => {
    const file = rotten.get(index)
    if (file !== undefined && bad.has(file)) throw new KvError('SNAPSHOT_CORRUPT', 'damaged')
  }
  const { completed } = peers
  await peers.ticks(100)
  assert.ok(peers.completed > completed, 'a transfer reaches its end without any new entry')
  assert.equal(leader.count('snapshotWritten'), taken + 1)
  assert.equal(leader.fatal, null)
})

test('a snapshot for which there is no room is taken later, and the group goes on', async () => {
  const leader = await LoneGroup.open({ limits: { ...LIMITS, snapshotResendTicks: 2 } })
  const peers = new Peers(leader)
  leader.group.campaign()
  await peers.hear()
  let full = true
  leader.snapshots.beforeBegin = () => {
    if (full) throw new KvError('DISK_FULL', 'no room')
  }
  await peers.ticks(3)
  for (let i = 1; i <= 30; i++) {
    leader.group.propose(command(i), { settle: () => {} })
    await peers.ticks(1)
  }
  assert.equal(leader.fatal, null)
  assert.ok(leader.marks.includes('snapshotPostponed'))
  assert.ok(!leader.marks.includes('snapshotWritten'))
  full = false
  await peers.ticks(25)
  assert.ok(leader.marks.includes('snapshotWritten'))
})

test('bytes make a checkpoint due as well as entries do', async () => {
  const limits = { ...LIMITS, checkpointEntries: 1000, checkpointLogBytes: 700 }
  const leader = await LoneGroup.open({ limits })
  const peers = new Peers(leader)
  leader.group.campaign()
  await peers.hear()
  await peers.ticks(3)
  for (let i = 1; i <= 20; i++) {
    leader.group.propose(command(i), { settle: () => {} })
    await peers.ticks(1)
  }
  const taken = leader.count('snapshotWritten')
  assert.ok(taken >= 1 && taken <= 3, `${taken} checkpoints of about 1,300 bytes of entries`)
})

async function receive(follower: LoneGroup, index: number, transfer: number): Promise<void> {
  const configuration = { voters: [1, 2, 3], outgoing: [], learners: [] }
  const mark: SnapshotMark = { index, term: 1, configuration, configurationIndex: 0 }
  const chunks = await snapshotOf(mark, 1024)
  chunks.forEach((data, sequence) => {
    const last = sequence === chunks.length - 1
    const way = { group: 1, from: 1, to: 2, term: 1 }
    follower.group.receive({ kind: 'snapshotChunk', ...way, transfer, mark, sequence, last, data })
  })
  await follower.settle()
}

test('a newer snapshot that arrives while one is restored takes its place', async () => {
  const follower = await LoneGroup.open({ node: 2 })
  let release = (): void => {}
  follower.snapshots.beforeOpen = ({ index }) =>
    index === 100
      ? new Promise((resolve) => {
          release = resolve
        })
      : Promise.resolve()
  await receive(follower, 100, 1)
  assert.deepEqual([follower.group.raft.commit, follower.group.appliedIndex], [100, 0])
  await receive(follower, 200, 2)
  release()
  await follower.settle()
  assert.equal(follower.fatal, null)
  assert.deepEqual([follower.group.raft.commit, follower.group.appliedIndex], [200, 200])
})

test('a chunk that overtakes the first one does not end the transfer', async () => {
  const follower = await LoneGroup.open({ node: 2 })
  const configuration = { voters: [1, 2, 3], outgoing: [], learners: [] }
  const mark: SnapshotMark = { index: 9, term: 1, configuration, configurationIndex: 0 }
  const way = { group: 1, from: 1, to: 2, term: 1, transfer: 1, mark }
  const [data] = (await snapshotOf(mark, 4096)) as [Uint8Array]
  const late = { sequence: 1, last: false, data: new Uint8Array(1) }
  follower.group.receive({ kind: 'snapshotChunk', ...way, ...late })
  await follower.settle()
  const answers = follower.take().filter(({ kind }) => kind === 'snapshotChunkReply')
  assert.deepEqual(answers, [])
  follower.group.receive({ kind: 'snapshotChunk', ...way, sequence: 0, last: true, data })
  await follower.settle()
  assert.equal(follower.group.appliedIndex, 9)
})

test('the engine is replaced when the log that begins behind the snapshot is durable', async () => {
  const hooks = new EngineHooks()
  const follower = await LoneGroup.open({ node: 2, wrap: (engines) => hooks.on(engines) })
  await receive(follower, 30, 1)
  assert.deepEqual([hooks.replaces, follower.group.appliedIndex], [1, 30])
  follower.take()
  follower.durability.hold()
  await receive(follower, 60, 2)
  assert.equal(follower.group.raft.baseIndex, 60)
  const promised = () => follower.take().filter(({ kind }) => kind === 'appendReply').length
  assert.deepEqual([hooks.replaces, promised(), follower.group.appliedIndex], [1, 0, 30])
  follower.durability.release()
  await follower.settle()
  assert.deepEqual([hooks.replaces, promised(), follower.group.appliedIndex], [2, 1, 60])
  assert.equal(follower.fatal, null)
})

test('a log that is durable behind an older snapshot does not begin a newer one', async () => {
  const hooks = new EngineHooks()
  const follower = await LoneGroup.open({ node: 2, wrap: (engines) => hooks.on(engines) })
  follower.durability.hold()
  await receive(follower, 30, 1)
  await receive(follower, 60, 2)
  assert.equal(follower.group.raft.baseIndex, 60)
  follower.durability.releaseFirst(1)
  await follower.settle()
  assert.deepEqual([hooks.replaces, follower.group.appliedIndex], [0, 0])
  follower.durability.release()
  await follower.settle()
  assert.deepEqual([hooks.replaces, follower.group.appliedIndex], [1, 60])
})
