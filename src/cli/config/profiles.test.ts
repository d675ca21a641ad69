import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NodeConfig, readNodeFile, TIMING_PROFILES } from './index.ts'

function configOf(raft: object): NodeConfig {
  const outcome = readNodeFile(JSON.stringify({ data: { directory: '/d' }, raft }))
  assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  return outcome.config
}

test('every profile leaves room for heartbeats that are lost, and for an election', () => {
  for (const [name, timing] of Object.entries(TIMING_PROFILES)) {
    const { heartbeatTicks, electionTicks, retryTicks, droppedTicks } = timing
    assert.ok(electionTicks >= 5 * heartbeatTicks, name)
    assert.ok(retryTicks >= 2 * heartbeatTicks && retryTicks < electionTicks, name)
    assert.ok(droppedTicks >= 1 && droppedTicks < electionTicks, name)
  }
})

test('a profile is chosen by its name, and the usual one without', () => {
  for (const [name, timing] of Object.entries(TIMING_PROFILES)) {
    assert.deepEqual(configOf({ profile: name }).timing, timing)
  }
  assert.deepEqual(configOf({}).timing, TIMING_PROFILES.standard)
})

test('what is written takes the place of one time, and the rest is of the profile', () => {
  const { timing, profile } = configOf({ profile: 'wan', election: '6s' })
  assert.equal(profile, 'wan')
  assert.deepEqual(timing, { ...TIMING_PROFILES.wan, electionTicks: 600, retryTicks: 60 })
})

test('a heartbeat that tells of a slow network leaves that time elsewhere, too', () => {
  const times = (raft: object) => {
    const { tickMs, droppedTicks, pingMs } = configOf(raft).timing
    return [droppedTicks * tickMs, pingMs]
  }
  assert.deepEqual(times({ heartbeat: '100ms', election: '1s' }), [30, 200])
  assert.deepEqual(times({ heartbeat: '300ms', election: '3s' }), [600, 600])
  assert.deepEqual(times({ profile: 'wan', heartbeat: '200ms' }), [800, 600])
})

test('an election that would come before five heartbeats is refused, whoever is to blame', () => {
  const wrong = (raft: object): string => {
    const outcome = readNodeFile(JSON.stringify({ data: { directory: '/d' }, raft }))
    assert.equal(outcome.kind, 'wrong')
    return outcome.mistakes.join()
  }
  assert.equal(
    wrong({ profile: 'wan', election: '1s' }),
    'raft.election (line 1) is "1s": it takes at least 5 heartbeats of 300ms, such as 1s500ms',
  )
  assert.equal(
    wrong({ profile: 'fast', heartbeat: '50ms' }),
    'raft.heartbeat (line 1) is "50ms": it takes at most a fifth of the silence before an ' +
      'election, 150ms, such as 30ms',
  )
})
