import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type EndpointStatus,
  type Member,
  type NodeStatus,
  QuorateError,
} from '../../client/index.ts'
import { clockFindings, clusterFindings, type Finding, isUnsettled } from './doctor-findings.ts'

function member(id: number, fields: Partial<Member> = {}): Member {
  const urls = { clientUrls: [`http://127.0.0.1:808${id}`], peerUrls: [] }
  return { id: BigInt(id), name: `m${id}`, isLearner: false, ...urls, ...fields }
}

function node(id: number, fields: Partial<NodeStatus> = {}): EndpointStatus {
  return {
    isReachable: true,
    endpoint: `127.0.0.1:808${id}`,
    id: BigInt(id),
    version: '3.6.6',
    isLeader: id === 1,
    isLearner: false,
    leader: 1n,
    term: 4,
    index: 100,
    appliedIndex: 100,
    revision: 50,
    sizeBytes: 1000,
    usedBytes: 1000,
    problems: [],
    latencyMs: 1,
    ...fields,
  }
}

function away(id: number): EndpointStatus {
  const error = new QuorateError('UNREACHABLE', 'refused')
  return { isReachable: false, endpoint: `127.0.0.1:808${id}`, error }
}

const MEMBERS = [member(1), member(2), member(3)]

function found(nodes: readonly EndpointStatus[], members: readonly Member[] = MEMBERS) {
  return clusterFindings({ nodes, members })
}

/** What is not fine. */
function troubles(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ level }) => level !== 'fine')
    .map(({ level, check, what }) => `${level} ${check}: ${what}`)
}

describe('a doctor', () => {
  it('finds nothing wrong with a cluster that is well', () => {
    const findings = found([node(1), node(2), node(3)])
    assert.deepEqual(troubles(findings), [])
    assert.deepEqual(
      findings.map(({ check }) => check),
      ['reachable', 'leader', 'quorum', 'versions'],
    )
    assert.ok(findings.every(({ todo }) => todo === ''))
  })

  it('says who is away, and what that means', () => {
    assert.deepEqual(troubles(found([node(1), node(2), away(3)])), [
      'wrong reachable: 127.0.0.1:8083 does not answer: refused',
      'advice quorum: 2 of 3 voters answer, 2 are needed',
    ])
    assert.deepEqual(troubles(found([node(1, { leader: 0n }), away(2), away(3)])), [
      'wrong reachable: 127.0.0.1:8082 does not answer: refused',
      'wrong reachable: 127.0.0.1:8083 does not answer: refused',
      'wrong leader: nobody leads (term 4)',
      'wrong quorum: 1 of 3 voters answers, 2 are needed',
    ])
  })

  it('counts members that have not told where they are, unless they may be endpoints', () => {
    const peerUrls = ['http://10.0.0.2:2380']
    const members = [member(1), member(2, { clientUrls: [], peerUrls }), member(3)]
    const findings = found([node(1), node(3)], members)
    assert.deepEqual(troubles(findings), [
      'wrong reachable: m2 has not told yet where clients reach it',
      'advice quorum: 2 of 3 voters answer, 2 are needed',
    ])
    assert.match(findings[0]?.todo ?? '', /^start it; .* http:\/\/10\.0\.0\.2:2380$/)
    assert.deepEqual(
      found([node(1), node(3), away(2)], members)
        .filter(({ check }) => check === 'reachable')
        .map(({ what }) => what),
      ['127.0.0.1:8082 does not answer: refused'],
    )
  })

  it('speaks of one as of one', () => {
    const whats = found([node(1)], [member(1)]).map(({ what }) => what)
    assert.ok(whats.includes('the one node answers'))
    assert.ok(whats.includes('it offers what etcd 3.6.6 does'))
  })

  it('compares who is followed, in the newest term', () => {
    assert.deepEqual(troubles(found([node(1), node(2), node(3, { term: 3, leader: 2n })])), [
      'wrong leader: 127.0.0.1:8083 do not know that m1 leads',
    ])
    assert.deepEqual(troubles(found([node(1), node(2, { leader: 2n }), node(3)])), [
      'wrong leader: in term 4 some nodes follow m1 and m2',
    ])
  })

  it('knows what an election may be the reason of', () => {
    const unsettled = (...nodes: readonly EndpointStatus[]) =>
      isUnsettled({ nodes, members: MEMBERS })
    assert.equal(unsettled(node(1), node(2), node(3)), false)
    assert.equal(unsettled(node(1), node(2), node(3, { leader: 0n })), true)
    assert.equal(unsettled(node(1), node(2), node(3, { term: 3, leader: 2n })), true)
    const lost = { leader: 0n, isLeader: false }
    assert.equal(unsettled(node(1, lost), node(2, lost), node(3, lost)), true)
    // What must not be is not looked away from, and who is away is not waited for.
    assert.equal(unsettled(node(1), node(2, { leader: 2n }), node(3, { leader: 0n })), false)
    assert.equal(unsettled(node(1), node(2), away(3)), false)
    assert.equal(unsettled(away(1), away(2), away(3)), false)
  })

  it('advises on how many voters there are', () => {
    assert.deepEqual(troubles(found([node(1)], [member(1)])), ['advice quorum: there is one voter'])
    const four = [...MEMBERS, member(4)]
    assert.deepEqual(
      troubles(
        found(
          [1, 2, 3, 4].map((id) => node(id)),
          four,
        ),
      ),
      ['advice quorum: there are 4 voters'],
    )
    const learner = [...MEMBERS, member(4, { isLearner: true })]
    assert.deepEqual(
      troubles(
        found(
          [1, 2, 3, 4].map((id) => node(id)),
          learner,
        ),
      ),
      [],
    )
  })

  it('tells alarms, what is behind, and what versions differ', () => {
    const nodes = [
      node(1, { index: 50_000, appliedIndex: 50_000 }),
      node(2, { problems: ['memberID:2 alarm:NOSPACE '] }),
      node(3, { version: '3.6.5', index: 50_000, appliedIndex: 50_000 }),
    ]
    assert.deepEqual(troubles(found(nodes)), [
      'advice versions: versions differ: 3.6.5, 3.6.6',
      'wrong alarm: m2: the alarm NOSPACE of m2 is on: puts are refused until it is disarmed',
      'advice behind: m2 is 49,900 entries behind',
    ])
  })

  it('tells what a compaction would give back', () => {
    const bytes = 1024 * 1024 * 1024
    const nodes = [node(1, { sizeBytes: bytes, usedBytes: bytes / 4 }), node(2), node(3)]
    assert.deepEqual(troubles(found(nodes)), [
      'advice space: m1 could give back 768 MiB of 1.0 GiB',
    ])
  })

  it('compares clocks with the one here', () => {
    const [finding] = clockFindings(
      new Map([
        ['m1', 400],
        ['m2', -600],
      ]),
    )
    assert.equal(finding?.level, 'fine')
    assert.deepEqual(troubles(clockFindings(new Map([['m1', 61_000]]))), [
      'advice clocks: clocks differ from the one here: m1 +61 s',
    ])
    assert.deepEqual(clockFindings(new Map()), [])
  })
})
