/** What streams and single calls are handled with, and how an operation begins. */

import { ERRORS, type ErrorCode, KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { GroupId } from '../../raft/index.ts'
import type { NodeService } from '../../server/index.ts'
import { type Admitted, majorityLoss, type Requests } from '../messages/index.ts'
import { Asked, type Owner } from './asked.ts'
import { underConditions } from './conditions.ts'
import type { Certainty, Failures } from './failures.ts'
import type { HeldMemory } from './held-memory.ts'
import type { NativeLimits } from './limits.ts'
import type { OperationCounts } from './operation-counts.ts'
import type { OperationKind } from './operation-kinds.ts'
import type { OperationReader } from './operation-reader.ts'
import type { ResultsParts } from './results.ts'

export interface Door {
  readonly node: NodeService
  readonly group: GroupId
  readonly clock: Clock
  readonly limits: NativeLimits
  readonly requests: Requests
  readonly results: ResultsParts
  readonly failures: Failures
  readonly counts: OperationCounts
  readonly memory: HeldMemory
  /** Reused: an operation is begun before the next one is looked at. */
  readonly operation: OperationReader
}

/** Where a message stands in the bytes. */
export interface Place {
  readonly start: number
  readonly length: number
}

/** What is left to be handed to the node. */
export type Ready = Exclude<Admitted, { readonly kind: 'refused' }>

/** Looks through an operation; what cannot be read is no failure of the whole stream. */
export function look(
  { operation }: Door,
  bytes: Uint8Array,
  { start, length }: Place,
): OperationKind | KvError {
  try {
    return operation.read(bytes, start, length)
  } catch (error) {
    return expected(error)
  }
}

/** Of the operation that was looked through last: may it go on, and where to? */
export function admit(
  { operation, requests, counts }: Door,
  kind: OperationKind,
  bytes: Uint8Array,
): Ready | KvError {
  counts.noteBegun(kind)
  try {
    const admitted = requests[kind.request](bytes, operation.start, operation.length)
    if (admitted.kind !== 'refused') return underConditions(admitted, operation.conditions)
    return new KvError(admitted.code, admitted.words ?? ERRORS[admitted.code].what)
  } catch (error) {
    return expected(error)
  }
}

/** Hands it to the node. The owner may hear of it before this returns. */
export function begin(
  { node, group, operation }: Door,
  { owner, kind }: { readonly owner: Owner; readonly kind: OperationKind },
  ready: Ready,
): void {
  const { id, session, sequence } = operation
  if (ready.kind === 'read') {
    node.read(
      group,
      ready.request,
      new Asked(owner, { id, kind, isRead: true, subject: undefined }),
    )
  } else {
    const { command, body, subject } = ready
    const request = { kind: command, body, session, sequence }
    node.write(group, request, new Asked(owner, { id, kind, isRead: false, subject }))
  }
}

/** How an operation that was handed to the node failed. */
export function failureBytes(
  { node, group, failures }: Door,
  asked: Asked,
  { code, certainty }: { readonly code: ErrorCode; readonly certainty: Certainty },
): Uint8Array {
  const isOpen = certainty === 'unknown'
  const loss = certainty === 'told' ? null : majorityLoss(node, group, { code, isOpen })
  if (loss !== null) return failures.withLoss(code, certainty, loss)
  return failures.of(code, certainty, asked.words(code))
}

function expected(error: unknown): KvError {
  if (error instanceof KvError && error.code === 'BAD_REQUEST') return error
  throw error
}
