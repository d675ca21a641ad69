/** For `/metrics`: what was asked for, and what failed. */

import type { ErrorCode } from '../../base/index.ts'
import { OPERATION_KINDS, type OperationKind } from './operation-kinds.ts'

export class OperationCounts {
  /** By the number of the operation: there is one for each operation that is answered. */
  readonly #begun: number[] = []
  readonly #failed = new Map<ErrorCode, number>()

  /** Each operation there is, by its name in the protocol. */
  begun(): (readonly [name: string, count: number])[] {
    return OPERATION_KINDS.map(({ name, field }) => [name, this.#begun[field] ?? 0])
  }

  failed(): (readonly [code: ErrorCode, count: number])[] {
    return [...this.#failed]
  }

  noteBegun({ field }: OperationKind): void {
    this.#begun[field] = (this.#begun[field] ?? 0) + 1
  }

  noteFailed(code: ErrorCode): void {
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1)
  }
}
