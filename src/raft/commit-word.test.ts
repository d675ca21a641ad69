/** What followers hear of what is committed, and when, while a leader holds its word back. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cluster } from './testing/cluster.ts'
import type { Message } from './types.ts'

function ledByOne(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  return cluster
}

function commits(cluster: Cluster): number[] {
  return cluster.nodes.map(({ raft }) => raft.commit)
}

/** Elected and its own entry committed: the first entry of a client is the second one. */
function writeHeld(cluster: Cluster, text = 'x=1'): void {
  cluster.node(1).raft.holdWord(true)
  cluster.propose(1, text)
  cluster.settle()
}

test('what is committed is told at once, unless the leader holds its word', () => {
  const cluster = ledByOne()
  cluster.propose(1, 'x=0')
  cluster.settle()
  assert.deepEqual(commits(cluster), [2, 2, 2])
  writeHeld(cluster)
  assert.deepEqual(commits(cluster), [3, 2, 2])
})

test('a word that is held travels with the next entries, and costs no message of its own', () => {
  const cluster = ledByOne()
  writeHeld(cluster)
  const sent: Message[] = []
  cluster.propose(1, 'x=2')
  cluster.network.hold((message) => {
    sent.push(message)
    return false
  })
  cluster.settle()
  assert.deepEqual(commits(cluster), [3, 2, 2])
  const empty = sent.filter((message) => message.kind === 'append' && message.entries.length === 0)
  assert.deepEqual(empty, [])
})

test('it is owed until it is told, and told when it is held no more', () => {
  const cluster = ledByOne()
  const { raft } = cluster.node(1)
  assert.equal(raft.owesWord(raft.commit), false)
  writeHeld(cluster)
  assert.deepEqual([raft.owesWord(1), raft.owesWord(2), raft.owesWord(3)], [false, true, false])
  assert.equal(raft.hasReady(), false)
  cluster.on(1, () => raft.holdWord(false))
  cluster.settle()
  assert.deepEqual(commits(cluster), [2, 2, 2])
  assert.equal(raft.owesWord(2), false)
})

test('who waits for an entry is told of it', () => {
  const cluster = ledByOne()
  const { raft } = cluster.node(1)
  raft.holdWord(true)
  cluster.on(1, () => {
    raft.propose(Uint8Array.of(120, 61, 49))
    raft.awaitWord(raft.lastIndex)
  })
  cluster.settle()
  assert.deepEqual(commits(cluster), [2, 2, 2])
  cluster.propose(1, 'x=2')
  cluster.settle()
  assert.deepEqual(commits(cluster), [3, 2, 2])
})

test('a follower that reads is told what it has to apply, however late it has it', () => {
  const cluster = ledByOne()
  cluster.network.hold(({ from, to }) => from === 1 && to === 3)
  writeHeld(cluster)
  cluster.read(3)
  cluster.settle()
  // The round was confirmed by node 2; entries and answer reach node 3 only now.
  cluster.network.release()
  cluster.settle()
  assert.equal(cluster.node(3).raft.commit, 2)
  assert.equal(cluster.node(3).grants.length, 1)
  assert.equal(cluster.node(3).state.index, 2)
})

test('a heartbeat tells it, too', () => {
  const cluster = ledByOne()
  writeHeld(cluster)
  cluster.run(20)
  assert.deepEqual(commits(cluster), [2, 2, 2])
})

test('one under repair becomes whole without it', () => {
  const cluster = ledByOne()
  cluster.propose(1, 'x=0')
  cluster.settle()
  cluster.crash(2)
  cluster.lose(2, 1)
  cluster.node(1).raft.holdWord(true)
  cluster.restart(2)
  assert.equal(cluster.node(2).raft.recovering, true)
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(2).raft.recovering, false)
})

test('a new leadership holds nothing back', () => {
  const cluster = ledByOne()
  writeHeld(cluster)
  cluster.elect(2)
  cluster.elect(1)
  cluster.propose(1, 'x=2')
  cluster.settle()
  assert.equal(new Set(commits(cluster)).size, 1)
  assert.equal(cluster.node(1).raft.owesWord(cluster.node(1).raft.commit), false)
})
