import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNodeHashing } from '../../io/index.ts'
import { MemoryDisk } from '../../log/testing/index.ts'
import {
  type Identity,
  identityOf,
  type NodeConfig,
  planCluster,
  readIdentity,
  readNodeFile,
  resumeIdentity,
  writeIdentity,
} from './index.ts'

const MEMBERS = '{ m10: http://h:10, m2: http://h:2, m1: http://h:1 }'

function configOf(lines: string): NodeConfig {
  const outcome = readNodeFile(`data: { directory: /d }\n${lines}`)
  assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  return outcome.config
}

function clustered(name: string, members = MEMBERS, token = 't'): NodeConfig {
  return configOf(`name: ${name}\ncluster: { token: ${token}, members: ${members} }`)
}

function planOf(config: NodeConfig) {
  return planCluster(config.cluster, createNodeHashing())
}

function born(config: NodeConfig): Identity {
  return identityOf(planOf(config), config)
}

function resumed(found: Identity, config: NodeConfig): Identity {
  return resumeIdentity(found, { plan: planOf(config), config })
}

describe('the plan of a cluster', () => {
  it('is the same for every member, in whatever order they are named', () => {
    const one = planOf(clustered('m1'))
    const other = planOf(clustered('m2', '{ m2: http://h:2, m1: http://h:1, m10: "http://h:10/" }'))
    assert.equal(one.clusterId, other.clusterId)
    const ids = one.members.map(({ id, name }) => [id, name])
    assert.deepEqual(ids, [
      [1, 'm1'],
      [2, 'm10'],
      [3, 'm2'],
    ])
    assert.deepEqual(
      other.members.map(({ id, name }) => [id, name]),
      ids,
    )
    assert.equal(born(clustered('m2')).nodeId, 3)
  })

  it('differs with the token, a name and a URL', () => {
    const plans = [
      clustered('m1'),
      clustered('m1', MEMBERS, 'other'),
      clustered('m1', '{ m10: http://h:10, m3: http://h:2, m1: http://h:1 }'),
      clustered('m1', '{ m10: http://h:10, m2: http://h:3, m1: http://h:1 }'),
      clustered('m1', '{ m10: http://h:10, m2: https://h:2, m1: http://h:1 }'),
    ].map((config) => planOf(config).clusterId)
    assert.equal(new Set(plans).size, plans.length)
    for (const id of plans) assert.ok(Number.isSafeInteger(id) && id > 0)
  })
})

describe('the identity of a directory', () => {
  it('is what was written', async () => {
    const disk = new MemoryDisk()
    await disk.makeDirectory('/d')
    assert.equal(await readIdentity(disk, '/d'), null)
    const identity = born(clustered('m2'))
    await writeIdentity(disk, '/d', identity)
    assert.deepEqual(await readIdentity(disk, '/d'), identity)
    await writeIdentity(disk, '/d', identity)
    assert.deepEqual(await readIdentity(disk, '/d'), identity)
  })

  it('that cannot be read is no identity, and says so', async () => {
    for (const text of ['', '{', '[]', 'null', '{"format":2}', '{"format":1,"clusterId":1}']) {
      const disk = new MemoryDisk()
      await disk.makeDirectory('/d')
      const file = await disk.open('/d/identity.json', { mode: 'create' })
      const bytes = new TextEncoder().encode(text)
      await file.write(bytes, 0, bytes.length, 0)
      await file.close()
      await assert.rejects(readIdentity(disk, '/d'), { code: 'LOG_FOREIGN' }, text)
    }
  })

  it('goes on with its numbers, whatever else is said of the others', () => {
    const found = born(clustered('m2'))
    assert.deepEqual(resumed(found, configOf('name: m2')), found)
    const moved = '{ m10: http://h:10, m2: http://other:2, m1: http://h:1 }'
    const resumedElsewhere = resumed(found, clustered('m2', moved))
    assert.equal(resumedElsewhere.clusterId, found.clusterId)
    assert.equal(resumedElsewhere.members[2]?.peerUrls[0]?.text, 'http://other:2')
  })

  it('is not taken for another node, cluster or engine', () => {
    const found = born(clustered('m2'))
    for (const [config, reason] of [
      [clustered('m1'), /belongs to the node m2, not to m1/],
      [configOf('name: m2\nengine: memory'), /with the engine bitcask, not memory/],
      [clustered('m2', '{ m2: http://h:2 }'), /a cluster of m1, m10, m2, not of m2/],
      [clustered('m2', MEMBERS, 'u'), /belongs to the cluster "t", not to "u"/],
    ] as const) {
      assert.throws(() => resumed(found, config), { code: 'LOG_FOREIGN', message: reason })
    }
  })
})
