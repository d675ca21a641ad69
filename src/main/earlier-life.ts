/**
 * A member whose directory is gone must not begin anew under its old number: what it has promised
 * the others (votes, and entries that only a majority holds with it) would be forgotten, and a
 * write that was acknowledged could be lost. So a node without data asks the others first whether
 * they know it, as etcd does ("has already been bootstrapped"). In a cluster that is new nobody
 * knows anybody, or does not even listen yet.
 *
 * What remains open, as in etcd: when none of those that know it can be reached, nobody warns it.
 */

import { type Chance, KvError } from '../base/index.ts'
import type { Identity, PlannedMember } from '../cli/index.ts'
import { type Clock, createNodeGzip, type Sockets } from '../io/index.ts'
import type { PeerTls } from '../peer/index.ts'
import { type Method, RpcChannel, STATUS } from '../rpc/index.ts'
import type { NodeService } from '../server/index.ts'
import { etcd } from '../wire/index.ts'

const PATH = '/quorate.peer.v1.Members/List'
/** A node that is there answers within a round trip. */
const ANSWER_MS_MAX = 2000
const PROTOCOLS = ['h2']
const { response: LIST } = etcd.Cluster.methods.memberList

/** Who the members are as this node knows it, without asking anybody; for a port of nodes. */
export function membersMethod(node: () => NodeService | null): Method {
  return {
    kind: 'unary',
    path: PATH,
    handle: (call) => {
      const asked = node()
      if (asked === null) {
        call.fail(STATUS.UNAVAILABLE, 'this node is starting')
        return
      }
      asked.members({ linearizable: false }).then(
        (members) => {
          const header = etcd.ResponseHeader.create()
          const described = members.map(({ id, name, peerUrls, clientUrls, isLearner }) => ({
            ID: BigInt(id),
            name,
            peerURLs: [...peerUrls],
            clientURLs: [...clientUrls],
            isLearner,
          }))
          call.answerWith(LIST, { header, members: described })
        },
        (error: unknown) => {
          if (!(error instanceof KvError)) throw error
          call.failWith(error)
        },
      )
    },
  }
}

export interface AskingParts {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly chance: Chance
  readonly tls: PeerTls | null
}

/** Fails with `LOG_MISSING` when another node knows this one to have taken part. */
export async function refuseSecondBirth(identity: Identity, parts: AskingParts): Promise<void> {
  const { nodeId, name } = identity
  const others = identity.members.filter(({ id }) => id !== nodeId)
  const known = await Promise.all(others.map((other) => knows(other, { nodeId, parts })))
  const witness = others.find((_, i) => known[i])
  if (witness === undefined) return
  throw new KvError(
    'LOG_MISSING',
    `member ${name} has already been bootstrapped: ${witness.name} knows it, and its directory ` +
      'holds nothing of it. Without what it has promised it could lose acknowledged writes. ' +
      'Bring its directory back',
  )
}

async function knows(
  other: PlannedMember,
  { nodeId, parts }: { readonly nodeId: number; readonly parts: AskingParts },
): Promise<boolean> {
  const { sockets, clock, chance, tls } = parts
  const secure =
    tls === null
      ? null
      : sockets.tlsClient({ ...tls.client, protocols: PROTOCOLS, connectMsMax: ANSWER_MS_MAX })
  const channel = new RpcChannel({
    clock,
    chance: chance.fork(`earlier-life-${other.id}`),
    gzip: createNodeGzip(),
    endpoints: other.peerUrls.map(({ address }) => address),
    connect: (address) => (secure ?? sockets).connect(address),
    scheme: tls === null ? 'http' : 'https',
    onFault: (error) => {
      throw error
    },
  })
  try {
    const members = await ask(channel)
    return members.some(({ ID, clientURLs }) => ID === BigInt(nodeId) && clientURLs.length > 0)
  } finally {
    channel.close()
  }
}

/** Nobody when there is no answer. */
function ask(channel: RpcChannel): Promise<readonly etcd.Member[]> {
  return new Promise((resolve) => {
    let members: readonly etcd.Member[] = []
    const message = { bytes: new Uint8Array(0), offset: 0, length: 0 }
    const receiver = {
      message: (from: Uint8Array, offset: number, length: number) => {
        members = LIST.decode(from.slice(offset, offset + length), 0, length).members
      },
      ended: () => resolve(members),
      writable: () => {},
    }
    channel.unary(PATH, message, receiver, { timeoutMs: ANSWER_MS_MAX })
  })
}
