import { isDeepStrictEqual } from 'node:util'
import {
  type Command,
  decodeBatch,
  decodeCommand,
  encodeBatch,
  encodeCommand,
  keyBytes,
  type Result,
  type StateLimits,
  Store,
} from '../../src/state/index.ts'
import { type RecordedOperation, readKey } from './recorded.ts'

/**
 * White-box strict serializability of the whole store in O(n log n): the committed log is replayed
 * through the pure machine, which says what every answer had to be; revisions then are the one
 * order of everything, and real time must not contradict it. Cheap, but it believes the log that it
 * is given: the black-box checkers believe nothing.
 */

export interface CommittedEntry {
  readonly index: number
  /** A batch of commands; an entry of another kind is left out. */
  readonly data: Uint8Array
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
}

export interface RevisionOrderVerdict {
  readonly kind: 'consistent' | 'violated'
  /** Shown are the first few; empty when consistent. */
  readonly violations: readonly RevisionViolation[]
  readonly commands: number
  readonly reads: number
}

const VIOLATIONS_SHOWN_MAX = 20

export function checkRevisionOrder(input: RevisionOrderInput): RevisionOrderVerdict {
  const check = new RevisionCheck(input)
  check.replay(input.committed)
  check.compareAnswers()
  check.compareTimes()
  const { violations, commands, reads } = check
  const kind = violations.length === 0 ? 'consistent' : 'violated'
  return { kind, violations, commands, reads }
}

/** A command as the log has it: where it stood and what it did there. */
interface Application {
  readonly index: number
  readonly result: Result
  readonly changed: boolean
}

class RevisionCheck {
  readonly violations: RevisionViolation[] = []
  commands = 0
  reads = 0
  readonly #operations: readonly RecordedOperation[]
  readonly #limits: StateLimits
  /** By client and request. */
  readonly #sent = new Map<string, RecordedOperation>()
  readonly #applied = new Map<RecordedOperation, Application[]>()
  /** Answered reads by the revision they name, until the replay reaches it. */
  readonly #readsAt: Map<number, RecordedOperation[]>

  constructor({ operations, limits }: RevisionOrderInput) {
    this.#operations = operations
    this.#limits = limits
    for (const operation of operations) {
      if (operation.request.kind !== 'command') continue
      this.#sent.set(requestName(operation.request.command), operation)
    }
    const answered = operations.filter(
      ({ request, outcome }) => request.kind === 'read' && outcome === 'ok',
    )
    this.reads = answered.length
    this.#readsAt = Map.groupBy(answered, ({ revision }) => revision)
  }

  /** Command by command, so that the state at every revision is seen once. */
  replay(committed: Iterable<CommittedEntry>): void {
    const model = new Store(this.#limits)
    this.#compareReads(model)
    let last = 0
    for (const { index, data } of committed) {
      if (index <= last) this.#report('logOutOfOrder', `entry ${index} follows ${last}`, [])
      last = index
      const batch = decodeBatch(data, this.#limits)
      if (!Array.isArray(batch)) {
        this.#report('foreignCommand', `entry ${index} is no batch of commands`, [])
        continue
      }
      for (const bytes of batch) this.#replayCommand(model, bytes, { index })
    }
    for (const [revision, reads] of this.#readsAt) {
      this.#report('unknownRevision', `a read names revision ${revision}, which never was`, reads)
    }
  }

  #replayCommand(model: Store, bytes: Uint8Array, { index }: { readonly index: number }): void {
    const before = model.revision
    const data = encodeBatch([bytes])
    const result = model.apply({ index: model.appliedIndex + 1, data })[0] as Result
    const changed = model.revision !== before
    this.commands += 1
    const command = decodeCommand(bytes, this.#limits)
    const operation = this.#sent.get(requestName(command))
    if (operation === undefined || !sentThese(operation, bytes)) {
      const text = `entry ${index} holds a ${command.kind} that no client sent like this`
      this.#report('foreignCommand', text, operation === undefined ? [] : [operation])
    } else {
      const applications = this.#applied.get(operation) ?? []
      applications.push({ index, result, changed })
      this.#applied.set(operation, applications)
    }
    if (changed) this.#compareReads(model)
  }

  #compareReads(model: Store): void {
    for (const read of this.#readsAt.get(model.revision) ?? []) {
      if (read.request.kind !== 'read') continue
      const stored = model.get(keyBytes(readKey(read.request.key)))
      if (isDeepStrictEqual(stored, read.stored)) continue
      const text = `the read at revision ${model.revision} should have been ${show(stored)}`
      this.#report('wrongRead', `${text}, it was ${show(read.stored)}`, [read])
    }
    this.#readsAt.delete(model.revision)
  }

  compareAnswers(): void {
    for (const operation of this.#operations) {
      if (operation.request.kind === 'read') continue
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
      this.#report('lostCommand', 'an acknowledged command was never committed', [operation])
      return
    }
    const answered = applications.some(
      ({ index, result }) =>
        index === operation.index && isDeepStrictEqual(result, operation.result),
    )
    if (answered) return
    const wanted = `the answer of entry ${first.index} is ${show(first.result)}`
    const was = `it was ${show(operation.result)} of entry ${operation.index}`
    this.#report('wrongAnswer', `${wanted}, ${was}`, [operation])
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
      if (newest === null) continue
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
      const { startUs, endUs, outcome, request, revision } = operation
      const answered = outcome === 'ok'
      const times = { start: startUs, end: endUs, answered, operation }
      if (request.kind === 'read') {
        if (answered) stamps.push({ ...times, revision, writes: false })
        continue
      }
      for (const { result, changed } of this.#applied.get(operation) ?? []) {
        if (answered || changed) {
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
  readonly operation: RecordedOperation
}

function requestName({ clientId, requestId }: { clientId: number; requestId: number }): string {
  return `${clientId} ${requestId}`
}

function sentThese({ request }: RecordedOperation, bytes: Uint8Array): boolean {
  if (request.kind !== 'command') return false
  const sent = encodeCommand(request.command as Command)
  return sent.length === bytes.length && sent.every((byte, place) => byte === bytes[place])
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) =>
    inner instanceof Uint8Array ? Array.from(inner, hex).join('') : inner,
  )
  return text.length <= 200 ? text : `${text.slice(0, 197)}...`
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
