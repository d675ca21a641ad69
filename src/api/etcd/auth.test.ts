import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd } from '../../wire/index.ts'
import { setUpScripted } from './testing/index.ts'

const auth = etcd.Auth.methods
const HEADER = { clusterId: 0xc1n, memberId: 2n ** 63n + 1n, revision: 7, raftTerm: 3 }

describe('authentication that is off', () => {
  it('says so', () => {
    const { client } = setUpScripted()
    const asked = client.ask(auth.authenticate, { name: 'root', password: 'secret' })
    assert.equal(asked.outcome, 'FAILED_PRECONDITION etcdserver: authentication is not enabled')
    const told = client.ask(auth.authStatus, {}).message
    assert.deepEqual(told, { header: HEADER, enabled: false, authRevision: 1 })
  })

  it('can be turned off, and not on without a root user', () => {
    const { client } = setUpScripted()
    assert.deepEqual(client.ask(auth.authDisable, {}).message, { header: HEADER })
    const enabled = client.ask(auth.authEnable, {})
    assert.equal(enabled.outcome, 'FAILED_PRECONDITION etcdserver: root user does not exist')
  })

  it('knows no users and no roles', () => {
    const { client } = setUpScripted()
    assert.deepEqual(client.ask(auth.userList, {}).message, { header: HEADER, users: [] })
    assert.deepEqual(client.ask(auth.roleList, {}).message, { header: HEADER, roles: [] })
  })

  it('writes nothing', () => {
    const { node, client } = setUpScripted()
    client.ask(auth.userAdd, auth.userAdd.request.create({ name: 'a', password: 'b' }))
    client.ask(auth.roleAdd, { name: 'a' })
    client.ask(auth.userDelete, { name: 'a' })
    assert.deepEqual([node.writes, node.reads], [[], []])
  })
})
