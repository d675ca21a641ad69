/** What commands work on. */

import type { ErrorCode } from '../base/index.ts'
import { AlarmTable } from './alarms.ts'
import { AnswerWriter } from './answer-writer.ts'
import { KeySpace } from './key-space.ts'
import type { StateLimits } from './limits.ts'
import { NamedRequests } from './named-requests.ts'
import type { ReadTools } from './read-tools.ts'
import { SessionTable } from './sessions.ts'
import type { RecordStore } from './types.ts'
import { type Pace, type Steps, Work } from './work.ts'

export interface ContextParts {
  readonly limits: StateLimits
  readonly records: RecordStore
  /** Spreads what clients choose over hash chains; never seen in any result. */
  readonly seed: number
  readonly pace: Pace
}

/**
 * How a command ends: with null and its answer in the writer, or with what is wrong, having changed
 * nothing.
 */
export type Outcome = ErrorCode | null

export class Context {
  readonly limits: StateLimits
  readonly records: RecordStore
  readonly pace: Pace
  readonly space: KeySpace
  readonly alarms = new AlarmTable()
  /** Replaced once, when a state is rebuilt. */
  sessions: SessionTable
  readonly named: NamedRequests
  readonly work: Work
  readonly answer = new AnswerWriter()
  /** Of reads that have ended, for those to come. */
  readonly readTools: ReadTools[] = []
  /** Cluster time: the latest that any entry has told. */
  clockMs = 0

  constructor({ limits, records, seed, pace }: ContextParts) {
    this.limits = limits
    this.pace = pace
    this.records = records
    this.space = new KeySpace({ records, seed })
    this.sessions = new SessionTable(limits)
    this.named = new NamedRequests(limits)
    this.work = new Work(records, pace, { keepsAll: true })
  }
}

/** Drives steps that were known not to pause. */
export type CommandSteps = Steps<Outcome>
