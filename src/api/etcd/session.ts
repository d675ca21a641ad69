/** What locks and elections have in common: a lease of their own, and how they fail. */

import { KvError } from '../../base/index.ts'
import { type ServerCall, STATUS } from '../../rpc/index.ts'
import { COMMAND } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { grantRequest } from '../messages/index.ts'
import { fail } from './answer.ts'
import type { Door } from './door.ts'
import type { EtcdError } from './errors.ts'
import { SESSION_TTL_SECONDS } from './limits.ts'
import type { Steps } from './steps.ts'

/** The lease that the client brought, or a new one of a minute. */
export async function leaseOrNew(door: Door, steps: Steps, lease: bigint): Promise<bigint> {
  if (lease !== 0n) return lease
  const wanted = etcd.LeaseGrantRequest.create({ TTL: SESSION_TTL_SECONDS })
  const body = etcd.LeaseGrantRequest.encodeBytes(grantRequest(door, wanted) ?? wanted)
  const { response } = await steps.write(COMMAND.leaseGrant, body, etcd.LeaseGrantResponse)
  return response.ID
}

/**
 * Fails the call with what is returned or thrown. These services of etcd are clients of their own
 * server, and what such a client is told loses its code on the way: only the text arrives.
 */
export async function failAsClient(
  call: ServerCall,
  run: () => Promise<EtcdError | null>,
): Promise<void> {
  try {
    const error = await run()
    if (error !== null) fail(call, error)
  } catch (error) {
    if (!(error instanceof KvError)) throw error
    call.fail(STATUS.UNKNOWN, error.message)
  }
}
