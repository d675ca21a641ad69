import { ERRORS } from '../../src/base/index.ts'
import {
  BatchReader,
  COMMAND,
  type CommandResult,
  packCommand,
  READ,
  type StateLimits,
} from '../../src/state/index.ts'
import { state } from '../../src/wire/index.ts'
import { LeaseCheck } from './lease-check.ts'
import { Model, type StoreEvent } from './model.ts'
import type { RecordedOperation } from './recorded.ts'
import { bytesText, type ReadAsk, withoutGuards } from './requests.ts'

/**
 * White-box strict serializability of the whole store in O(n log n): the committed log is replayed
 * through the pure machine, which says what every answer had to be; revisions then are the one
 * order of everything, and real time must not contradict it. Cheap, but it believes the log that it
 * is given: the black-box checkers believe nothing.
 */

export interface CommittedEntry {
  readonly index: number
  /** A batch of commands; null for an entry without. */
  readonly data: Uint8Array | null
  /** The state that a replica came to, when it is known. */
  readonly stateHash?: number
  /** When the first replica applied it. */
  readonly appliedUs: number
}

/** A command that stands in the log. */
export interface LoggedCommand {
  readonly kind: number
  readonly body: Uint8Array
  readonly session: number
  readonly sequence: number
}

export type RevisionViolationKind =
  /** The log's own order is broken. */
  | 'logOutOfOrder'
  /** The log holds a command that no client sent, or other bytes than were sent. */
  | 'foreignCommand'
  /** An acknowledged command is not in the log. */
  | 'lostCommand'
  /** A command that certainly failed is in the log. */
  | 'failedCommandApplied'
  /** One request changed the state twice (I8). */
  | 'duplicateEffect'
  | 'wrongAnswer'
  | 'wrongRead'
  /** A read names a revision that never was. */
  | 'unknownRevision'
  /** An operation took effect before one that had ended before it began. */
  | 'realTime'
  /** A replica came to another state than the log leads to (I4). */
  | 'wrongState'
  /** Revisions repeat, go back, or leave one out (I9). */
  | 'wrongRevision'
  /** A lease ended early, or its keys did not go with it (I11). */
  | 'lease'

export interface RevisionViolation {
  readonly kind: RevisionViolationKind
  readonly text: string
  /** The operations concerned. */
  readonly operations: readonly RecordedOperation[]
}

export interface RevisionOrderInput {
  readonly operations: readonly RecordedOperation[]
  /** From the first entry on, in order, everything that was committed. */
  readonly committed: Iterable<CommittedEntry>
  /** Those of the store that was run. */
  readonly limits: StateLimits
  /** What nodes propose by themselves; nothing unless told. */
  readonly isOwn?: (command: LoggedCommand) => boolean
  /** How much faster than the true time the clock of a node may run; 0.05 is 5%. */
  readonly driftMax?: number
}

export interface RevisionOrderVerdict {
  readonly kind: 'consistent' | 'violated'
  /** Shown are the first few; empty when consistent. */
  readonly violations: readonly RevisionViolation[]
  readonly commands: number
  readonly reads: number
  /** Everything that happened to keys, for whoever judges watches. */
  readonly events: readonly StoreEvent[]
  /** Revisions that were compacted to, in order. */
  readonly compactions: readonly number[]
}

const VIOLATIONS_SHOWN_MAX = 20

export function checkRevisionOrder(input: RevisionOrderInput): RevisionOrderVerdict {
  const check = new RevisionCheck(input)
  check.replay(input.committed)
  check.compareAnswers()
  check.compareTimes()
  const { violations, commands, reads, events, compactions } = check
  const kind = violations.length === 0 ? 'consistent' : 'violated'
  return { kind, violations, commands, reads, events, compactions }
}

/** A command as the log has it: where it stood and what it did there. */
interface Application {
  readonly index: number
  readonly result: CommandResult
  readonly changed: boolean
}

type Read = RecordedOperation & { readonly ask: ReadAsk }

class RevisionCheck {
  readonly violations: RevisionViolation[] = []
  readonly compactions: number[] = []
  commands = 0
  reads = 0
  readonly #operations: readonly RecordedOperation[]
  readonly #limits: StateLimits
  readonly #isOwn: (command: LoggedCommand) => boolean
  /** By what stands in the log, which is no one else's. */
  readonly #sent = new Map<string, RecordedOperation>()
  readonly #applied = new Map<RecordedOperation, Application[]>()
  /** Answered reads by the revision they name, until the replay reaches it. */
  readonly #readsAt: Map<number, Read[]>
  /** Command by command, so that the state at every revision is seen once. */
  readonly #model: Model
  readonly #leases: LeaseCheck

  constructor({ operations, limits, isOwn = () => false, driftMax = 0 }: RevisionOrderInput) {
    this.#operations = operations
    this.#limits = limits
    this.#isOwn = isOwn
    this.#model = new Model(limits)
    this.#leases = new LeaseCheck(this.#model, {
      driftMax,
      report: (text) => this.#report('lease', text, []),
    })
    const answered: Read[] = []
    for (const operation of operations) {
      const { ask, outcome, answer } = operation
      if (ask.kind === 'write')
        this.#sent.set(commandName({ ...ask, kind: ask.command }), operation)
      else if (outcome === 'ok' && answer !== null) answered.push({ ...operation, ask })
    }
    this.reads = answered.length
    this.#readsAt = Map.groupBy(answered, ({ answer }) => answer?.revision ?? 0)
  }

  get events(): readonly StoreEvent[] {
    return this.#model.events
  }

  replay(committed: Iterable<CommittedEntry>): void {
    const whole = new Model(this.#limits)
    const reader = new BatchReader()
    this.#compareReads()
    let last = 0
    for (const entry of committed) {
      const { index, data, stateHash } = entry
      if (index <= last) this.#report('logOutOfOrder', `entry ${index} follows ${last}`, [])
      last = index
      if (data === null) whole.applyEmpty()
      else {
        whole.apply(data)
        this.#replayBatch(reader, { ...entry, data })
      }
      if (stateHash === undefined || stateHash === whole.machine.hash()) continue
      this.#report('wrongState', `entry ${index} leads to another state than replicas have`, [])
    }
    for (const [revision, reads] of this.#readsAt) {
      this.#report('unknownRevision', `a read names revision ${revision}, which never was`, reads)
    }
    this.#checkRevisions()
  }

  #replayBatch(
    reader: BatchReader,
    { index, data, appliedUs }: CommittedEntry & { readonly data: Uint8Array },
  ): void {
    if (!reader.restart(data, this.#limits.batchCommandsMax)) {
      this.#report('foreignCommand', `entry ${index} is no batch of commands`, [])
      return
    }
    const { clockMs } = reader
    while (reader.next()) {
      const { kind, session, sequence } = reader
      const body = data.subarray(reader.bodyStart, reader.bodyEnd)
      const command = { kind, session, sequence, body }
      for (const one of apart(command)) this.#replayCommand(one, { index, clockMs, appliedUs })
    }
  }

  #replayCommand(
    command: LoggedCommand,
    at: { readonly index: number; readonly clockMs: number; readonly appliedUs: number },
  ): void {
    const model = this.#model
    const before = model.machine.revision
    const eventsBefore = model.events.length
    const compacted = model.compactedTo
    const operation = this.#sent.get(commandName(command))
    const plain = withoutGuards({ ...command, command: command.kind })
    const known = (operation === undefined ? [] : this.#applied.get(operation)) ?? []
    // A session remembers every result, a name only those that are final.
    const repeated =
      command.session !== 0
        ? known.length > 0
        : plain.isNamed && known.some(({ result: earlier }) => isFinal(earlier))
    const result = model.applyOne(packCommand(command.kind, command.body, command), at.clockMs)
    const changed = model.machine.revision !== before
    if (model.compactedTo !== compacted) this.compactions.push(model.compactedTo)
    this.commands += 1
    this.#leases.applied({ ...command, kind: plain.command, body: plain.body }, result, {
      ...at,
      events: model.events.slice(eventsBefore),
      askedUs: operation?.startUs ?? Number.NEGATIVE_INFINITY,
      repeated,
    })
    if (operation !== undefined) {
      const applications = this.#applied.get(operation) ?? []
      applications.push({ index: at.index, result, changed })
      this.#applied.set(operation, applications)
    } else if (!this.#isOwn(command)) {
      const text = `entry ${at.index} holds a command of kind ${command.kind} that nobody sent`
      this.#report('foreignCommand', text, [])
    }
    if (changed) this.#compareReads()
  }

  #compareReads(): void {
    const model = this.#model
    for (const read of this.#readsAt.get(model.machine.revision) ?? []) {
      if (!isOfKeys(read.ask)) continue
      const wanted = model.read(read.ask)
      if (sameResult(wanted, read.answer)) continue
      const text = `the read at revision ${model.machine.revision} should have been ${show(wanted)}`
      this.#report('wrongRead', `${text}, it was ${show(read.answer)}`, [read])
    }
    this.#readsAt.delete(model.machine.revision)
  }

  /** I9: every change has the revision after the one before, all changes of one have the same. */
  #checkRevisions(): void {
    let { main, sub } = { main: 1, sub: 0 }
    for (const event of this.events) {
      const next = event.main === main ? event.sub > sub : event.main === main + 1
      if (!next) {
        const text = `revision ${event.main}/${event.sub} follows ${main}/${sub}`
        this.#report('wrongRevision', text, [])
      }
      main = event.main
      sub = event.sub
    }
  }

  compareAnswers(): void {
    for (const operation of this.#operations) {
      if (operation.ask.kind === 'read') continue
      const applications = this.#applied.get(operation) ?? []
      const { outcome } = operation
      if (outcome === 'fail' && applications.length > 0) {
        this.#report('failedCommandApplied', 'a command that failed for certain was committed', [
          operation,
        ])
      }
      if (applications.filter(({ changed }) => changed).length > 1) {
        this.#report('duplicateEffect', 'one request changed the state more than once', [operation])
      }
      if (outcome === 'ok') this.#compareAnswer(operation, applications)
    }
  }

  #compareAnswer(operation: RecordedOperation, applications: readonly Application[]): void {
    const first = applications[0]
    if (first === undefined) {
      // What is refused before it is proposed need not be in the log.
      if (operation.answer?.kind === 'failed') return
      this.#report('lostCommand', 'an acknowledged command was never committed', [operation])
      return
    }
    if (applications.some(({ result }) => sameResult(result, operation.answer))) return
    const wanted = `the answer of entry ${first.index} is ${show(first.result)}`
    this.#report('wrongAnswer', `${wanted}, it was ${show(operation.answer)}`, [operation])
  }

  /**
   * Sweeps over the starts: whatever had ended before has a revision that is not above this one's,
   * and below it when this one made its revision itself.
   */
  compareTimes(): void {
    const stamps = this.#stamps()
    const byStart = stamps.toSorted((left, right) => left.start - right.start)
    const byEnd = stamps
      .filter(({ answered }) => answered)
      .sort((left, right) => left.end - right.end)
    let newest: Stamp | null = null
    let ended = 0
    for (const stamp of byStart) {
      for (; (byEnd[ended]?.end ?? Number.POSITIVE_INFINITY) < stamp.start; ended++) {
        const candidate = byEnd[ended] as Stamp
        if (newest === null || candidate.revision > newest.revision) newest = candidate
      }
      if (newest === null || stamp.stale) continue
      const revisionMin: number = stamp.writes ? newest.revision + 1 : newest.revision
      if (stamp.revision >= revisionMin) continue
      const what = stamp.writes ? 'wrote' : 'saw'
      const known = `revision ${newest.revision} was known before it began`
      const text = `${known}, and it ${what} ${stamp.revision}`
      this.#report('realTime', text, [newest.operation, stamp.operation])
    }
  }

  /** Where every operation that is known to have happened stands in the order of revisions. */
  #stamps(): Stamp[] {
    const stamps: Stamp[] = []
    for (const operation of this.#operations) {
      const { startUs, endUs, outcome, ask, answer } = operation
      const answered = outcome === 'ok'
      const times = { start: startUs, end: endUs, answered, operation, stale: false }
      if (ask.kind === 'read') {
        if (!answered || answer === null) continue
        const { revision } = answer
        stamps.push({ ...times, revision, writes: false, stale: ask.serializable })
        continue
      }
      for (const { result, changed } of this.#applied.get(operation) ?? []) {
        if (answered || changed) {
          // Asked again within a session, it is told what it was told before.
          stamps.push({ ...times, revision: result.revision, writes: changed })
        }
      }
    }
    return stamps
  }

  #report(
    kind: RevisionViolationKind,
    text: string,
    operations: readonly RecordedOperation[],
  ): void {
    if (this.violations.length >= VIOLATIONS_SHOWN_MAX) return
    this.violations.push({ kind, text, operations })
  }
}

interface Stamp {
  readonly start: number
  readonly end: number
  readonly answered: boolean
  readonly revision: number
  /** It made this revision. */
  readonly writes: boolean
  /** A read that did not ask for the newest. */
  readonly stale: boolean
  readonly operation: RecordedOperation
}

/** Two requests are never the same: each has its tag. */
/** What was refused for a reason that passes is tried anew under the same name. */
function isFinal(result: CommandResult): boolean {
  return result.kind === 'done' || ERRORS[result.code].retry !== 'later'
}

function commandName({ kind, session, sequence, body }: LoggedCommand): string {
  return `${kind} ${session} ${sequence} ${bytesText(body)}`
}

/** Each lease ends in a revision of its own, at which somebody may have read. */
function apart(command: LoggedCommand): LoggedCommand[] {
  if (command.kind !== COMMAND.leaseExpire) return [command]
  const { ids } = state.LeaseExpireRequest.decodeBytes(command.body)
  return ids.map((id) => {
    const body = state.LeaseExpireRequest.encodeBytes({ ids: [id] })
    return { ...command, body }
  })
}

/** What leases have left hangs on the time, and alarms on nobody's revision. */
function isOfKeys({ read }: ReadAsk): boolean {
  return read === READ.range || read === READ.txn
}

function sameResult(left: CommandResult, right: CommandResult | null): boolean {
  if (right === null || left.kind !== right.kind || left.revision !== right.revision) return false
  if (left.kind === 'failed') return right.kind === 'failed' && left.code === right.code
  return right.kind === 'done' && sameBytes(left.body, right.body)
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) =>
    inner instanceof Uint8Array ? Array.from(inner, hex).join('') : inner,
  )
  return text.length <= 300 ? text : `${text.slice(0, 297)}...`
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
