/**
 * Two lanes of 32 bits in which numbers are mixed: a hash of 53 bits at the price of plain machine
 * integers. It is no defence against someone who picks the numbers.
 */

const PRIME_LOW = 0x01000193
const PRIME_HIGH = 0x85ebca6b

export interface HashLanes {
  low: number
  high: number
}

export function emptyLanes(): HashLanes {
  return { low: 0x811c9dc5 | 0, high: 0x27d4eb2f | 0 }
}

export function mixNumber(lanes: HashLanes, value: number): void {
  mixWord(lanes, value | 0)
  mixWord(lanes, (value / 0x100000000) | 0)
}

function mixWord(lanes: HashLanes, word: number): void {
  const low = Math.imul(lanes.low ^ word, PRIME_LOW)
  lanes.low = low ^ (low >>> 15)
  const high = Math.imul((lanes.high + word) | 0, PRIME_HIGH)
  lanes.high = (high ^ (high >>> 13)) + lanes.low
  lanes.high |= 0
}

/** MurmurHash3's finisher: every input bit reaches every output bit. */
export function finishLane(lane: number): number {
  let mixed = lane ^ (lane >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) | 0
}

/** Both lanes as one natural number of 53 bits. */
export function joinLanes({ low, high }: HashLanes): number {
  return (finishLane(high) >>> 11) * 0x100000000 + (finishLane(low) >>> 0)
}
