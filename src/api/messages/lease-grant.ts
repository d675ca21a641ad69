/** A lease as it is proposed: what the client left open is chosen before the log. */

import type { Chance } from '../../base/index.ts'
import type { NodeService } from '../../server/index.ts'
import type { StateLimits } from '../../state/index.ts'
import type { etcd } from '../../wire/index.ts'

export interface GrantParts {
  readonly node: Pick<NodeService, 'leaseTtlSecondsMin'>
  readonly chance: Chance
  readonly stateLimits: StateLimits
}

/** Null when it wants to live too long. */
export function grantRequest(
  { node, chance, stateLimits }: GrantParts,
  { TTL, ID }: etcd.LeaseGrantRequest,
): etcd.LeaseGrantRequest | null {
  if (TTL > stateLimits.leaseTtlSecondsMax) return null
  return {
    TTL: Math.max(TTL, node.leaseTtlSecondsMin),
    ID: ID === 0n ? chosenId(chance) : ID,
  }
}

/** Positive, as clients expect of ids that they did not choose. */
function chosenId(chance: Chance): bigint {
  const high = BigInt(chance.uint32() & 0x7fff_ffff)
  const id = (high << 32n) | BigInt(chance.uint32())
  return id === 0n ? 1n : id
}
