/** Nodes, entries and messages in a few characters each, for the recorded output of scenarios. */

import type { NodeId } from '../index.ts'
import { type Configuration, decodeConfiguration, type Entry, type Message } from '../index.ts'
import { textOf } from './machine.ts'
import type { TestNode } from './test-node.ts'

const FIRST_LETTER = 96

/** Node 1 is `a`. */
export function nameOf(id: NodeId): string {
  return id === 0 ? '-' : String.fromCharCode(FIRST_LETTER + id)
}

export function idOf(name: string): NodeId {
  return name.charCodeAt(0) - FIRST_LETTER
}

/** `abd<abc+e`: voters a b d, leaving a b c, learner e. */
export function describeMembers({ voters, outgoing, learners }: Configuration): string {
  const names = (ids: readonly NodeId[]) => ids.map(nameOf).sort().join('')
  const leaving = outgoing.length > 0 ? `<${names(outgoing)}` : ''
  const learning = learners.length > 0 ? `+${names(learners)}` : ''
  return `${names(voters)}${leaving}${learning}`
}

/** `x=1@2` is a command of term 2, `.@2` the empty entry, `{abc}@2` a configuration. */
export function describeEntry(entry: Entry): string {
  if (entry.kind === 'empty') return `.@${entry.term}`
  if (entry.kind === 'command') return `${textOf(entry.data)}@${entry.term}`
  return `{${describeMembers(decodeConfiguration(entry.data))}}@${entry.term}`
}

export function describeNode(node: TestNode): string {
  const { disk } = node
  const { base, entries } = node.isUp ? node.memory : disk.state
  const log = base === null ? [] : [`(${base.index}:${base.term})`]
  const pending = new Set(node.isUp ? entries.slice(durableCount(node)) : [])
  for (const entry of entries) log.push(`${pending.has(entry) ? '~' : ''}${describeEntry(entry)}`)
  const values = [...node.state.values].map(([key, value]) => `${key}=${value}`)
  const end = `log ${log.join(' ') || '-'} | ${values.join(' ') || '-'}`
  const name = nameOf(node.id)
  if (!node.isUp) {
    const lost = disk.state.hardState.recovering ? ' recovering' : ''
    return `${name} down${lost} term=${disk.state.hardState.term} ${end.split(' | ')[0]}`
  }
  const { raft } = node
  const marks = [raft.recovering ? 'recovering' : '', raft.removed ? 'removed' : '']
  const role = [raft.role, ...marks].filter((mark) => mark !== '').join(' ')
  const members = describeMembers(raft.configuration)
  return `${name} ${role} term=${raft.term} commit=${raft.commit} members=${members} ${end}`
}

/** How many of the entries in memory are on disk. */
function durableCount({ raft, memory }: TestNode): number {
  return Math.max(0, raft.durableIndex - (memory.base?.index ?? 0))
}

export function describeMessage(message: Message): string {
  const way = `${nameOf(message.from)}>${nameOf(message.to)}`
  return `${way} ${message.kind} term=${message.term}${detailOf(message)}`
}

function detailOf(message: Message): string {
  switch (message.kind) {
    case 'append': {
      const entries = message.entries.map(describeEntry).join(' ')
      const { previousIndex, previousTerm, commit } = message
      const quiet = message.quiet ? ' quiet' : ''
      return ` after ${previousIndex}:${previousTerm} [${entries}] commit=${commit}${quiet}`
    }
    case 'appendReply': {
      const recovering = message.recovering ? ' recovering' : ''
      if (!message.rejected) return ` holds ${message.index}${recovering}`
      return ` refuses ${message.index} hint ${message.hintIndex}:${message.hintTerm}${recovering}`
    }
    case 'heartbeat':
      return ` commit=${message.commit} round=${message.round}`
    case 'heartbeatReply':
      return ` round=${message.round}${message.recovering ? ' recovering' : ''}`
    case 'preVoteRequest':
      return ` last ${message.lastIndex}:${message.lastTerm}`
    case 'voteRequest':
      return ` last ${message.lastIndex}:${message.lastTerm}${message.transfer ? ' transfer' : ''}`
    case 'preVoteReply':
      return `${message.granted ? ' granted' : ' refused'}${message.member ? '' : ' no member'}`
    case 'voteReply':
      return message.granted ? ' granted' : ' refused'
    case 'snapshot':
      return ` of ${message.mark.index}:${message.mark.term}`
    case 'readReply':
      return ` index=${message.index}`
    default:
      return ''
  }
}
