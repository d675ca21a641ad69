/**
 * What an encoder knows of a name: where the static table has it, and whether its fields are worth
 * an entry in the dynamic table. An entry costs the peer's memory and shifts all indices, so that
 * what was encoded before has to be encoded again: only what repeats is worth it. And what is
 * secret never goes in: who can add fields of his own to a connection could find it out by the
 * length of what is sent (RFC 7541 §7.1).
 */

import { findStaticName, STATIC_ENTRIES, staticName } from './static-table.ts'

/** Entered at once: few values, and they come with every call. */
export const POLICY_REPEATS = 0
/** Entered when the same field comes a second time. */
export const POLICY_LEARN = 1
/**
 * Differs from call to call: one short field of the name is entered, to lend the others its name.
 */
export const POLICY_CHANGES = 2
/** Sent as never indexed (RFC 7541 §6.2.3). */
export const POLICY_SECRET = 3

export interface NameFacts {
  readonly name: string
  /** The lowest index of the name in the static table, or 0. */
  readonly staticIndex: number
  readonly policy: number
}

const REPEATS = `:authority :method :scheme accept-encoding content-encoding content-type
  grpc-accept-encoding grpc-encoding grpc-status server te user-agent`.split(/\s+/)

const CHANGES = `content-length date etag grpc-message grpc-previous-rpc-attempts
  grpc-status-details-bin grpc-tags-bin grpc-timeout grpc-trace-bin last-modified traceparent
  tracestate x-request-id`.split(/\s+/)

const SECRETS = 'authorization cookie proxy-authorization set-cookie token'.split(' ')

const KNOWN: ReadonlyMap<string, NameFacts> = collectNames()

export function factsOf(name: string): NameFacts {
  return KNOWN.get(name) ?? { name, staticIndex: 0, policy: POLICY_LEARN }
}

function collectNames(): Map<string, NameFacts> {
  const known = new Map<string, NameFacts>()
  const enter = (name: string, policy: number): void => {
    known.set(name, { name, staticIndex: findStaticName(name), policy })
  }
  for (let index = 1; index <= STATIC_ENTRIES; index++) enter(staticName(index), POLICY_LEARN)
  for (const name of REPEATS) enter(name, POLICY_REPEATS)
  for (const name of CHANGES) enter(name, POLICY_CHANGES)
  for (const name of SECRETS) enter(name, POLICY_SECRET)
  return known
}
