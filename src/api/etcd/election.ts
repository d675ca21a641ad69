/**
 * etcd's Election service. Who was first leads, as with locks, and tells something by the value of
 * its key. Source: etcd, `v3election` and `client/v3/concurrency/election.go`.
 */

import type { Method, ServerCall } from '../../rpc/index.ts'
import { etcdElection, type etcdKv } from '../../wire/index.ts'
import { type Door, stepping } from './door.ts'
import { ETCD_ERRORS, type EtcdError } from './errors.ts'
import type { InnerWatches } from './inner-watch.ts'
import { Presence } from './presence.ts'
import {
  createdAt,
  deleteOf,
  firstOf,
  foundAt,
  keyOf,
  prefixOf,
  putOf,
  rangeOf,
  waitForOthers,
} from './queue-keys.ts'
import { failAsClient, leaseOrNew } from './session.ts'
import { Steps } from './steps.ts'

const { campaign, proclaim, leader, resign } = etcdElection.Election.methods
const { electionNotLeader, electionNoLeader, electionLeaderMissing } = ETCD_ERRORS

export function electionMethods(door: Door, watches: InnerWatches): Method[] {
  const steps = new Steps(door)
  const { node, answers } = door
  const headerAt = (revision: number) => answers.header(node.defaultGroup, revision)
  return [
    stepping(door, campaign, (call, request) =>
      failAsClient(call, () => new Campaign({ door, watches, steps, call, request }).run()),
    ),
    stepping(door, proclaim, (call, request) =>
      failAsClient(call, async () => {
        if (request.leader === null) return electionLeaderMissing
        const lease = await leaseOrNew(door, steps, request.leader.lease)
        const { key, rev } = request.leader
        const revision = await proclaimed(steps, { key, rev, lease, value: request.value })
        if (revision === null) return electionNotLeader
        call.answerWith(proclaim.response, { header: headerAt(revision) })
        return null
      }),
    ),
    stepping(door, leader, (call, { name }) =>
      failAsClient(call, async () => {
        const { revision, response } = await steps.range(firstOf(prefixOf(name)))
        const [kv] = response.kvs
        if (kv === undefined) return electionNoLeader
        call.answerWith(leader.response, { header: headerAt(revision), kv })
        return null
      }),
    ),
    stepping(door, resign, (call, request) =>
      failAsClient(call, async () => {
        if (request.leader === null) return electionLeaderMissing
        const revision = await resigned(steps, request.leader)
        call.answerWith(resign.response, { header: headerAt(revision) })
        return null
      }),
    ),
  ]
}

interface Proclamation extends Pick<etcdElection.LeaderKey, 'key' | 'rev' | 'lease'> {
  readonly value: Uint8Array
}

/** The revision, or null when it was not the leader's key any more. */
async function proclaimed(
  steps: Steps,
  { key, rev, lease, value }: Proclamation,
): Promise<number | null> {
  const { revision, response } = await steps.txn({
    compare: [createdAt(key, rev)],
    success: [putOf(key, { value, lease })],
  })
  return response.succeeded ? revision : null
}

async function resigned(
  steps: Steps,
  { key, rev }: Pick<etcdElection.LeaderKey, 'key' | 'rev'>,
): Promise<number> {
  const { revision } = await steps.txn({
    compare: [createdAt(key, rev)],
    success: [deleteOf(key)],
  })
  return revision
}

interface CampaignParts {
  readonly door: Door
  readonly watches: InnerWatches
  readonly steps: Steps
  readonly call: ServerCall
  readonly request: etcdElection.CampaignRequest
}

/** One call of `Campaign`. */
class Campaign {
  readonly #parts: CampaignParts
  readonly #presence: Presence

  constructor(parts: CampaignParts) {
    this.#parts = parts
    this.#presence = Presence.of(parts.call)
  }

  async run(): Promise<EtcdError | null> {
    const { door, steps, request } = this.#parts
    const lease = await leaseOrNew(door, steps, request.lease)
    const key = keyOf(request.name, lease)
    const { revision, response } = await steps.txn({
      compare: [createdAt(key, 0)],
      success: [putOf(key, { value: request.value, lease })],
      failure: [rangeOf({ key })],
    })
    const [standing] = foundAt(response, 0)
    const own = { key, lease, rev: standing?.createRevision ?? revision }
    if (standing !== undefined && !(await this.#keepsStanding(own, standing))) {
      return electionNotLeader
    }
    return this.#wait(own, revision)
  }

  /** With one lease one stands once; the value is the newer one. */
  async #keepsStanding(
    own: Omit<Proclamation, 'value'>,
    { value: told }: etcdKv.KeyValue,
  ): Promise<boolean> {
    const { steps, request } = this.#parts
    const { value } = request
    const isSame = told.length === value.length && told.every((byte, at) => byte === value[at])
    return isSame || (await proclaimed(steps, { ...own, value })) !== null
  }

  async #wait(own: Omit<Proclamation, 'value'>, revision: number): Promise<EtcdError | null> {
    const { watches, steps, call, door, request } = this.#parts
    const presence = this.#presence
    const waiting = { steps, watches, presence, createRevisionMax: own.rev - 1 }
    await waitForOthers(prefixOf(request.name), waiting)
    if (presence.isGone) {
      await resigned(steps, own)
      return null
    }
    // The lease may have ended while others led. (etcd tells such a candidate that it leads.)
    const { response } = await steps.range({ key: own.key })
    if (response.kvs[0]?.createRevision !== own.rev) return electionNotLeader
    if (presence.isGone) {
      await resigned(steps, own)
      return null
    }
    const header = door.answers.header(door.node.defaultGroup, revision)
    call.answerWith(campaign.response, { header, leader: { name: request.name, ...own } })
    return null
  }
}
