/** Operations as bytes, made when they are asked for: what a caller changes later is not sent. */

import { native } from '../wire/index.ts'
import type { Encoded, NativeOperation } from './pending.ts'

/** Everything but its id and its place in a session, which are known when it leaves. */
export function encodeOperation(operation: NativeOperation): Encoded {
  const bytes = native.Operation.encodeBytes({ id: 0, session: 0, sequence: 0, operation })
  return { bytes, start: 0, end: bytes.length }
}
