/** What a command answers. Every replica computes the same answer for the same entry. */

interface ResultBase {
  readonly clientId: number
  readonly requestId: number
  /** The store's revision after the command: its own when it changed something. */
  readonly revision: number
}

export interface PutResult extends ResultBase {
  readonly kind: 'put'
}

export interface DeleteResult extends ResultBase {
  readonly kind: 'delete'
  /** False: the key was not there, nothing changed. */
  readonly deleted: boolean
}

export interface CompareAndPutResult extends ResultBase {
  readonly kind: 'compareAndPut'
  readonly succeeded: boolean
  /** The key's modRevision after the command, 0 when the key is not there. */
  readonly modRevision: number
}

export interface AppendResult extends ResultBase {
  readonly kind: 'append'
  /** Elements in the list after the command. */
  readonly length: number
}

export interface TransactionResult extends ResultBase {
  readonly kind: 'transaction'
  /** One list per read operation, in their order. A key that is not there reads as empty. */
  readonly reads: readonly (readonly number[])[]
}

/** The command changed nothing. `notAList`: a list operation met a value that is no list. */
export interface FailedResult extends ResultBase {
  readonly kind: 'failed'
  readonly reason: 'malformed' | 'tooLarge' | 'notAList'
  readonly code: 'BAD_REQUEST' | 'TOO_LARGE'
}

export type Result =
  | PutResult
  | DeleteResult
  | CompareAndPutResult
  | AppendResult
  | TransactionResult
  | FailedResult
