/** The known bugs. Each must be found by the simulator; `npm run mutants` shows which are. */

import type { Mutant } from './mutant.ts'
import { SHARING_MUTANTS } from './sharing.ts'
import { STATE_MUTANTS } from './state.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'canary',
    story:
      'The leader answers everything with another revision than it has: all but short runs fail.',
    file: 'group/proposals.ts',
    find: "waiter.settle({ kind: 'applied', index, result })",
    replace:
      "waiter.settle({ kind: 'applied', index,\n" +
      '          result: { ...result, revision: result.revision + 1 } })',
  },
  {
    name: 'vote-before-disk',
    story: 'The vote leaves before term and vote are durable (NATS, robustmq#2039, E-01).',
    file: 'raft/election.ts',
    find: "core.sendAfterSync({\n    kind: 'voteReply',",
    replace: "core.send({\n    kind: 'voteReply',",
    profile: 'crashes',
  },
  {
    name: 'acknowledge-before-disk',
    story: 'Entries are acknowledged before they are durable (NATS#7564, D-08).',
    file: 'raft/follower.ts',
    find: 'core.sendAfterSync({',
    replace: 'core.send({',
    profile: 'crashes',
  },
  {
    name: 'own-disk-counted-early',
    story: 'The leader counts itself before its own disk has the entry (etcd#14370, L-13).',
    file: 'raft/replication.ts',
    find: 'if (voter === core.id) return core.log.stable',
    replace: 'if (voter === core.id) return core.log.last',
    profile: 'crashes',
  },
  {
    name: 'group-behind-damage-believed',
    story:
      'Of a group whose first records are lost, what is left is believed, and its votes are ' +
      'forgotten (own, found by seed 700299).',
    file: 'log/replay.ts',
    find: 'if (this.#hiddenTerm !== null) group.doubt()',
    replace: '',
    test: 'log/damage.test.ts',
  },
  {
    name: 'log-begins-with-damage',
    story:
      'The oldest segment goes although the next has a damaged head, and with it all that was ' +
      'known of some group (own, found by src/log/damage-property.test.ts).',
    file: 'log/segment-store.ts',
    find: '({ isBase }, at) => at > 0 && isBase',
    replace: '(_, at) => at > 0',
    test: 'log/damage.test.ts',
  },
  {
    name: 'commit-older-term',
    story:
      'Entries of older terms are committed by counting (Raft paper figure 8, logcabin#44, L-01).',
    file: 'raft/replication.ts',
    find: 'if (index <= core.commit || core.log.termAt(index) !== core.term) return',
    replace: 'if (index <= core.commit) return',
    profile: 'tiny',
    survives:
      'It takes five elections in one order with two entries held back in between (figure 8); ' +
      'chance alone does not get there. L-01 and the text figure-8.txt show it directly.',
  },
  {
    name: 'refusal-raises-match',
    story:
      'A refused append raises what the leader believes to match (CCF, arXiv 2406.17455, L-03).',
    file: 'raft/progress.ts',
    find: "this.#reset('probe')\n    this.next = next\n    return true",
    replace:
      "this.#reset('probe')\n    this.next = next\n    this.match = next - 1\n    return true",
  },
  {
    name: 'configuration-not-rolled-back',
    story: 'A truncated configuration stays in force (canonical/raft#250, M-03).',
    file: 'raft/follower.ts',
    find: 'core.configurations.truncateFrom(entry.index)',
    replace: 'if (entry.kind === "configuration") core.configurations.truncateFrom(entry.index)',
    profile: 'membership',
  },
  {
    name: 'joint-majority-ignored',
    story: 'While joint, the old majority is not asked to commit (I12).',
    file: 'raft/quorum.ts',
    find: 'majorityIndex(configuration.outgoing, reached),',
    replace: 'majorityIndex([], reached),',
    profile: 'membership',
  },
  {
    name: 'joint-election-ignored',
    story: 'While joint, the old majority is not asked to elect (I12).',
    file: 'raft/quorum.ts',
    find: 'const outgoing = majorityDecision(configuration.outgoing, answer)',
    replace: 'const outgoing = majorityDecision([], answer)',
    profile: 'membership',
    survives:
      'What such a leader appends still needs both majorities; to be seen, the old side must ' +
      'elect one, too, without the joint entry and before the old leader is heard again. ' +
      'src/raft/quorum.test.ts shows it directly.',
  },
  {
    name: 'read-before-own-commit',
    story:
      'A new leader answers reads before it knows what is committed (etcd#14258, TiKV#9208, R-01).',
    file: 'raft/replication.ts',
    find: 'if (core.reads.waitingCount === 0 || !core.knowsCommit) return',
    replace: 'if (core.reads.waitingCount === 0) return',
  },
  {
    name: 'read-without-round',
    story: 'A leader answers reads without asking whether it still leads (R-03, stale reads).',
    file: 'raft/replication.ts',
    find: ") === 'won',\n  )\n  for (const { from, id, index } of answered) {",
    replace: ") !== 'lost',\n  )\n  for (const { from, id, index } of answered) {",
    profile: 'network',
  },
  {
    name: 'read-id-reused',
    story: 'Read ids begin anew in each life: an answer for the last life serves this one.',
    file: 'raft/reads.ts',
    find: 'this.#nextId = (incarnation % 2 ** 22) * IDS_PER_LIFE + 1',
    replace: 'this.#nextId = (incarnation % 1) + 1',
    survives:
      'It takes an answer that is held in the network across a crash and a restart, a write in ' +
      'between, and a read of the same number after it. src/raft/reads.test.ts, ' +
      'src/raft/random.test.ts and M-16 show it directly.',
  },
  {
    name: 'read-served-before-applied',
    story: 'A read is served before the state reached its index (RedisRaft#18, R-08).',
    file: 'group/readers.ts',
    find: 'if (one.index > appliedIndex) {',
    replace: 'if (one.index > appliedIndex + 1) {',
  },
  {
    name: 'second-vote',
    story: 'A node votes for two candidates in one term (Raft paper §5.2).',
    file: 'raft/election.ts',
    find: 'core.vote === message.from || (core.vote === NOBODY && core.leader === NOBODY)',
    replace: 'core.leader === NOBODY || core.vote === message.from',
  },
  {
    name: 'vote-without-log-check',
    story: 'A vote goes to a candidate whose log is behind (Raft paper §5.4.1).',
    file: 'raft/log-view.ts',
    find: 'lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.last)',
    replace: 'lastTerm >= this.lastTerm || lastIndex >= this.last',
  },
  {
    name: 'conflict-by-index-only',
    story: 'A follower keeps its own entry where the leader has another one (Raft paper §5.3).',
    file: 'raft/follower.ts',
    find: 'if (core.log.matches(entry.index, entry.term)) continue',
    replace: 'if (entry.index <= core.log.last) continue',
  },
  {
    name: 'match-check-skipped',
    story: 'Entries are taken without comparing the one before (Raft paper §5.3).',
    file: 'raft/follower.ts',
    find: 'const known = core.log.matches(previousIndex, previousTerm)',
    replace: 'const known = previousIndex <= core.log.last && previousTerm >= 0',
  },
  {
    name: 'commit-beyond-what-was-checked',
    story: "A follower commits to the leader's index although only a prefix was compared.",
    file: 'raft/follower.ts',
    find: 'commitUpTo(core, Math.min(message.commit, lastNew))',
    replace: 'commitUpTo(core, Math.min(message.commit, core.log.last))',
  },
  {
    name: 'heartbeat-commits-everything',
    story: "A heartbeat carries the leader's commit index to a follower that may not match.",
    file: 'raft/replication.ts',
    find: 'commit: Math.min(progress.match, core.commit),',
    replace: 'commit: progress.match > 0 ? Math.min(progress.next - 1, core.commit) : 0,',
  },
  {
    name: 'stable-not-lowered',
    story: 'Truncated entries still count as durable (L-18).',
    file: 'raft/log-view.ts',
    find: 'for (const write of this.#writes) write.last = Math.min(write.last, keep)',
    replace: 'for (const write of this.#writes) write.last = Math.max(0, write.last)',
  },
  {
    name: 'snapshot-term-confused',
    story: 'After a snapshot the log starts with the wrong term under it (L-06, S-06).',
    file: 'raft/log-view.ts',
    find: 'this.#terms = new TermRuns({ index: mark.index, term: mark.term })',
    replace: 'this.#terms = new TermRuns({ index: mark.index, term: Math.max(1, mark.term - 1) })',
    profile: 'snapshots',
  },
  {
    name: 'snapshot-forgets-members',
    story: 'A second snapshot has the members of the first start (RedisRaft@51c1b78, M-06).',
    file: 'raft/raft.ts',
    find: 'const placed = core.configurations.at(index)\n    return {',
    replace: 'const placed = core.configurations.at(core.log.base)\n    return {',
    profile: 'membership',
  },
  {
    name: 'snapshot-acknowledged-before-durable',
    story: 'A snapshot is acknowledged before its file is durable (ZOOKEEPER-2310, S-03).',
    file: 'group/snapshot-receiver.ts',
    find: 'await incoming.writer.finish()\n',
    replace: 'void incoming.writer.finish()\n',
    profile: 'snapshots',
  },
  {
    name: 'log-cut-before-checkpoint',
    story: 'The log is cut before the checkpoint that replaces it is durable (S-03).',
    file: 'group/checkpoints.ts',
    find: 'await engine.checkpoint(checkpointOf(state, mark))',
    replace: 'void engine.checkpoint(checkpointOf(state, mark))',
    profile: 'snapshots',
  },
  {
    name: 'result-of-another-command',
    story: 'Who proposed at an index is told the result of whatever was committed there.',
    file: 'group/proposals.ts',
    find: 'const own = first.term === term',
    replace: 'const own = first.waiters.length === results.length',
    survives:
      'The second of two guards: when leadership ends, all who wait are told that the outcome is ' +
      'unknown before anything of another leader is applied.',
  },
  {
    name: 'waiters-kept-after-leadership',
    story: 'Who waits when leadership ends is kept, and meets the entries of another leader.',
    file: 'group/group.ts',
    find: `this.#proposals.refusePending('NOT_LEADER')
      this.#proposals.abandonProposed('LEADERSHIP_LOST')`,
    replace: "this.#proposals.refusePending('NOT_LEADER')",
    survives:
      'The first of two guards: the term of an entry tells whose it is, so that the answer only ' +
      'comes late, when its client has given up. ' +
      'C-03 in sim/scenarios/clients.test.ts shows it directly.',
  },
  {
    name: 'unknown-reported-as-failed',
    story: 'A command whose fate is unknown is reported as refused (jetcd#1072, C-03).',
    file: 'group/proposals.ts',
    find: "const outcome: Outcome = { kind: 'unknown', code }",
    replace: "const outcome: Outcome = { kind: 'refused', code }",
  },
  {
    name: 'half-is-a-majority',
    story: 'Half of the nodes elect and commit, so that two halves can go different ways.',
    file: 'raft/quorum.ts',
    find: 'return Math.floor(size / 2) + 1',
    replace: 'return Math.max(1, Math.ceil(size / 2))',
  },
  {
    name: 'repairing-node-votes',
    story: 'A node that lost acknowledged entries helps to elect a leader without them (PAR).',
    file: 'raft/election.ts',
    find: '    free &&\n    !core.recovering &&',
    replace: '    free &&',
    profile: 'storage',
    survives:
      'The second of two guards: the pre-vote before it is refused too, unless the candidate was ' +
      'told to take over; and what rots here, in an old segment, others hold. ' +
      'src/raft/repair.test.ts shows it directly.',
  },
  {
    name: 'earlier-life-heard',
    story: 'Acknowledgements of a life whose disk is gone are still counted (M-16 family).',
    file: 'raft/replication.ts',
    find: 'if (answer.incarnation < progress.incarnation) return false',
    replace: 'if (answer.incarnation < 0) return false',
    profile: 'storage',
    survives:
      'It takes an acknowledgement held in the network across the loss, the restart and the ' +
      'answer of the next life. src/raft/repair.test.ts and M-16 show it directly.',
  },
  {
    name: 'vote-not-written',
    story: 'The term is written, but not for whom the node voted (I13).',
    file: 'raft/raft.ts',
    // Not where it is noted as handed out: the vote would be handed out again, for ever.
    find: 'hardState,\n      entries: core.log.handOut(number),',
    replace:
      'hardState: hardState === null ? null : { ...hardState, vote: 0 },\n' +
      '      entries: core.log.handOut(number),',
    profile: 'crashes',
  },
  {
    name: 'log-not-synced',
    story: 'The log is written but not synced before it is acknowledged (NATS#7564, D-08).',
    file: 'log/segment-store.ts',
    find: "{ mode: 'readWrite', durable: true })",
    replace: "{ mode: 'readWrite', durable: false })",
    profile: 'crashes',
  },
  {
    name: 'segment-name-not-durable',
    story: 'A new segment is used before its name is durable (etcd#6368, D-01).',
    file: 'log/segment-store.ts',
    find: 'await disk.rename(free.path, path)\n      await disk.syncDirectory(directory)',
    replace: 'await disk.rename(free.path, path)',
    profile: 'crashes',
  },
  {
    name: 'failed-write-acknowledged',
    story: 'A failed sync is forgotten and what was in it acknowledged (fsyncgate, D-11, L-18).',
    file: 'log/disk-log.ts',
    find: `      }
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#writing = false
    // A failure in the background`,
    replace: `      }
    } catch {
      position = null
    }
    this.#writing = false
    // A failure in the background`,
    profile: 'storage',
  },
  {
    name: 'tail-trusted-after-failed-sync',
    story: 'The next life trusts a tail that only the cache still has (fsyncgate, D-11).',
    file: 'log/open.ts',
    find: 'reading === null ? null : await this.#carryOver(reading)',
    replace: 'reading === null || reading !== undefined ? null : await this.#carryOver(reading)',
    profile: 'storage',
  },
  {
    name: 'snapshot-not-synced',
    story: 'A snapshot file is renamed before its bytes are durable (ZOOKEEPER-2310, S-03).',
    file: 'log/snapshots.ts',
    find: 'await file.sync()\n      await file.close()',
    replace: 'await file.close()',
    profile: 'snapshots',
  },
  {
    name: 'snapshot-name-not-durable',
    story: 'The log is cut although the name of the snapshot may still be lost (D-01, S-03).',
    file: 'log/snapshots.ts',
    find: 'await disk.rename(temporary, path)\n      await disk.syncDirectory(directory)',
    replace: 'await disk.rename(temporary, path)',
    profile: 'snapshots',
  },
  {
    name: 'payload-taken-unchecked',
    story: 'Recovery trusts a record whose header is sound, whatever its payload has become.',
    file: 'log/scan.ts',
    find: "return crc === header.payloadCrc ? 'good' : 'payload'",
    replace: "return crc === header.payloadCrc || crc >= 0 ? 'good' : 'payload'",
    profile: 'storage',
  },
  {
    name: 'read-over-what-is-being-written',
    story: 'An entry that lands while its neighbour is read passes for a damaged one (L-08).',
    file: 'log/loader.ts',
    find: 'Math.min(bytesRead, writtenBytes)',
    replace: 'Math.max(bytesRead, Math.min(0, writtenBytes))',
    profile: 'tiny',
  },
  ...STATE_MUTANTS,
  ...SHARING_MUTANTS,
]
