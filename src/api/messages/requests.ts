/** Where a request goes. Puts and ranges, which come most, are looked through without decoding. */

import { type ErrorCode, Slab } from '../../base/index.ts'
import type { ReadRequest } from '../../server/index.ts'
import {
  COMMAND,
  type CommandKind,
  checkDeleteRange,
  checkIncrement,
  checkPut,
  checkRange,
  checkTtl,
  checkTxn,
  isReadOnly,
  PutFields,
  READ,
  type ReadKind,
} from '../../state/index.ts'
import { etcd, state } from '../../wire/index.ts'
import { overLimit, type Subject, sizeWords, txnSizeWords } from './failure-words.ts'
import { type GrantParts, grantRequest } from './lease-grant.ts'
import { RangeFacts } from './range-facts.ts'

export type Admitted =
  /** `words`: what there is to say besides the code; etcd's door has its own. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly words?: string | undefined }
  /** To the log. The body is a view of the message, unless the door had to choose something. */
  | {
      readonly kind: 'write'
      readonly command: CommandKind
      readonly body: Uint8Array
      readonly subject?: Subject
    }
  /** The body has memory of its own: it is read later. */
  | { readonly kind: 'read'; readonly request: ReadRequest }

export type RequestsParts = GrantParts

/** Of the methods of `Requests`. */
export type RequestName = keyof Requests

/** Every method fails with `BAD_REQUEST` when the bytes are no message of its kind. */
export class Requests {
  readonly #parts: RequestsParts
  /** Reused: a request is looked through before the next one comes. */
  readonly #put = new PutFields()
  readonly #range = new RangeFacts()
  readonly #slab = new Slab()

  constructor(parts: RequestsParts) {
    this.#parts = parts
  }

  range(bytes: Uint8Array, offset: number, length: number): Admitted {
    const facts = this.#range.read(bytes, offset, length)
    const fault = checkRange(facts)
    if (fault !== null) return refused(fault)
    const body = this.#slab.copy(bytes, offset, offset + length)
    return reading(READ.range, body, facts.serializable)
  }

  put(bytes: Uint8Array, offset: number, length: number): Admitted {
    const { stateLimits } = this.#parts
    const fault = checkPut(this.#put.read(bytes, offset, length), stateLimits)
    if (fault === 'TOO_LARGE') return refused(fault, sizeWords(this.#put, stateLimits))
    return this.#write(fault, COMMAND.put, viewOf(bytes, offset, length))
  }

  deleteRange(bytes: Uint8Array, offset: number, length: number): Admitted {
    const fault = checkDeleteRange(etcd.DeleteRangeRequest.decode(bytes, offset, length))
    return this.#write(fault, COMMAND.deleteRange, viewOf(bytes, offset, length))
  }

  txn(bytes: Uint8Array, offset: number, length: number): Admitted {
    const request = etcd.TxnRequest.decode(bytes, offset, length)
    const { stateLimits } = this.#parts
    const fault = checkTxn(request, stateLimits)
    if (fault === 'TOO_LARGE') return refused(fault, txnSizeWords(request, stateLimits))
    if (fault !== null || !isReadOnly(request))
      return this.#write(fault, COMMAND.txn, viewOf(bytes, offset, length))
    const body = this.#slab.copy(bytes, offset, offset + length)
    return reading(READ.txn, body, isSerializable(request))
  }

  compact(bytes: Uint8Array, offset: number, length: number): Admitted {
    // Read here, as below, so that what is none does not get into the log.
    etcd.CompactionRequest.decode(bytes, offset, length)
    return this.#write(null, COMMAND.compact, viewOf(bytes, offset, length))
  }

  increment(bytes: Uint8Array, offset: number, length: number): Admitted {
    const request = state.IncrementRequest.decode(bytes, offset, length)
    const { stateLimits: limits } = this.#parts
    const fault = checkIncrement({ limits }, request)
    if (fault === 'TOO_LARGE') return refused(fault, sizeWords(request, limits))
    const admitted = this.#write(fault, COMMAND.increment, viewOf(bytes, offset, length))
    if (admitted.kind !== 'write') return admitted
    return { ...admitted, subject: { counter: request.key.slice() } }
  }

  putWithTtl(bytes: Uint8Array, offset: number, length: number): Admitted {
    const { stateLimits: limits } = this.#parts
    const request = state.PutWithTtlRequest.decode(bytes, offset, length)
    const put = new PutFields()
    if (request.put !== null) put.take(request.put)
    const fault = checkTtl({ limits }, request) ?? checkPut(put, limits)
    if (fault === 'TOO_LARGE') return refused(fault, sizeWords(put, limits))
    return this.#write(fault, COMMAND.putWithTtl, viewOf(bytes, offset, length))
  }

  leaseGrant(bytes: Uint8Array, offset: number, length: number): Admitted {
    const request = etcd.LeaseGrantRequest.decode(bytes, offset, length)
    const granted = grantRequest(this.#parts, request)
    if (granted === null) return refused('LEASE_TTL_TOO_LARGE')
    return this.#write(null, COMMAND.leaseGrant, etcd.LeaseGrantRequest.encodeBytes(granted))
  }

  leaseRevoke(bytes: Uint8Array, offset: number, length: number): Admitted {
    etcd.LeaseRevokeRequest.decode(bytes, offset, length)
    return this.#write(null, COMMAND.leaseRevoke, viewOf(bytes, offset, length))
  }

  leaseKeepAlive(bytes: Uint8Array, offset: number, length: number): Admitted {
    etcd.LeaseKeepAliveRequest.decode(bytes, offset, length)
    return this.#write(null, COMMAND.leaseKeepAlive, viewOf(bytes, offset, length))
  }

  leaseTimeToLive(bytes: Uint8Array, offset: number, length: number): Admitted {
    etcd.LeaseTimeToLiveRequest.decode(bytes, offset, length)
    const body = this.#slab.copy(bytes, offset, offset + length)
    return reading(READ.leaseTimeToLive, body, false)
  }

  leaseLeases(bytes: Uint8Array, offset: number, length: number): Admitted {
    etcd.LeaseLeasesRequest.decode(bytes, offset, length)
    const body = this.#slab.copy(bytes, offset, offset + length)
    return reading(READ.leaseLeases, body, false)
  }

  sessionOpen(bytes: Uint8Array, offset: number, length: number): Admitted {
    state.SessionOpenRequest.decode(bytes, offset, length)
    return this.#write(null, COMMAND.sessionOpen, viewOf(bytes, offset, length))
  }

  sessionClose(bytes: Uint8Array, offset: number, length: number): Admitted {
    state.SessionCloseRequest.decode(bytes, offset, length)
    return this.#write(null, COMMAND.sessionClose, viewOf(bytes, offset, length))
  }

  #write(fault: ErrorCode | null, command: CommandKind, body: Uint8Array): Admitted {
    if (fault !== null) return refused(fault)
    const { requestBytesMax } = this.#parts.stateLimits
    if (body.length > requestBytesMax) {
      return refused('TOO_LARGE', overLimit('the request', body.length, requestBytesMax))
    }
    return { kind: 'write', command, body }
  }
}

function refused(code: ErrorCode, words?: string): Admitted {
  return { kind: 'refused', code, words }
}

function reading(kind: ReadKind, body: Uint8Array, serializable: boolean): Admitted {
  return { kind: 'read', request: { kind, body, serializable } }
}

/** Not `subarray`: of a Buffer that would be another Buffer. */
function viewOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length)
}

/** Only if all of it may be served from what this node knows. */
function isSerializable({ success, failure }: etcd.TxnRequest): boolean {
  return [...success, ...failure].every(
    ({ request }) => request?.kind === 'requestRange' && request.value.serializable,
  )
}
