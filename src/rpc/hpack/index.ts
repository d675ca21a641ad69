/**
 * hpack: header compression for HTTP/2, RFC 7541. Pure computation on octets.
 *
 * Invariants: what the decoder gives is what the peer's encoder was given, or it throws HpackError,
 * after which it decodes nothing more; work and memory are linear in the block's octets and bounded
 * by the limits in `src/base/limits.ts`; a secret field never enters a table of ours; the same list
 * object comes back for a block that repeats.
 *
 * Text is latin1 both ways: one character is one octet, and every octet survives. Not here: whether
 * the fields make sense as a request (`../http2`), and frames.
 */
export { HpackDecoder, type HpackDecoderOptions, type TableState } from './decoder.ts'
export { HpackEncoder, type HpackEncoderOptions } from './encoder.ts'
export { HeaderList } from './header-list.ts'
export { HpackError, type HpackReason } from './hpack-error.ts'
export { OutgoingHeaders, type OutgoingHeadersOptions } from './outgoing-headers.ts'
