/**
 * conformance: one case for every requirement of RFC 9113 §3 to §8 and RFC 7541 that an endpoint
 * can violate, as data, driven by octets on real sockets.
 *
 * Invariants: the kit shares no code with what it tests, neither frames nor HPACK; no case waits
 * to see that nothing happens, a PING round trip shows it; every case shows afterwards that the
 * other side still serves; everything that arrives is checked for being legal (kit/legality.ts).
 */
import type { Group, ServerCase } from './case.ts'
import { GENERIC_CASES } from './cases-generic.ts'

export interface GroupedCase extends ServerCase {
  readonly group: Group
}

function grouped(group: Group, cases: readonly ServerCase[]): GroupedCase[] {
  return cases.map((one) => ({ ...one, group }))
}

export const SERVER_CASES: readonly GroupedCase[] = [...grouped('generic', GENERIC_CASES)]
