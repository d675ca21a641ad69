/** etcd's KV service. All keys are in one order of revisions, which one group keeps. */

import type { Method } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import { admitting, type Door, streaming } from './door.ts'
import { RangeStream } from './range-stream.ts'

const { range, rangeStream, put, deleteRange, txn, compact } = etcd.KV.methods

export function kvMethods(door: Door): Method[] {
  return [
    admitting(door, range.path, 'range'),
    streaming(door, rangeStream.path, (call) => new RangeStream(door, call)),
    admitting(door, put.path, 'put'),
    admitting(door, deleteRange.path, 'deleteRange'),
    admitting(door, txn.path, 'txn'),
    admitting(door, compact.path, 'compact'),
  ]
}
