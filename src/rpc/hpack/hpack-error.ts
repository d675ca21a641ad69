/**
 * What is wrong with a header block. Every row ends the connection with COMPRESSION_ERROR (RFC 9113
 * §4.3): the two tables can no longer be known to be the same.
 */
export const HPACK_REASONS = {
  'integer-too-long': 'an integer takes more octets or is larger than allowed (RFC 7541 §5.1)',
  truncated: 'the header block ends inside a representation',
  'huffman-end-of-string': 'a Huffman-coded string contains the EOS symbol (RFC 7541 §5.2)',
  'huffman-padding': 'a Huffman-coded string is not padded as RFC 7541 §5.2 demands',
  'index-zero': 'an indexed field has index 0 (RFC 7541 §6.1)',
  'index-beyond': 'an index is beyond the end of the tables (RFC 7541 §2.3.3)',
  'update-misplaced': 'a table size update follows a field (RFC 7541 §4.2)',
  'update-repeated': 'a header block has more than two table size updates (RFC 7541 §4.2)',
  'update-too-large': 'a table size update is above the limit (RFC 7541 §6.3)',
  'update-missing': 'the table size was reduced and no update tells so (RFC 7541 §4.2)',
  'failed-before': 'an earlier header block of this connection could not be decoded',
} as const

export type HpackReason = keyof typeof HPACK_REASONS

/** The peer's header block breaks RFC 7541. The decoder that threw it decodes nothing any more. */
export class HpackError extends Error {
  override readonly name = 'HpackError'
  readonly reason: HpackReason

  constructor(reason: HpackReason) {
    super(HPACK_REASONS[reason])
    this.reason = reason
  }
}
