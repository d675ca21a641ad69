/** etcd's Lease service. The state knows the leases; here their ids and bounds are chosen. */

import type { Chance } from '../../base/index.ts'
import type { Method, ServerCall } from '../../rpc/index.ts'
import { COMMAND, type CommandKind, READ, type ReadKind } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { fail } from './answer.ts'
import { type Door, decoding, ReadCall, streaming, WriteCall } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import { KeepAliveStream } from './keep-alive.ts'

const { leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases } = etcd.Lease.methods

export function leaseMethods(door: Door): Method[] {
  const { node, answers } = door
  const group = node.defaultGroup
  const write = (call: ServerCall, kind: CommandKind, body: Uint8Array): void =>
    node.write(group, { kind, body }, new WriteCall(call, group, answers))
  const read = (call: ServerCall, kind: ReadKind, body: Uint8Array): void =>
    node.read(group, { kind, body, serializable: false }, new ReadCall(call, group, answers))
  return [
    decoding(door, leaseGrant, (call, request) => {
      const granted = grantRequest(door, request)
      if (granted === null) fail(call, ETCD_ERRORS.leaseTtlTooLarge)
      else write(call, COMMAND.leaseGrant, leaseGrant.request.encodeBytes(granted))
    }),
    decoding(door, leaseRevoke, (call, request) =>
      write(call, COMMAND.leaseRevoke, leaseRevoke.request.encodeBytes(request)),
    ),
    streaming(door, leaseKeepAlive.path, (call) => new KeepAliveStream(door, call)),
    decoding(door, leaseTimeToLive, (call, request) =>
      read(call, READ.leaseTimeToLive, leaseTimeToLive.request.encodeBytes(request)),
    ),
    decoding(door, leaseLeases, (call, request) =>
      read(call, READ.leaseLeases, leaseLeases.request.encodeBytes(request)),
    ),
  ]
}

/** As it is proposed; null when it wants to live too long. */
export function grantRequest(
  { node, chance, stateLimits }: Pick<Door, 'node' | 'chance' | 'stateLimits'>,
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
