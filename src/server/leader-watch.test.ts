import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LeaderWatch } from './leader-watch.ts'

test('whoever listens is told of each change, and of nothing else', () => {
  const raft = { leader: 0 }
  const watch = new LeaderWatch(raft)
  const told: boolean[] = []
  const listener = (hasLeader: boolean): void => void told.push(hasLeader)
  const stops = [watch.listen(listener), watch.listen(listener)]
  watch.look()
  raft.leader = 2
  watch.look()
  raft.leader = 3
  watch.look()
  assert.deepEqual([told, watch.hasLeader], [[true, true], true])
  stops[0]?.()
  stops[0]?.()
  raft.leader = 0
  watch.look()
  assert.deepEqual([told.length, watch.hasLeader], [3, false])
  watch.stop()
  raft.leader = 1
  watch.look()
  assert.equal(told.length, 3)
})
