/** etcd's Lease service. The state knows the leases. */

import type { Method } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import { admitting, type Door, streaming } from './door.ts'
import { KeepAliveStream } from './keep-alive.ts'

const { leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases } = etcd.Lease.methods

export function leaseMethods(door: Door): Method[] {
  return [
    admitting(door, leaseGrant.path, 'leaseGrant'),
    admitting(door, leaseRevoke.path, 'leaseRevoke'),
    streaming(door, leaseKeepAlive.path, (call) => new KeepAliveStream(door, call)),
    admitting(door, leaseTimeToLive.path, 'leaseTimeToLive'),
    admitting(door, leaseLeases.path, 'leaseLeases'),
  ]
}
