/**
 * Who takes part, and since which entry. A replica uses the newest configuration in its log,
 * committed or not (Raft paper §6); when a conflict truncates the log it falls back to the one
 * before, which is why all of them since the snapshot are kept.
 */

import { assert, KvError } from '../base/index.ts'
import type { Configuration, Entry, LogIndex, NodeId } from './types.ts'

/** Two majorities of this many voters each are still counted in no time; etcd advises 7. */
export const VOTERS_MAX = 15
export const LEARNERS_MAX = 64

const FORMAT = 1

export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing.length > 0
}

export function isVoter(configuration: Configuration, id: NodeId): boolean {
  return configuration.voters.includes(id) || configuration.outgoing.includes(id)
}

export function isMember(configuration: Configuration, id: NodeId): boolean {
  return isVoter(configuration, id) || configuration.learners.includes(id)
}

export function members(configuration: Configuration): Set<NodeId> {
  return new Set([...configuration.voters, ...configuration.outgoing, ...configuration.learners])
}

/** Refuses what could never work, by a typed error; the caller has not changed anything yet. */
export function validateConfiguration(target: Configuration): void {
  const fault = faultOf(target)
  if (fault !== null) throw new KvError('MEMBERSHIP_INVALID', fault)
}

/** Whether a leader can have appended it: one that has voters, or is on its way from others. */
export function isValidConfiguration(configuration: Configuration): boolean {
  return faultOf(configuration) === null
}

function faultOf({ voters, outgoing, learners }: Configuration): string | null {
  if (voters.length === 0) return 'a group needs at least one voter'
  const votersMax = Math.max(voters.length, outgoing.length)
  if (votersMax > VOTERS_MAX || learners.length > LEARNERS_MAX) {
    return `a group has at most ${VOTERS_MAX} voters and ${LEARNERS_MAX} learners`
  }
  // Who leaves the voters may stay as one of them, or as a learner.
  const target = [...voters, ...learners]
  if (new Set(target).size < target.length || new Set(outgoing).size < outgoing.length) {
    return 'a node is named twice'
  }
  const isId = (id: NodeId): boolean => Number.isSafeInteger(id) && id > 0
  if (target.every(isId) && outgoing.every(isId)) return null
  return 'a node id is a positive integer below 2^53'
}

/**
 * The bytes of a configuration entry: format byte, three counts, then the ids as 64-bit floats
 * (exact for every safe integer), little-endian.
 */
export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const { voters, outgoing, learners } = configuration
  const ids = [...voters, ...outgoing, ...learners]
  const bytes = new Uint8Array(4 + ids.length * 8)
  const view = new DataView(bytes.buffer)
  bytes.set([FORMAT, voters.length, outgoing.length, learners.length])
  ids.forEach((id, position) => {
    view.setFloat64(4 + position * 8, id, true)
  })
  return bytes
}

export function decodeConfiguration(bytes: Uint8Array): Configuration {
  const configuration = readConfiguration(bytes)
  assert(configuration !== null, 'a configuration entry holds a whole configuration')
  return configuration
}

/** For bytes that nobody has checked: null when they are no valid configuration. */
export function parseConfiguration(bytes: Uint8Array): Configuration | null {
  const configuration = readConfiguration(bytes)
  return configuration !== null && isValidConfiguration(configuration) ? configuration : null
}

function readConfiguration(bytes: Uint8Array): Configuration | null {
  if (bytes.length < 4 || bytes[0] !== FORMAT) return null
  const [, voters = 0, outgoing = 0, learners = 0] = bytes
  if (bytes.length !== 4 + (voters + outgoing + learners) * 8) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ids = (start: number, count: number): NodeId[] =>
    Array.from({ length: count }, (_, i) => view.getFloat64(4 + (start + i) * 8, true))
  return {
    voters: ids(0, voters),
    outgoing: ids(voters, outgoing),
    learners: ids(voters + outgoing, learners),
  }
}

export interface PlacedConfiguration {
  readonly index: LogIndex
  readonly configuration: Configuration
}

export class ConfigurationHistory {
  /** Ascending; the first one lies at or under the log's base. Never empty. */
  #placed: PlacedConfiguration[]

  constructor(base: PlacedConfiguration) {
    this.#placed = [base]
  }

  get latest(): PlacedConfiguration {
    return this.#placed[this.#placed.length - 1] as PlacedConfiguration
  }

  /** The newest one at or below `index`. */
  at(index: LogIndex): PlacedConfiguration {
    for (let i = this.#placed.length - 1; i > 0; i--) {
      const placed = this.#placed[i] as PlacedConfiguration
      if (placed.index <= index) return placed
    }
    return this.#placed[0] as PlacedConfiguration
  }

  add(entry: Entry): void {
    assert(entry.kind === 'configuration', 'only configuration entries change the members')
    assert(entry.index > this.latest.index, 'configurations ascend')
    this.#placed.push({ index: entry.index, configuration: decodeConfiguration(entry.data) })
  }

  /** Falls back to what was in force before `index`. Returns whether anything changed. */
  truncateFrom(index: LogIndex): boolean {
    const before = this.#placed.length
    while (this.#placed.length > 1 && this.latest.index >= index) this.#placed.pop()
    assert(this.latest.index < index, 'the configuration under the log is never rolled back')
    return this.#placed.length !== before
  }

  compactTo(index: LogIndex): void {
    const base = this.at(index)
    this.#placed = this.#placed.filter((placed) => placed.index >= base.index)
    assert(this.#placed[0] === base, 'the configuration in force at the base is kept')
  }

  restart(base: PlacedConfiguration): void {
    this.#placed = [base]
  }
}
