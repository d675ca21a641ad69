/** One operation in a call of its own. It fails in its result, as in a pipeline. */

import { type ErrorCode, KvError } from '../../base/index.ts'
import type { ServerCall } from '../../rpc/index.ts'
import type { Done } from '../../state/index.ts'
import type { Asked, Owner } from './asked.ts'
import { admit, begin, type Door, failureBytes, look, type Place } from './door.ts'
import type { Certainty } from './failures.ts'
import { Results } from './results.ts'

export class ExecuteCall implements Owner {
  readonly #door: Door
  readonly #call: ServerCall
  readonly #results: Results

  constructor(door: Door, call: ServerCall) {
    this.#door = door
    this.#call = call
    this.#results = new Results(door.results, false)
  }

  get isGone(): boolean {
    return this.#call.isOver
  }

  begin(bytes: Uint8Array, place: Place): void {
    const door = this.#door
    const { operation, failures } = door
    const kind = look(door, bytes, place)
    if (kind instanceof KvError) {
      this.#fail(operation.id, kind.code, failures.withText(kind))
      return
    }
    const ready = admit(door, kind, bytes)
    if (ready instanceof KvError) this.#fail(operation.id, ready.code, failures.withText(ready))
    else begin(door, { owner: this, kind }, ready)
  }

  done({ id, kind }: Asked, result: Done): void {
    this.#results.done(id, kind, result)
    this.#answer()
  }

  failed(asked: Asked, code: ErrorCode, certainty: Certainty): void {
    this.#fail(asked.id, code, failureBytes(this.#door, asked, { code, certainty }))
  }

  #fail(id: number, code: ErrorCode, failure: Uint8Array): void {
    this.#door.counts.noteFailed(code)
    this.#results.failure(id, failure)
    this.#answer()
  }

  #answer(): void {
    const { bytes, length } = this.#results
    this.#call.answer(bytes, 0, length)
  }
}
