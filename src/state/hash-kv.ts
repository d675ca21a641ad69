/** A number for all that can be read of the keys at one revision. */

import type { ErrorCode } from '../base/index.ts'
import type { etcd } from '../wire/index.ts'
import type { ReadParts } from './state-read.ts'
import type { Steps } from './work.ts'

export function* hashKv(_request: etcd.HashKVRequest, _parts: ReadParts): Steps<ErrorCode | null> {
  yield 'sliced'
  return 'BAD_REQUEST'
}
