/** The node in promises, for calls that take several steps. A failure is a `KvError`. */

import { copyOf, KvError } from '../../base/index.ts'
import type { ReadOutcome, WriteOutcome } from '../../server/index.ts'
import { COMMAND, type CommandKind, READ, type ReadKind } from '../../state/index.ts'
import { etcd, type MessageCodec } from '../../wire/index.ts'
import type { Door } from './door.ts'
import { etcdErrorOf, etcdErrorOfUnknown } from './errors.ts'

export interface Answered<Response> {
  readonly revision: number
  /** Without a header. */
  readonly response: Response
}

export class Steps {
  readonly #door: Pick<Door, 'node'>

  constructor(door: Pick<Door, 'node'>) {
    this.#door = door
  }

  txn(request: Partial<etcd.TxnRequest>): Promise<Answered<etcd.TxnResponse>> {
    const body = etcd.TxnRequest.encodeBytes(etcd.TxnRequest.create(request))
    return this.write(COMMAND.txn, body, etcd.TxnResponse)
  }

  deleteKey(key: Uint8Array): Promise<Answered<etcd.DeleteRangeResponse>> {
    const request = etcd.DeleteRangeRequest.create({ key })
    const body = etcd.DeleteRangeRequest.encodeBytes(request)
    return this.write(COMMAND.deleteRange, body, etcd.DeleteRangeResponse)
  }

  range(request: Partial<etcd.RangeRequest>): Promise<Answered<etcd.RangeResponse>> {
    const body = etcd.RangeRequest.encodeBytes(etcd.RangeRequest.create(request))
    return this.read({ kind: READ.range, body, serializable: false }, etcd.RangeResponse)
  }

  write<Response>(
    kind: CommandKind,
    body: Uint8Array,
    codec: MessageCodec<Response>,
  ): Promise<Answered<Response>> {
    const { node } = this.#door
    return new Promise((resolve, reject) => {
      const settleWrite = (outcome: WriteOutcome): void => {
        if (outcome.kind === 'unknown') {
          // Whoever asks gets the text of an open outcome, whatever the code was.
          reject(new KvError('TIMED_OUT', etcdErrorOfUnknown(outcome.code).text))
        } else if (outcome.kind === 'refused') {
          reject(new KvError(outcome.code, etcdErrorOf(outcome.code).text))
        } else if (outcome.result.kind === 'failed') {
          reject(new KvError(outcome.result.code, etcdErrorOf(outcome.result.code).text))
        } else {
          const { revision, body: answer } = outcome.result
          resolve({ revision, response: codec.decodeBytes(copyOf(answer, 0, answer.length)) })
        }
      }
      node.write(node.defaultGroup, { kind, body }, { settleWrite })
    })
  }

  read<Response>(
    request: { kind: ReadKind; body: Uint8Array; serializable: boolean },
    codec: MessageCodec<Response>,
  ): Promise<Answered<Response>> {
    const { node } = this.#door
    return new Promise((resolve, reject) => {
      const settleRead = (outcome: ReadOutcome): void => {
        if (outcome.kind === 'refused') {
          reject(new KvError(outcome.code, etcdErrorOf(outcome.code).text))
        } else if (outcome.kind === 'done') {
          const { revision, body } = outcome.result
          resolve({ revision, response: codec.decodeBytes(copyOf(body, 0, body.length)) })
        }
      }
      node.read(node.defaultGroup, request, { settleRead })
    })
  }
}
