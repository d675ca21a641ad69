/** Short ways to write commands in tests. */

import { encodeBatch } from '../batch.ts'
import { type Command, encodeCommand } from '../command.ts'
import type { Result } from '../result.ts'
import type { Store } from '../store.ts'

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Applies the commands as one batch at the next index. */
export function applyAll(store: Store, ...commands: readonly Command[]): Result[] {
  const data = encodeBatch(commands.map(encodeCommand))
  return store.apply({ index: store.appliedIndex + 1, data })
}

export function put(key: string, value: string, requestId = 1): Command {
  return { kind: 'put', clientId: 1, requestId, key: bytesOf(key), value: bytesOf(value) }
}

export function remove(key: string): Command {
  return { kind: 'delete', clientId: 1, requestId: 1, key: bytesOf(key) }
}

export function append(key: string, element: number): Command {
  return { kind: 'append', clientId: 1, requestId: 1, key: bytesOf(key), element }
}
