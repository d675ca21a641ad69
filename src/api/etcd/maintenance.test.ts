import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../../base/index.ts'
import { settle } from '../../log/testing/index.ts'
import { COMMAND, READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { setUpScripted } from './testing/index.ts'

const { alarm, status, defragment, hash, hashKV, snapshot, moveLeader, downgrade } =
  etcd.Maintenance.methods
const { GET, ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
const { NONE, NOSPACE, CORRUPT } = etcd.AlarmType

const HEADER = { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, revision: 7, raftTerm: 3 }

describe('the status of a node', () => {
  it('is its own, in the numbers and versions of etcd', () => {
    const { client } = setUpScripted()
    const answers = client.ask(status, {})
    assert.deepEqual(answers.message, {
      header: HEADER,
      version: '3.6.6',
      dbSize: 4096,
      leader: 2n ** 63n + 1n,
      raftIndex: 20,
      raftTerm: 3,
      raftAppliedIndex: 19,
      errors: [],
      dbSizeInUse: 1024,
      isLearner: false,
      storageVersion: '3.6.0',
      dbSizeQuota: 8192,
      downgradeInfo: { enabled: false, targetVersion: '' },
    })
  })

  it('is told without a leader and without a read, and says what is wrong', () => {
    const { node, client } = setUpScripted()
    const alarms = [
      { memberId: 5n, type: NOSPACE },
      { memberId: 2n ** 63n + 1n, type: CORRUPT },
      { memberId: 6n, type: NONE },
    ]
    node.nodeStatus = { ...node.nodeStatus, leader: null, alarms }
    const answers = client.ask(status, {})
    assert.deepEqual(node.reads, [])
    assert.equal(answers.message.leader, 0n)
    // As etcd 3.4.23 answers.
    assert.deepEqual(answers.message.errors, [
      'etcdserver: no leader',
      'memberID:5 alarm:NOSPACE ',
      'memberID:9223372036854775809 alarm:CORRUPT ',
      'memberID:6 ',
    ])
  })
})

describe('alarms', () => {
  it('are read, and written when they change', () => {
    const { node, client } = setUpScripted()
    for (const action of [GET, ACTIVATE, DEACTIVATE]) {
      client.ask(alarm, { action, memberID: 5n, alarm: NOSPACE })
    }
    assert.deepEqual([node.reads[0]?.kind, node.reads[0]?.serializable], [READ.alarms, false])
    assert.deepEqual(
      node.writes.map(({ kind, body }) => [kind, alarm.request.decodeBytes(body).action]),
      [
        [COMMAND.alarm, ACTIVATE],
        [COMMAND.alarm, DEACTIVATE],
      ],
    )
  })
})

describe('hashes', () => {
  it('of keys are those of this node', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(hashKV, { revision: 5 })
    const [read] = node.reads
    assert.deepEqual([read?.kind, read?.serializable], [READ.hashKv, true])
    const fields = { hash: 99, compactRevision: 3, hashRevision: 5 }
    node.answered(hashKV.response.encodeBytes({ header: null, ...fields }))
    assert.deepEqual(answers.message, { header: HEADER, ...fields })
  })

  it('of everything are the same', () => {
    const { node, client } = setUpScripted()
    const answers = client.ask(hash, {})
    const fields = { hash: 99, compactRevision: 3, hashRevision: 7 }
    node.answered(hashKV.response.encodeBytes({ header: null, ...fields }))
    assert.deepEqual(answers.message, { header: HEADER, hash: 99 })
    const failing = client.ask(hash, {})
    node.unread('STOPPED')
    assert.equal(failing.outcome, 'UNAVAILABLE etcdserver: server stopped')
  })
})

describe('defragmenting', () => {
  it('is done at once, for there is nothing to do', () => {
    const { client } = setUpScripted()
    assert.deepEqual(client.ask(defragment, {}).message, { header: null })
  })
})

describe('a leader that is to be moved', () => {
  async function move(target: bigint, prepare: (node: Scripted['node']) => void = () => {}) {
    const setup = setUpScripted()
    prepare(setup.node)
    const answers = setup.client.ask(moveLeader, { targetID: target })
    await settle()
    return { outcome: answers.outcome, transfers: setup.node.transfers }
  }
  type Scripted = ReturnType<typeof setUpScripted>
  const second = 2n ** 63n + 2n

  it('goes to another member that votes', async () => {
    assert.deepEqual(await move(second), { outcome: 'OK', transfers: [2] })
  })

  it('may be where it is', async () => {
    assert.deepEqual(await move(2n ** 63n + 1n), { outcome: 'OK', transfers: [] })
  })

  it('goes nowhere else', async () => {
    const bad = 'FAILED_PRECONDITION etcdserver: bad leader transferee'
    for (const target of [0n, 5n, 2n ** 63n + 3n]) {
      assert.deepEqual(await move(target), { outcome: bad, transfers: [] })
    }
  })

  it('is moved by the leader only', async () => {
    const { outcome } = await move(second, (node) => {
      node.nodeStatus = { ...node.nodeStatus, leader: 2 }
    })
    assert.equal(outcome, 'FAILED_PRECONDITION etcdserver: not leader')
  })

  it('may fail to move, for a reason that is told', async () => {
    const outcomes = []
    for (const code of ['NOT_LEADER', 'BAD_REQUEST', 'TIMED_OUT'] as const) {
      const failing = (node: Scripted['node']) => {
        node.transferError = new KvError(code, 'it did not work')
      }
      outcomes.push((await move(second, failing)).outcome)
    }
    assert.deepEqual(outcomes, [
      'FAILED_PRECONDITION etcdserver: not leader',
      'FAILED_PRECONDITION etcdserver: bad leader transferee',
      'UNKNOWN etcdserver: request timed out, leader transfer took too long',
    ])
  })
})

describe('a downgrade', () => {
  it('is refused: there is no older version', () => {
    const { client } = setUpScripted()
    const { VALIDATE, ENABLE, CANCEL } = etcd.DowngradeRequestDowngradeAction
    const outcomes = [
      { action: VALIDATE, version: '3.5.0' },
      { action: ENABLE, version: '3.5' },
      { action: ENABLE, version: 'three' },
      { action: CANCEL, version: '' },
      { action: 9, version: '3.5.0' },
    ].map((request) => client.ask(downgrade, request).outcome)
    assert.deepEqual(outcomes, [
      'INVALID_ARGUMENT etcdserver: invalid downgrade target version',
      'INVALID_ARGUMENT etcdserver: invalid downgrade target version',
      'INVALID_ARGUMENT etcdserver: wrong downgrade target version format',
      'FAILED_PRECONDITION etcdserver: no inflight downgrade job',
      'UNKNOWN etcdserver: unknown method',
    ])
  })
})

describe('a snapshot', () => {
  async function* pieces(...lengths: number[]): AsyncGenerator<Uint8Array> {
    for (const [i, length] of lengths.entries()) yield new Uint8Array(length).fill(i + 1)
  }

  function prepare(...lengths: number[]) {
    const setup = setUpScripted({ blobBytesMax: 100 })
    let released = 0
    setup.node.file = {
      bytes: lengths.reduce((sum, length) => sum + length, 0),
      pieces: () => pieces(...lengths),
      release: () => {
        released += 1
      },
    }
    return { ...setup, released: () => released }
  }

  it('comes in pieces that say what remains, and behind them the hash', async () => {
    const { client, released } = prepare(250, 30)
    const answers = client.ask(snapshot, {})
    await settle()
    assert.deepEqual(
      answers.messages.map(({ remainingBytes, blob, version }) => [
        remainingBytes,
        blob.length,
        blob[0],
        version,
      ]),
      [
        [180, 100, 1, '3.6.0'],
        [80, 100, 1, '3.6.0'],
        [30, 50, 1, '3.6.0'],
        [0, 30, 2, '3.6.0'],
        [0, 32, 280 % 256, '3.6.0'],
      ],
    )
    assert.equal(answers.outcome, 'OK')
    assert.equal(released(), 1)
  })

  it('of nothing is a hash', async () => {
    const { client } = prepare()
    const answers = client.ask(snapshot, {})
    await settle()
    assert.deepEqual([answers.messages.length, answers.outcome], [1, 'OK'])
  })

  it('goes at the pace of the client, and ends with it', async () => {
    const { client, released } = prepare(1000)
    const answers = client.open(snapshot)
    answers.reads = false
    answers.send({})
    await settle()
    assert.equal(answers.messages.length, 1)
    answers.call.writable()
    await settle()
    assert.equal(answers.messages.length, 2)
    assert.equal(released(), 0)
    answers.call.cancel()
    await settle()
    assert.equal(released(), 1)
    assert.equal(answers.messages.length, 2)
  })

  it('fails with the node', async () => {
    const { client } = setUpScripted()
    const answers = client.ask(snapshot, {})
    await settle()
    assert.equal(answers.outcome, 'UNAVAILABLE etcdserver: server stopped')
  })
})
