/** Configurations that a peer sends: consensus acts by them at once, so they must make sense. */

import type { Configuration, Entry, SnapshotMark } from '../raft/index.ts'
import type { PeerMessage } from './envelope.ts'

/** What makes sense is known to consensus (`raft`), which passes it in. */
export interface MemberRules {
  /** Null for data that holds no valid configuration. */
  parseConfiguration(data: Uint8Array): Configuration | null
  isValidConfiguration(configuration: Configuration): boolean
}

/** Why nobody can have meant this message; empty for one that may be taken. */
export function memberFault(message: PeerMessage, rules: MemberRules): string {
  if (message.kind === 'append') {
    if (message.entries.every((entry) => isUsable(entry, rules))) return ''
    return 'an entry holds no valid configuration'
  }
  if (message.kind !== 'snapshot' && message.kind !== 'snapshotChunk') return ''
  return namesMembers(message.mark, rules) ? '' : 'a snapshot has no valid configuration'
}

function isUsable({ kind, data }: Entry, rules: MemberRules): boolean {
  return kind !== 'configuration' || rules.parseConfiguration(data) !== null
}

function namesMembers({ configuration }: SnapshotMark, rules: MemberRules): boolean {
  const { voters, outgoing, learners } = configuration
  // A node that joined knows of no members below the first entry that names them.
  if (voters.length + outgoing.length + learners.length === 0) return true
  return rules.isValidConfiguration(configuration)
}
