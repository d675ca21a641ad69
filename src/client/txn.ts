/** The builder of transactions. */

import type { Codec } from './codecs.ts'
import type { Core } from './core.ts'
import { QuorateError, traced } from './errors.ts'
import type { Comparison, TxnOperation } from './operations.ts'
import { checkOptions } from './option-names.ts'
import { type TxnParts, txnWish } from './txn-request.ts'
import type { CallOptions, Txn, TxnResult } from './types.ts'

export class TxnBuilder<
  Value,
  Then extends readonly TxnOperation<Value>[] = readonly [],
  Else extends readonly TxnOperation<Value>[] = readonly [],
> implements Txn<Value, Then, Else>
{
  readonly #core: Core
  readonly #codec: Codec<Value>
  readonly #parts: Partial<TxnParts<Value>>

  constructor(core: Core, codec: Codec<Value>, parts: Partial<TxnParts<Value>> = {}) {
    this.#core = core
    this.#codec = codec
    this.#parts = parts
  }

  if(...conditions: readonly Comparison<Value>[]): Txn<Value, Then, Else> {
    return this.#with<Then, Else>('conditions', conditions)
  }

  // biome-ignore lint/suspicious/noThenProperty: it reads as what it means, and refuses an await.
  then<const Operations extends readonly TxnOperation<Value>[]>(
    ...operations: Operations
  ): Txn<Value, Operations, Else> {
    const [resolve, reject] = operations as readonly unknown[]
    if (typeof resolve === 'function' && typeof reject === 'function') {
      // Somebody waits for a transaction that was not sent: to go on silently would lose it.
      const text = 'a transaction is sent by its commit(): await db.txn().then(…).commit()'
      reject(new QuorateError('BAD_REQUEST', text))
      return this as unknown as Txn<Value, Operations, Else>
    }
    return this.#with<Operations, Else>('then', operations)
  }

  else<const Operations extends readonly TxnOperation<Value>[]>(
    ...operations: Operations
  ): Txn<Value, Then, Operations> {
    return this.#with<Then, Operations>('else', operations)
  }

  commit(options: CallOptions = {}): Promise<TxnResult<Value, Then, Else>> {
    const { conditions = [], then = [], else: otherwise = [] } = this.#parts
    const parts = { conditions, then, else: otherwise }
    const { lightAnswerBytesMax } = this.#core.limits
    const call = this.#core.attempt(() => {
      checkOptions('commit', options)
      return txnWish(parts, this.#codec, lightAnswerBytesMax)
    }, options)
    return traced(call) as Promise<TxnResult<Value, Then, Else>>
  }

  #with<
    OtherThen extends readonly TxnOperation<Value>[],
    OtherElse extends readonly TxnOperation<Value>[],
  >(part: keyof TxnParts<Value>, given: readonly unknown[]): Txn<Value, OtherThen, OtherElse> {
    if (this.#parts[part] !== undefined) {
      const name = part === 'conditions' ? 'if' : part
      throw new QuorateError('BAD_REQUEST', `${name}() is called once in a transaction`)
    }
    const parts = { ...this.#parts, [part]: given }
    return new TxnBuilder<Value, OtherThen, OtherElse>(this.#core, this.#codec, parts)
  }
}
