/**
 * conformance: one case for every requirement of RFC 9113 §3 to §8 and RFC 7541 that an endpoint
 * can violate, as data, driven by octets on real sockets.
 *
 * Invariants: the kit shares no code with what it tests, neither frames nor HPACK; no case waits
 * to see that nothing happens, a PING round trip shows it; every case shows afterwards that the
 * other side still serves; everything that arrives is checked for being legal (kit/legality.ts).
 */
import type { ClientCase, Group, ServerCase } from './case.ts'
import { CLIENT_CONNECTION_CASES } from './cases-client-connection.ts'
import { CLIENT_FRAME_CASES } from './cases-client-frames.ts'
import { CLIENT_MESSAGE_CASES } from './cases-client-messages.ts'
import { FLOW_CASES } from './cases-flow.ts'
import { FRAME_CASES } from './cases-frames.ts'
import { FRAMING_CASES } from './cases-framing.ts'
import { GENERIC_CASES } from './cases-generic.ts'
import { HPACK_CASES } from './cases-hpack.ts'
import { LEAVING_CASES } from './cases-leaving.ts'
import { MESSAGE_CASES } from './cases-messages.ts'
import { STREAM_CASES } from './cases-streams.ts'

export interface GroupedCase extends ServerCase {
  readonly group: Group
}

function grouped(group: Group, cases: readonly ServerCase[]): GroupedCase[] {
  return cases.map((one) => ({ ...one, group }))
}

export const SERVER_CASES: readonly GroupedCase[] = [
  ...grouped('generic', GENERIC_CASES),
  ...grouped('http2', FRAMING_CASES),
  ...grouped('http2', STREAM_CASES),
  ...grouped('http2', FRAME_CASES),
  ...grouped('http2', FLOW_CASES),
  ...grouped('http2', MESSAGE_CASES),
  ...grouped('http2', LEAVING_CASES),
  ...grouped('hpack', HPACK_CASES),
]

export const CLIENT_CASES: readonly ClientCase[] = [
  ...CLIENT_FRAME_CASES,
  ...CLIENT_CONNECTION_CASES,
  ...CLIENT_MESSAGE_CASES,
]
