/** The node as its own client, in promises. A failure is a `KvError`. */

import { copyOf, KvError } from '../base/index.ts'
import type { GroupId } from '../raft/index.ts'
import type { NodeService, ReadRequest, WriteRequest } from './service.ts'

type Requested = Pick<NodeService, 'read' | 'write'>

/** The body of the answer. */
export function readOnce(
  node: Requested,
  group: GroupId,
  request: ReadRequest,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    node.read(group, request, {
      settleRead: (outcome) => {
        if (outcome.kind === 'done') {
          const { body } = outcome.result
          resolve(copyOf(body, 0, body.length))
        } else if (outcome.kind === 'refused') {
          reject(new KvError(outcome.code, `reading of group ${group} failed`))
        }
      },
    })
  })
}

export function writeOnce(node: Requested, group: GroupId, request: WriteRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    node.write(group, request, {
      settleWrite: (outcome) => {
        if (outcome.kind !== 'applied') {
          reject(new KvError(outcome.code, `writing to group ${group}: ${outcome.kind}`))
        } else if (outcome.result.kind === 'failed') {
          reject(new KvError(outcome.result.code, `writing to group ${group} failed`))
        } else resolve()
      },
    })
  })
}
