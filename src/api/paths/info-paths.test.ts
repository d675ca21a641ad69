import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { NodeService } from '../../server/index.ts'
import { READ } from '../../state/index.ts'
import { MachineNode, ScriptedNode, until } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'

async function open<N extends NodeService>(context: TestContext, node: N) {
  const { address } = await openDoors(context, { node })
  return { node, web: new HttpClient(context, address) }
}

function openMachine(context: TestContext) {
  return open(context, new MachineNode())
}

const NOSPACE = { action: 'ACTIVATE', alarm: 'NOSPACE' }

describe('the version', () => {
  it('is that of the etcd which is offered', async (context) => {
    const { web } = await openMachine(context)
    const { status, text } = await web.ask('/version')
    assert.equal(status, 200)
    assert.equal(text, '{"etcdserver":"3.6.6","etcdcluster":"3.6.0","storage":"3.6.0"}')
    assert.equal((await web.post('/version', '')).status, 405)
  })
})

describe('the health of a node', () => {
  it('is true when it serves', async (context) => {
    const { web } = await openMachine(context)
    for (const path of ['/health', '/health?serializable=true']) {
      const { status, text } = await web.ask(path)
      assert.deepEqual([status, text], [200, '{"health":"true","reason":""}'])
    }
    assert.equal((await web.post('/health', '')).status, 405)
  })

  it('is false with an alarm, unless it is to be left out', async (context) => {
    const { web } = await openMachine(context)
    await web.post('/v3/maintenance/alarm', NOSPACE)
    const { status, text } = await web.ask('/health')
    assert.deepEqual([status, text], [503, '{"health":"false","reason":"ALARM NOSPACE"}\n'])
    assert.equal((await web.ask('/health?exclude=NOSPACE')).status, 200)
    await web.post('/v3/maintenance/alarm', { ...NOSPACE, alarm: 'CORRUPT' })
    const corrupt = await web.ask('/health?exclude=NOSPACE')
    assert.match(corrupt.text, /ALARM CORRUPT/)
    assert.equal((await web.ask('/health?exclude=NOSPACE&exclude=CORRUPT')).status, 200)
  })

  it('needs a leader, unless only this node is asked', async (context) => {
    const { web, node } = await open(context, new ScriptedNode())
    node.nodeStatus = { ...node.nodeStatus, leader: null }
    const health = async (path: string, ...reads: readonly (() => void)[]) => {
      const answer = web.ask(path)
      for (const settle of reads) {
        await until(() => node.reads.length === 1)
        settle()
      }
      const { status, text } = await answer
      return [status, JSON.parse(text).reason]
    }
    const noAlarms = (): void => node.answered()
    const found = (): void => {
      assert.equal(node.reads[0]?.kind, READ.range)
      assert.equal(node.reads[0]?.serializable, true)
      node.answered()
    }
    assert.deepEqual(await health('/health', noAlarms), [503, 'RAFT NO LEADER'])
    assert.deepEqual(await health('/health?serializable=true', noAlarms, found), [200, ''])
    node.nodeStatus = { ...node.nodeStatus, leader: 2 }
    const lost = (): void => node.unread('NO_LEADER')
    const reason = 'RANGE ERROR:etcdserver: no leader'
    assert.deepEqual(await health('/health', noAlarms, lost), [503, reason])
  })
})

describe('a probe', () => {
  it('says ok, or which check failed', async (context) => {
    const { web } = await openMachine(context)
    for (const path of ['/livez', '/readyz', '/readyz/linearizable_read', '/livez?verbose=']) {
      assert.equal((await web.ask(path)).status, 200, path)
    }
    assert.equal((await web.ask('/readyz')).text, 'ok\n')
    const all = ['data_corruption', 'serializable_read', 'linearizable_read', 'non_learner']
    const verbose = all.map((name) => `[+]${name} ok\n`).join('')
    assert.equal((await web.ask('/readyz?verbose')).text, `${verbose}ok\n`)
    await web.post('/v3/maintenance/alarm', { ...NOSPACE, alarm: 'CORRUPT' })
    const failed = await web.ask('/readyz')
    assert.equal(failed.status, 503)
    assert.match(failed.text, /^\[-\]data_corruption failed: alarm activated: CORRUPT\n/)
    assert.equal((await web.ask('/readyz/data_corruption')).status, 503)
    assert.equal((await web.ask('/readyz/non_learner')).status, 200)
  })

  it('leaves out what it is told to, and knows no other checks', async (context) => {
    const { web, node } = await open(context, new ScriptedNode())
    node.nodeStatus = { ...node.nodeStatus, isLearner: true }
    const excluded = ['data_corruption', 'serializable_read', 'linearizable_read', 'nobodys']
    const query = excluded.map((name) => `exclude=${name}`).join('&')
    const { status, text } = await web.ask(`/readyz?${query}`)
    assert.deepEqual([status, text], [503, '[-]non_learner failed: not supported for learner\n\n'])
    assert.equal((await web.ask(`/readyz?${query}&exclude=non_learner`)).text, 'ok\n')
    for (const path of ['/readyz/', '/readyz/toString', '/livez/non_learner', '/readyz/a/b']) {
      assert.equal((await web.ask(path)).status, 404, path)
    }
    assert.equal((await web.post('/livez', '')).status, 405)
  })
})

describe('whether a node is ready', () => {
  it('is told as JSON, with the reason when it is not', async (context) => {
    const { web } = await openMachine(context)
    const ready = await web.ask('/ready')
    assert.deepEqual([ready.status, ready.text], [200, '{"ready":true}\n'])
    assert.equal((await web.post('/ready', '')).status, 405)
    await web.post('/v3/maintenance/alarm', { ...NOSPACE, alarm: 'CORRUPT' })
    const damaged = await web.ask('/ready')
    assert.equal(damaged.status, 503)
    assert.deepEqual(JSON.parse(damaged.text), { ready: false, reason: 'its data is damaged' })
  })

  it('depends on a leader that answers', async (context) => {
    const { web, node } = await open(context, new ScriptedNode())
    const ask = async (settle: () => void) => {
      const answer = web.ask('/ready')
      await until(() => node.reads.length === 1)
      node.answered()
      if (node.nodeStatus.leader !== null) {
        await until(() => node.reads.length === 1)
        assert.equal(node.reads[0]?.serializable, false)
        settle()
      }
      const { status, text } = await answer
      return [status, JSON.parse(text).reason]
    }
    assert.deepEqual(await ask(() => node.answered()), [200, undefined])
    const [status, reason] = await ask(() => node.unread('TIMED_OUT'))
    assert.equal(status, 503)
    assert.match(String(reason), /through the leader: etcdserver: request timed out/)
    node.nodeStatus = { ...node.nodeStatus, leader: null }
    assert.deepEqual(await ask(() => {}), [503, 'it knows no leader'])
  })
})

describe('what is told for those who look into a node', () => {
  it('are its variables', async (context) => {
    const { web } = await openMachine(context)
    const { text } = await web.ask('/debug/vars')
    const variables = JSON.parse(text)
    assert.equal(variables['raft.status'].raftState, 'StateLeader')
    assert.equal(variables['raft.status'].id, '8000000000000001')
  })
})
