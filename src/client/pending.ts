/** One operation of a caller, from the moment it is asked for until its promise is settled. */

import { assert } from '../base/index.ts'
import type { etcd, native } from '../wire/index.ts'
import { adviceWithoutEffect } from './advice.ts'
import { Timed } from './deadline-wheel.ts'
import { QuorateError } from './errors.ts'
import type { Session } from './session.ts'

export type NativeOperation = NonNullable<native.Operation['operation']>
export type NativeResult = NonNullable<native.Result['result']>

/** What is known of an operation before it is sent. */
export interface Wish<Result> {
  readonly operation: NativeOperation
  /** All of them hold, or nothing happens. */
  readonly conditions?: readonly etcd.Compare[]
  /** Has to take effect once, and not again: it gets a place in a session. */
  readonly isWrite: boolean
  /** An answer that may be large. */
  readonly isHeavy: boolean
  /** Makes of an answer what the caller wants; may throw a `QuorateError`. */
  readonly read: (result: NativeResult) => Result
}

export interface PendingOwner {
  /** It is over: nobody owes it anything any more. */
  over(pending: Pending): void
  /** Why nobody has answered, or can be asked. */
  standstill(): QuorateError
}

export class Pending extends Timed {
  readonly promise: Promise<unknown>
  readonly isWrite: boolean
  readonly isHeavy: boolean
  /** The field of `quorate.v1.Operation` that says what to do. */
  readonly encoded: Uint8Array
  readonly signal: AbortSignal | null
  readonly #read: (result: NativeResult) => unknown
  readonly #owner: PendingOwner
  #resolve!: (value: unknown) => void
  #reject!: (reason: unknown) => void
  isOver = false
  /** Its place among the writes that take effect once. */
  session: Session | null = null
  sequence = 0
  /** How often it left. */
  attempts = 0
  /** It left and has not come back yet. */
  isOut = false
  /** It left before, and what became of it then is not known. */
  isUnknown = false
  /** What the last attempt failed with. */
  failure: QuorateError | null = null

  constructor(
    wish: Wish<unknown>,
    encoded: Uint8Array,
    { owner, signal }: { readonly owner: PendingOwner; readonly signal: AbortSignal | null },
  ) {
    super()
    this.isWrite = wish.isWrite
    this.isHeavy = wish.isHeavy
    this.encoded = encoded
    this.signal = signal
    this.#read = wish.read
    this.#owner = owner
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Nobody can say that it did nothing, and never will. */
  get mayHaveEffect(): boolean {
    return this.isWrite && (this.isOut || this.isUnknown)
  }

  get byteLength(): number {
    return this.encoded.length
  }

  /** The bytes of the answer may be changed once this returns. */
  answer(result: NativeResult): void {
    if (this.isOver) return
    let value: unknown
    try {
      value = this.#read(result)
    } catch (error) {
      this.fail(error)
      return
    }
    this.#end()
    this.#resolve(value)
  }

  fail(reason: unknown): void {
    if (this.isOver) return
    this.#end()
    this.#reject(reason)
  }

  override expired(): void {
    this.fail(this.#tooLate())
  }

  aborted(reason: unknown): void {
    this.fail(reason)
  }

  #end(): void {
    assert(!this.isOver, 'an operation ends once')
    this.isOver = true
    this.#owner.over(this)
  }

  /** What a caller is told when there is no more time. */
  #tooLate(): QuorateError {
    if (this.mayHaveEffect) {
      const text =
        'no answer came in the time of the call: the write may have taken effect, or may yet'
      // Why the attempts before it failed is most likely why this one has no answer.
      const { failure } = this
      const cause = failure ?? this.#owner.standstill()
      const why = failure === null ? `; ${cause.message}` : `; before that: ${cause.message}`
      return new QuorateError('TIMED_OUT', text + why, { cause })
    }
    if (this.failure !== null) return withoutEffect(this.failure)
    const cause = this.#owner.standstill()
    const { code, message } = cause
    const advice = adviceWithoutEffect(cause.advice)
    const options = { cause, retry: 'later', ...(advice !== undefined && { advice }) } as const
    if (this.attempts > 0) {
      const text = `no answer came in the time of the call: ${message}`
      return new QuorateError('TIMED_OUT', text, options)
    }
    // Others before it may have been asked in vain, such as for a session.
    const what = code === 'UNREACHABLE' ? 'no node could be asked' : 'it could not be sent'
    return new QuorateError(code, `${what} in the time of the call: ${message}`, options)
  }
}

/** Of what only reads, or never left: whatever the code may mean elsewhere. */
function withoutEffect(failure: QuorateError): QuorateError {
  if (failure.retry !== 'unknown-outcome') return failure
  const { code, message, oldestRevision, cause } = failure
  const advice = adviceWithoutEffect(failure.advice)
  return new QuorateError(code, message, {
    ...{ retry: 'later', cause },
    ...(advice !== undefined && { advice }),
    ...(oldestRevision !== null && { oldestRevision }),
  })
}
