/**
 * Answers are written straight to where they leave from: the header of this node, then the body as
 * the state has made it.
 */

import { assert } from '../../base/index.ts'
import type { GroupId } from '../../raft/index.ts'
import type { ServerCall } from '../../rpc/index.ts'
import type { NodeService } from '../../server/index.ts'
import {
  type Codec,
  delimitedLength,
  etcd,
  numberLength,
  writeNumber,
  writeUint32,
} from '../../wire/index.ts'

/** Field 1 of every answer, a message. */
const HEADER_TAG = 0x0a
/** Fields 3 and 4 of the header. */
const REVISION_TAG = 0x18
const RAFT_TERM_TAG = 0x20

interface Answer {
  revision: number
  raftTerm: number
  /** The message without its header. */
  body: Uint8Array
}

class AnswerCodec implements Codec<Answer> {
  /** The fields of the header that never change, encoded. */
  readonly #identity: Uint8Array

  constructor(identity: { readonly clusterId: bigint; readonly memberId: bigint }) {
    this.#identity = etcd.ResponseHeader.encodeBytes(etcd.ResponseHeader.create(identity))
  }

  #headerLength({ revision, raftTerm }: Answer): number {
    let length = this.#identity.length
    if (revision !== 0) length += 1 + numberLength(revision)
    if (raftTerm !== 0) length += 1 + numberLength(raftTerm)
    return length
  }

  encodedLength(answer: Answer): number {
    return 1 + delimitedLength(this.#headerLength(answer)) + answer.body.length
  }

  encode(answer: Answer, target: Uint8Array, offset: number): number {
    const { revision, raftTerm, body } = answer
    target[offset] = HEADER_TAG
    let at = writeUint32(target, offset + 1, this.#headerLength(answer))
    target.set(this.#identity, at)
    at += this.#identity.length
    if (revision !== 0) {
      target[at] = REVISION_TAG
      at = writeNumber(target, at + 1, revision)
    }
    if (raftTerm !== 0) {
      target[at] = RAFT_TERM_TAG
      at = writeNumber(target, at + 1, raftTerm)
    }
    target.set(body, at)
    return at + body.length
  }

  decode(): Answer {
    assert(false, 'answers are written here, not read')
  }
}

interface Header {
  readonly revision: number
  readonly raftTerm: number
  readonly bytes: Uint8Array
}

const NO_BODY = new Uint8Array(0)

export class Answers {
  readonly #node: NodeService
  readonly #codec: AnswerCodec
  /** Reused: an answer is written before the next one begins. */
  readonly #answer: Answer = { revision: 0, raftTerm: 0, body: NO_BODY }

  #lastHeader: Header = { revision: -1, raftTerm: -1, bytes: NO_BODY }

  constructor(node: NodeService) {
    this.#node = node
    this.#codec = new AnswerCodec(node)
  }

  /** Field by field, for messages that are put together here. */
  header(group: GroupId, revision: number): etcd.ResponseHeader {
    const { clusterId, memberId } = this.#node
    return { clusterId, memberId, revision, raftTerm: this.#node.term(group) }
  }

  /** A message of nothing but the header, not to be changed: it is made once for many answers. */
  headerBytes(group: GroupId, revision: number): Uint8Array {
    const raftTerm = this.#node.term(group)
    const last = this.#lastHeader
    if (last.revision === revision && last.raftTerm === raftTerm) return last.bytes
    const bytes = this.encode(group, { revision })
    this.#lastHeader = { revision, raftTerm, bytes }
    return bytes
  }

  /** The last word of a call. The body is used during the call only. */
  send(call: ServerCall, group: GroupId, { revision, body = NO_BODY }: Answered): void {
    call.answerWith(this.#codec, this.#filled(group, revision, body))
    this.#answer.body = NO_BODY
  }

  /** The whole message, for a stream or to be put into another one. */
  encode(group: GroupId, { revision, body = NO_BODY }: Answered): Uint8Array {
    const answer = this.#filled(group, revision, body)
    const bytes = new Uint8Array(this.#codec.encodedLength(answer))
    const end = this.#codec.encode(answer, bytes, 0)
    answer.body = NO_BODY
    assert(end === bytes.length, 'an answer is as long as it said')
    return bytes
  }

  /** The same in two steps, for whoever puts it into another message: first its length. */
  measure(group: GroupId, { revision, body = NO_BODY }: Answered): number {
    return this.#codec.encodedLength(this.#filled(group, revision, body))
  }

  /** Then the one that was measured last. Returns the offset behind it. */
  writeMeasured(target: Uint8Array, offset: number): number {
    const end = this.#codec.encode(this.#answer, target, offset)
    this.#answer.body = NO_BODY
    return end
  }

  #filled(group: GroupId, revision: number, body: Uint8Array): Answer {
    const answer = this.#answer
    answer.revision = revision
    answer.raftTerm = this.#node.term(group)
    answer.body = body
    return answer
  }
}

/** What the state has said. */
export interface Answered {
  readonly revision: number
  /** The message without its header. */
  readonly body?: Uint8Array
}
