/** Operations as bytes, made when they are asked for: what a caller changes later is not sent. */

import { assert, Slab } from '../base/index.ts'
import { native } from '../wire/index.ts'
import type { NativeOperation } from './pending.ts'

export class OperationEncoder {
  readonly #slab = new Slab()
  /** Reused: nothing of it is kept. */
  readonly #operation = native.Operation.create()

  /** Everything but its id and its place in a session, which are known when it leaves. */
  encode(operation: NativeOperation): Uint8Array {
    this.#operation.operation = operation
    const bytes = this.#slab.take(native.Operation.encodedLength(this.#operation))
    const end = native.Operation.encode(this.#operation, bytes, 0)
    this.#operation.operation = null
    assert(end === bytes.length, 'an operation is as long as it said')
    return bytes
  }
}
