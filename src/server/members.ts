/**
 * Who the members are: the voters and learners of the meta group, with what each of them has said
 * of itself there. A node registers itself, and does so again when that has changed.
 */

import { KvError } from '../base/index.ts'
import type { NodeId, Raft } from '../raft/index.ts'
import { COMMAND, READ } from '../state/index.ts'
import { etcd } from '../wire/index.ts'
import {
  areSame,
  decodeMember,
  encodeMember,
  MEMBER_KEYS,
  memberKey,
  memberOfKey,
} from './member-record.ts'
import { readOnce, writeOnce } from './own-requests.ts'
import { META_GROUP, type MemberAddress, type NodeSettings } from './parts.ts'
import type { MemberDescription, NodeService } from './service.ts'

const UNKNOWN: MemberAddress = { name: '', peerUrls: [], clientUrls: [] }

export interface MembersParts {
  readonly node: Pick<NodeService, 'nodeId' | 'read' | 'write'>
  /** Of the meta group. */
  readonly raft: Pick<Raft, 'configuration' | 'leader'>
  readonly settings: Pick<NodeSettings, 'self' | 'members'>
  /** Between attempts to register. */
  readonly retryTicks: number
  /** Whatever is no expected failure. */
  readonly onFatal: (error: unknown) => void
}

export class Members {
  readonly #parts: MembersParts
  #self: MemberAddress
  /** As they said when this node last looked: for texts. */
  #known: ReadonlyMap<NodeId, MemberAddress> = new Map()
  /** What is registered is what is so. */
  #isRegistered = false
  #isUnderWay = false
  #waitTicks = 0

  constructor(parts: MembersParts) {
    this.#parts = parts
    this.#self = parts.settings.self
  }

  get isRegistered(): boolean {
    return this.#isRegistered
  }

  /** From now on this is so. */
  describe(self: MemberAddress): void {
    this.#self = self
    this.#isRegistered = false
    this.#waitTicks = 0
  }

  async list(options: { readonly linearizable: boolean }): Promise<MemberDescription[]> {
    const said = await this.#said({ serializable: !options.linearizable })
    const { settings } = this.#parts
    const { learners } = this.#parts.raft.configuration
    return this.#ids().map((id) => ({
      id,
      ...UNKNOWN,
      ...settings.members.get(id),
      ...said.get(id),
      isLearner: learners.includes(id),
    }))
  }

  #ids(): NodeId[] {
    const { voters, outgoing, learners } = this.#parts.raft.configuration
    return [...new Set([...voters, ...outgoing, ...learners])].sort((a, b) => a - b)
  }

  async #said({ serializable }: { readonly serializable: boolean }) {
    const body = etcd.RangeRequest.encodeBytes(etcd.RangeRequest.create(MEMBER_KEYS))
    const request = { kind: READ.range, body, serializable }
    const answer = await readOnce(this.#parts.node, META_GROUP, request)
    const said = new Map<NodeId, MemberAddress>()
    for (const { key, value } of etcd.RangeResponse.decodeBytes(answer).kvs) {
      const member = decodeMember(value)
      if (member !== null) said.set(memberOfKey(key), member)
    }
    this.#known = said
    return said
  }

  /** As far as this node has heard; without looking. */
  described(id: NodeId): Pick<MemberAddress, 'name' | 'peerUrls'> {
    return this.#known.get(id) ?? this.#parts.settings.members.get(id) ?? UNKNOWN
  }

  /** Registers when it is due: once there is a leader, and this node is a member. */
  tick(): void {
    const { node, raft, retryTicks, onFatal } = this.#parts
    if (this.#isRegistered || this.#isUnderWay || raft.leader === 0) return
    if (this.#waitTicks > 0) {
      this.#waitTicks -= 1
      return
    }
    if (!this.#ids().includes(node.nodeId)) return
    this.#isUnderWay = true
    this.#waitTicks = retryTicks
    this.#register(this.#self).catch(onFatal)
  }

  async #register(self: MemberAddress): Promise<void> {
    const { node } = this.#parts
    try {
      const known = (await this.#said({ serializable: false })).get(node.nodeId)
      if (known === undefined || !areSame(known, self)) {
        const put = etcd.PutRequest.create({
          key: memberKey(node.nodeId),
          value: encodeMember(self),
        })
        const body = etcd.PutRequest.encodeBytes(put)
        await writeOnce(node, META_GROUP, { kind: COMMAND.put, body })
      }
      // Meanwhile something else may be so.
      this.#isRegistered = self === this.#self
    } catch (error) {
      // It is tried again after a while, as long as the node runs.
      if (!(error instanceof KvError)) throw error
    } finally {
      this.#isUnderWay = false
    }
  }
}
