import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settle } from '../../log/testing/index.ts'
import { etcd } from '../../wire/index.ts'
import { arePeerUrls } from './peer-urls.ts'
import { setUpScripted } from './testing/index.ts'

const { memberAdd, memberRemove, memberUpdate, memberList, memberPromote } = etcd.Cluster.methods

const FIRST = 2n ** 63n + 1n
const LEARNER = 2n ** 63n + 3n

describe('the members', () => {
  it('are listed with the ids of clients, under a header without a revision', async () => {
    const { client } = setUpScripted()
    const answers = client.ask(memberList, { linearizable: true })
    await settle()
    const { header, members } = answers.message
    assert.deepEqual(header, { clusterId: 0xc1n, memberId: FIRST, revision: 0, raftTerm: 3 })
    assert.deepEqual(members[0], {
      ID: FIRST,
      name: 'one',
      peerURLs: ['http://127.0.0.1:1'],
      clientURLs: ['http://127.0.0.1:2'],
      isLearner: false,
    })
    assert.deepEqual(
      members.map(({ ID, isLearner }) => [ID, isLearner]),
      [
        [FIRST, false],
        [FIRST + 1n, false],
        [LEARNER, true],
      ],
    )
  })

  it('are a fault of the node when nobody expects why they are not told', async () => {
    const { client, node, faults } = setUpScripted()
    const fault = new RangeError('an invariant does not hold')
    node.members = () => Promise.reject(fault)
    const answers = client.ask(memberList, { linearizable: true })
    await settle()
    assert.match(answers.outcome ?? '', /^INTERNAL the server failed/)
    assert.deepEqual(faults, [fault])
  })

  it('cannot be changed yet, and what is wrong with a change is told first', async () => {
    const { client } = setUpScripted()
    const fixed = 'UNIMPLEMENTED etcdserver: changing the members is not supported yet'
    const notFound = 'NOT_FOUND etcdserver: member not found'
    const peerURLs = ['http://10.0.0.1:2380']
    const asked = [
      client.ask(memberAdd, { peerURLs: [], isLearner: false }),
      client.ask(memberAdd, { peerURLs, isLearner: false }),
      client.ask(memberRemove, { ID: 5n }),
      client.ask(memberRemove, { ID: FIRST }),
      client.ask(memberUpdate, { ID: 5n, peerURLs }),
      client.ask(memberUpdate, { ID: FIRST, peerURLs }),
      client.ask(memberPromote, { ID: 5n }),
      client.ask(memberPromote, { ID: FIRST }),
      client.ask(memberPromote, { ID: LEARNER }),
    ]
    await settle()
    assert.deepEqual(
      asked.map(({ outcome }) => outcome),
      [
        'INVALID_ARGUMENT etcdserver: given member URLs are invalid',
        fixed,
        notFound,
        fixed,
        notFound,
        fixed,
        notFound,
        'FAILED_PRECONDITION etcdserver: can only promote a learner member',
        fixed,
      ],
    )
  })
})

describe('addresses of a member', () => {
  it('have a scheme, a host and a port, and nothing behind them', () => {
    const good = [
      'http://127.0.0.1:2380',
      'https://node.example:443',
      ' http://a:1 ',
      'http://[::1]:2380',
      'http://:2380',
      'unix://socket',
      'unixs:///a/b:1',
    ]
    for (const url of good) assert.ok(arePeerUrls([url]), url)
    const bad = [
      '',
      'x',
      'http://',
      'http://a',
      'ftp://a:1',
      '127.0.0.1:2380',
      'http://a:1/',
      'http://a:1/path',
      'http://a:b:1',
      'http://::1:2380',
      'http://a:port',
    ]
    for (const url of bad) assert.ok(!arePeerUrls([url]), url)
    assert.ok(!arePeerUrls([]))
    assert.ok(!arePeerUrls(['http://a:1', 'x']))
  })
})
