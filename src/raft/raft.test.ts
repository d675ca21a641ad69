import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { emptyReplica, RAFT_TUNING } from './options.ts'
import { Raft } from './raft.ts'
import { Cluster } from './testing/cluster.ts'
import { bytesOf } from './testing/machine.ts'
import type { Message, NodeId, Ready, RecoveredReplica } from './types.ts'

function alone(recovered: RecoveredReplica = emptyReplica()): Raft {
  return new Raft({
    id: 1,
    group: 1,
    incarnation: 1,
    chance: new SeededChance(1),
    tuning: RAFT_TUNING,
    reader: { read: () => null },
    recovered,
    initialConfiguration: { voters: [1], outgoing: [], learners: [] },
    restored: null,
  })
}

/** Takes Readys, and makes each durable at once, until there are none. */
function drain(raft: Raft): Ready[] {
  const readys: Ready[] = []
  while (raft.hasReady()) {
    const ready = raft.takeReady()
    raft.persisted(ready.number)
    readys.push(ready)
  }
  return readys
}

const WIDE = `x=${'z'.repeat(200)}`

/** Proposes one by one, all settling in between; how many were accepted, at most 50. */
function proposeUntilFull(cluster: Cluster): number {
  for (let accepted = 0; accepted < 50; accepted++) {
    const proposal = cluster.propose(1, WIDE)
    if (proposal.kind === 'refused') {
      assert.equal(proposal.code, 'OVERLOADED')
      return accepted
    }
    cluster.settle()
  }
  return Number.POSITIVE_INFINITY
}

test('a replica that has nothing to do has no Ready', () => {
  const raft = alone()
  assert.equal(raft.hasReady(), false)
  raft.tick()
  assert.equal(raft.hasReady(), false)
  raft.campaign()
  assert.equal(raft.hasReady(), true)
  drain(raft)
  assert.equal(raft.hasReady(), false)
})

test('the only voter leads when its vote is durable, and commits when its entry is', () => {
  const raft = alone()
  raft.campaign()
  const vote = raft.takeReady()
  assert.deepEqual(vote.hardState, { term: 1, vote: 1, commit: 0, recovering: false })
  assert.equal(raft.role, 'candidate')
  raft.persisted(vote.number)
  assert.equal(raft.role, 'leader')
  const entry = raft.takeReady()
  assert.deepEqual([entry.entries.length, entry.commit], [1, 0])
  raft.persisted(entry.number)
  assert.equal(raft.takeReady().commit, 1)
})

test('a cluster at rest has no Ready between heartbeats', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  for (const node of cluster.nodes) assert.equal(node.raft.hasReady(), false)
  const before = cluster.node(1).disk.state
  cluster.run(40)
  assert.equal(cluster.node(1).disk.state, before)
})

test('a follower, a leader that hands over, and a full leader refuse proposals by name', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], tuning: { unfinishedBytesMax: 100 } })
  cluster.elect(1)
  assert.deepEqual(cluster.propose(2, 'x=1'), { kind: 'refused', code: 'NOT_LEADER' })
  cluster.network.hold(() => true)
  assert.equal(cluster.propose(1, 'x=1').kind, 'accepted')
  const big = `y=${'z'.repeat(100)}`
  assert.deepEqual(cluster.propose(1, big), { kind: 'refused', code: 'OVERLOADED' })
  cluster.heal()
  cluster.settle()
  assert.equal(cluster.propose(1, big).kind, 'accepted')
  cluster.network.hold(() => true)
  cluster.transfer(1, 2)
  assert.deepEqual(cluster.propose(1, 'x=2'), { kind: 'refused', code: 'TRANSFERRING' })
})

test('what a leader holds is bounded while its own disk hangs and others commit', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], tuning: { unfinishedBytesMax: 1_000 } })
  cluster.elect(1)
  cluster.slowDisks.add(1)
  const accepted = proposeUntilFull(cluster)
  const { raft } = cluster.node(1)
  assert.equal(raft.commit, raft.lastIndex, 'the others commit')
  assert.ok(accepted > 1 && accepted < 10)
  cluster.persistOne(1)
  assert.equal(cluster.propose(1, WIDE).kind, 'accepted', 'the oldest entry made room')
  assert.equal(cluster.propose(1, WIDE).kind, 'refused')
  cluster.slowDisks.clear()
  cluster.settle()
  assert.equal(proposeUntilFull(cluster), Number.POSITIVE_INFINITY)
})

test('what a leader holds is bounded while it applies nothing', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], tuning: { unfinishedBytesMax: 1_000 } })
  cluster.elect(1)
  cluster.slowMachines.add(1)
  const accepted = proposeUntilFull(cluster)
  const { raft } = cluster.node(1)
  assert.equal(raft.commit, raft.durableIndex)
  assert.ok(accepted > 1 && accepted < 10)
  cluster.on(1, (node) => node.applyOne())
  assert.equal(cluster.propose(1, WIDE).kind, 'accepted', 'the oldest entry made room')
  assert.equal(cluster.propose(1, WIDE).kind, 'refused')
})

test('a leader knows what it need not send to anybody any more', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  const { raft } = cluster.node(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(raft.sentThrough, raft.lastIndex)
  assert.equal(cluster.node(2).raft.sentThrough, Number.POSITIVE_INFINITY)
  const known = raft.lastIndex
  cluster.isolate(3)
  cluster.propose(1, 'x=2')
  cluster.settle()
  assert.equal(raft.commit, known + 1)
  assert.equal(raft.sentThrough, known)
})

test('a leader that comes back begins with an empty account of what is under way', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], tuning: { unfinishedBytesMax: 1_000 } })
  cluster.elect(1)
  cluster.isolate(1)
  assert.ok(proposeUntilFull(cluster) < 10)
  cluster.elect(2)
  cluster.heal()
  cluster.run(4)
  assert.equal(cluster.role(1), 'follower')
  cluster.elect(1)
  cluster.slowDisks.add(1)
  const accepted = proposeUntilFull(cluster)
  assert.ok(accepted > 1 && accepted < 10)
})

test('leadership is handed to other voters only', () => {
  const cluster = new Cluster({ voters: [1, 2], learners: [3] })
  assert.deepEqual(cluster.transfer(1, 2), { kind: 'refused', code: 'NOT_LEADER' })
  cluster.elect(1)
  for (const to of [1, 3, 9]) {
    assert.deepEqual(cluster.transfer(1, to), { kind: 'refused', code: 'MEMBERSHIP_INVALID' })
  }
  assert.equal(cluster.transfer(1, 2).kind, 'accepted')
})

test('asking for the same transfer again does not give it more time', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.network.hold((message) => message.kind === 'timeoutNow')
  for (let i = 0; i < 4; i++) {
    cluster.transfer(1, 2)
    cluster.run(RAFT_TUNING.electionTicks / 5)
  }
  assert.equal(cluster.node(1).raft.transferee, 2)
  cluster.run(RAFT_TUNING.electionTicks / 5)
  assert.equal(cluster.node(1).raft.transferee, 0)
  assert.equal(cluster.propose(1, 'x=1').kind, 'accepted')
})

test('a word to campaign that was lost is said again, once with each heartbeat', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.network.hold((message) => message.kind === 'timeoutNow')
  const said = () => cluster.network.letters.filter(({ message }) => message.kind === 'timeoutNow')
  cluster.transfer(1, 2)
  cluster.transfer(1, 2)
  assert.equal(said().length, 1)
  for (let beats = 1; beats <= 3; beats++) {
    cluster.run(RAFT_TUNING.heartbeatTicks)
    // Each round of reads asks the target, too.
    for (let i = 0; i < 5; i++) cluster.read(1)
    cluster.settle()
    assert.equal(said().length, 1 + beats)
  }
  cluster.drop((message) => message.kind === 'timeoutNow')
  cluster.network.release()
  cluster.run(RAFT_TUNING.heartbeatTicks)
  assert.equal(cluster.role(2), 'leader')
})

test('another target of a transfer is told at once', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.network.hold((message) => message.kind === 'timeoutNow')
  cluster.transfer(1, 2)
  cluster.transfer(1, 3)
  assert.deepEqual(
    cluster.network.letters.map(({ message }) => [message.kind, message.to]),
    [
      ['timeoutNow', 2],
      ['timeoutNow', 3],
    ],
  )
})

test('a leader that just began hands over to one that it has not heard of yet', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.network.hold(({ kind, from }) => kind === 'appendReply' && from === 3)
  cluster.elect(1)
  assert.equal(cluster.node(1).raft.peers.find(({ id }) => id === 3)?.active, false)
  assert.equal(cluster.transfer(1, 3).kind, 'accepted')
  cluster.heal()
  cluster.settle()
  assert.equal(cluster.role(3), 'leader')
})

test('leadership is not handed to one that is down or under repair, and writes go on', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  cluster.crash(3)
  cluster.run(2 * RAFT_TUNING.electionTicks)
  const refused = { kind: 'refused', code: 'MEMBERSHIP_UNSAFE' }
  assert.deepEqual(cluster.transfer(1, 3), refused)
  cluster.lose(3, 1)
  cluster.restart(3)
  cluster.slowDisks.add(3)
  cluster.run(4)
  assert.equal(cluster.node(1).raft.peers.find(({ id }) => id === 3)?.recovering, true)
  assert.deepEqual(cluster.transfer(1, 3), refused)
  assert.equal(cluster.propose(1, 'x=2').kind, 'accepted')
  cluster.slowDisks.clear()
  cluster.run(4)
  assert.equal(cluster.transfer(1, 3).kind, 'accepted')
})

test('one proposal always fits, however large', () => {
  const cluster = new Cluster({
    voters: [1, 2, 3],
    tuning: { unfinishedBytesMax: 1, appendBytesMax: 1, inFlightBytesMax: 1 },
  })
  cluster.elect(1)
  assert.equal(cluster.propose(1, `x=${'z'.repeat(5_000)}`).kind, 'accepted')
  cluster.settle()
  assert.equal(cluster.node(3).state.index, 2)
})

test('a turn of many proposals travels as one message and one write', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], manualTurns: true })
  cluster.elect(1)
  for (let i = 0; i < 50; i++) cluster.propose(1, `x=${i}`)
  cluster.endTurn(1)
  const appends = cluster.network.letters.filter(({ message }) => message.kind === 'append')
  assert.equal(appends.length, 2)
  assert.deepEqual(
    cluster.node(1).disk.pending.map(({ entries }) => entries.length),
    [50],
  )
})

test('entries leave for the followers before the own disk has them', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.slowDisks.add(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(1).raft.durableIndex, 1)
  assert.equal(cluster.node(1).raft.commit, 2)
})

test('Readys may overlap: they become durable in order, late news changes nothing', () => {
  const raft = alone()
  raft.campaign()
  drain(raft)
  const numbers: number[] = []
  for (let i = 0; i < 3; i++) {
    raft.propose(bytesOf(`x=${i}`))
    numbers.push(raft.takeReady().number)
  }
  assert.equal(raft.durableIndex, 1)
  raft.persisted(numbers[1] as number)
  assert.equal(raft.durableIndex, 3)
  raft.persisted(numbers[0] as number)
  assert.equal(raft.durableIndex, 3)
  raft.persisted(numbers[2] as number)
  assert.equal(raft.durableIndex, 4)
  assert.throws(() => raft.persisted((numbers[2] as number) + 5), /handed out/)
})

test('what is committed is applied in order, and not before', () => {
  const raft = alone()
  raft.campaign()
  drain(raft)
  assert.throws(() => raft.applied(2), /applied in order/)
  raft.applied(1)
  assert.throws(() => raft.applied(0), /applied in order/)
})

test('messages for another node or group, or from oneself, are a fault of the driver', () => {
  const raft = alone()
  const message: Message = {
    kind: 'voteRequest',
    group: 1,
    from: 2,
    to: 1,
    term: 1,
    lastIndex: 0,
    lastTerm: 0,
    transfer: false,
  }
  assert.throws(() => raft.step({ ...message, to: 3 }), /for its receiver/)
  assert.throws(() => raft.step({ ...message, group: 2 }), /for its receiver/)
  assert.throws(() => raft.step({ ...message, from: 1 }), /to himself/)
})

test('a replica comes back as its log tells, and refuses one that makes no sense', () => {
  const recovered: RecoveredReplica = {
    hardState: { term: 4, vote: 0, commit: 3, recovering: false },
    terms: [
      { index: 1, term: 1 },
      { index: 3, term: 4 },
    ],
    last: 5,
    snapshot: null,
    configurations: [],
  }
  const raft = alone(recovered)
  assert.deepEqual([raft.term, raft.commit, raft.lastIndex, raft.baseIndex], [4, 3, 5, 0])
  assert.deepEqual([raft.termAt(2), raft.termAt(3), raft.termAt(6)], [1, 4, undefined])
  assert.throws(() => alone({ ...recovered, last: 2 }), /contiguous|reach the end/)
  const { hardState } = recovered
  assert.throws(
    () => alone({ ...recovered, hardState: { ...hardState, commit: 9 } }),
    /only from a replica under repair/,
  )
  assert.throws(
    () => alone({ ...recovered, hardState: { ...hardState, term: 3 } }),
    /never behind the log/,
  )
})

test('a replica under repair may know of commits that it no longer holds', () => {
  const hardState = { term: 4, vote: 1, commit: 9, recovering: true }
  const raft = alone({ ...emptyReplica(), hardState })
  assert.deepEqual([raft.commit, raft.recovering, raft.role], [0, true, 'follower'])
})

test('the read of a replica without a leader fails, so that the client may ask elsewhere', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  const id = cluster.read(1)
  assert.deepEqual(cluster.node(1).failed, [{ id, code: 'NO_LEADER' }])
})

test('a read that could not be sent is sent again until the leader answers', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  const id = cluster.read(2)
  cluster.drop((message) => message.kind === 'readRequest')
  assert.deepEqual(cluster.node(2).grants, [])
  cluster.run(2 * RAFT_TUNING.heartbeatTicks)
  assert.deepEqual(cluster.node(2).grants, [{ id, index: 1 }])
})

test('reads beyond the limit fail as overload; those in a round count as well', () => {
  const cluster = new Cluster({
    voters: [1, 2, 3],
    tuning: { readsWaitingMax: 2, readRoundsMax: 1 },
  })
  cluster.elect(1)
  cluster.network.hold(() => true)
  const ids = Array.from({ length: 6 }, () => cluster.read(1))
  assert.deepEqual(
    cluster.node(1).failed,
    ids.slice(2).map((id) => ({ id, code: 'OVERLOADED' })),
  )
  cluster.heal()
  cluster.settle()
  assert.equal(cluster.node(1).grants.length, 2)
  cluster.read(1)
  cluster.settle()
  assert.equal(cluster.node(1).grants.length, 3, 'what was answered makes room')
})

test('a leader that changed owes no reads of the time before', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], tuning: { readsWaitingMax: 2 } })
  cluster.elect(1)
  cluster.isolate(1)
  for (let i = 0; i < 2; i++) cluster.read(1)
  cluster.elect(2)
  cluster.heal()
  cluster.run(4)
  assert.deepEqual(
    cluster.node(1).failed.map(({ code }) => code),
    ['NO_LEADER', 'NO_LEADER'],
  )
  cluster.elect(1)
  for (let i = 0; i < 2; i++) cluster.read(1)
  cluster.settle()
  assert.equal(cluster.node(1).grants.length, 2)
})

test('entries that were cut from memory are loaded before they are sent', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.isolate(3)
  for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  cluster.node(1).coldBelow = 6
  cluster.heal()
  cluster.run(4)
  assert.equal(cluster.node(3).state.index, 6)
})

/** Followers that miss entries 2 to 21, which leader 1 must load from disk one at a time. */
function behindTheCache(behind: readonly NodeId[]): Cluster {
  const tuning = { appendBytesMax: 1, inFlightCountMax: 1 }
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5], tuning })
  cluster.elect(1)
  cluster.slowLoads.add(1)
  for (const id of behind) cluster.isolate(id)
  for (let i = 0; i < 20; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  cluster.node(1).coldBelow = 22
  cluster.heal()
  cluster.run(8)
  return cluster
}

test('followers that need the same entries wait for one load', () => {
  const cluster = behindTheCache([4, 5])
  for (let i = 0; i < 10; i++) {
    cluster.run(2)
    assert.equal(cluster.node(1).loads.length, 1)
  }
  cluster.on(1, (node) => node.load())
  cluster.settle()
  for (const id of [4, 5]) {
    const { raft } = cluster.node(id)
    assert.ok(raft.lastIndex > 1, 'one load feeds both')
  }
})

test('a load that ends makes nobody ask again for another one that is still read', () => {
  const cluster = behindTheCache([4])
  cluster.on(1, (node) => node.load())
  cluster.settle()
  // Node 5 loses its connection and is looked at from its match on, which lies elsewhere.
  cluster.isolate(5)
  cluster.propose(1, 'x=20')
  cluster.settle()
  cluster.node(1).coldBelow = 23
  cluster.heal()
  cluster.run(8)
  const [first, second, ...more] = cluster.node(1).loads
  assert.ok(first !== undefined && second !== undefined && first.from < second.from)
  assert.deepEqual(more, [])
  for (let i = 0; i < 5; i++) {
    cluster.on(1, (node) => node.load())
    cluster.settle()
    const froms = cluster.node(1).loads.map(({ from }) => from)
    assert.equal(froms.length, new Set(froms).size, 'nothing is read twice at a time')
    assert.ok(froms.length <= 2, 'one load for each that is behind')
  }
  cluster.slowLoads.clear()
  cluster.run(4)
  for (const { state } of cluster.nodes) assert.equal(state.index, 22)
})

test('a load whose end nobody asked for is a fault of the driver', () => {
  assert.throws(() => alone().loaded(1), /asked for/)
})

test('a snapshot is marked with what was in force at its index', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
  cluster.elect(1)
  cluster.propose(1, 'x=1')
  cluster.members(1, { voters: [1, 2, 3], learners: [4] })
  cluster.settle()
  const { raft } = cluster.node(1)
  assert.deepEqual(raft.markAt(2), {
    index: 2,
    term: 1,
    configuration: { voters: [1, 2, 3], outgoing: [], learners: [] },
    configurationIndex: 0,
  })
  assert.deepEqual(raft.markAt(3).configuration.learners, [4])
  assert.equal(raft.markAt(3).configurationIndex, 3)
  assert.throws(() => raft.markAt(4), /only committed state/)
})

test('the log is cut only as far as a snapshot covers it', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  const { raft } = cluster.node(1)
  assert.throws(() => raft.compact(1), /covers what goes/)
  raft.snapshotTaken(raft.markAt(1))
  assert.throws(() => raft.compact(2), /covers what goes/)
  raft.compact(1)
  assert.equal(raft.baseIndex, 1)
})

test('tuning that cannot work is a fault of the caller', () => {
  const voters = [1]
  for (const tuning of [
    { heartbeatTicks: 0 },
    { electionTicks: 2, heartbeatTicks: 2 },
    { droppedTicks: 0 },
    { appendBytesMax: 0 },
    { inFlightCountMax: 0 },
    { readRoundsMax: 0 },
  ]) {
    assert.throws(() => new Cluster({ voters, tuning }), { name: 'BrokenInvariant' })
  }
})
