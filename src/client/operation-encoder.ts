/** Operations as bytes, made when they are asked for: what a caller changes later is not sent. */

import { assert, Slab } from '../base/index.ts'
import { type etcd, native } from '../wire/index.ts'
import type { Wish } from './pending.ts'

type Asked = Pick<Wish<unknown>, 'operation' | 'conditions'>

const NO_CONDITIONS: readonly etcd.Compare[] = []

export class OperationEncoder {
  readonly #slab = new Slab()
  /** Reused: nothing of it is kept. */
  readonly #operation = native.Operation.create()

  /** Everything but its id and its place in a session, which are known when it leaves. */
  encode({ operation, conditions = NO_CONDITIONS }: Asked): Uint8Array {
    this.#operation.operation = operation
    this.#operation.conditions = conditions as etcd.Compare[]
    const bytes = this.#slab.take(native.Operation.encodedLength(this.#operation))
    const end = native.Operation.encode(this.#operation, bytes, 0)
    this.#operation.operation = null
    assert(end === bytes.length, 'an operation is as long as it said')
    return bytes
  }
}
