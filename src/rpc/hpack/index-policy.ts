/**
 * Which fields an encoder puts into its dynamic table. An entry costs the peer's memory and shifts
 * all indices, so that what was encoded before has to be encoded again: only what repeats is worth
 * it. And what is secret never goes in: who can add fields of his own to a connection could find it
 * out by the length of what is sent (RFC 7541 §7.1).
 */

/** Entered at once: few values, and they come with every call. */
export const POLICY_REPEATS = 0
/** Entered when the same field comes a second time. */
export const POLICY_LEARN = 1
/** Differs from call to call: one short field of the name is entered, to lend the others its name. */
export const POLICY_CHANGES = 2
/** Sent as never indexed (RFC 7541 §6.2.3). */
export const POLICY_SECRET = 3

const POLICIES: ReadonlyMap<string, number> = new Map([
  ...listed(
    POLICY_REPEATS,
    `:authority :method :scheme accept-encoding content-encoding content-type grpc-accept-encoding
    grpc-encoding grpc-status server te user-agent`,
  ),
  ...listed(
    POLICY_CHANGES,
    `content-length date etag grpc-message grpc-previous-rpc-attempts grpc-status-details-bin
    grpc-tags-bin grpc-timeout grpc-trace-bin last-modified traceparent tracestate x-request-id`,
  ),
  ...listed(POLICY_SECRET, 'authorization cookie proxy-authorization set-cookie token'),
])

export function policyOf(name: string): number {
  return POLICIES.get(name) ?? POLICY_LEARN
}

function listed(policy: number, names: string): [string, number][] {
  return names.split(/\s+/).map((name) => [name, policy])
}
