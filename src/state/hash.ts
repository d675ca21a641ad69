/**
 * A hash of the whole state that costs O(1) to read: the sum of one hash per key, in two lanes of
 * 32 bits. A sum does not depend on the order in which keys arrived, and a key that leaves is
 * subtracted. It finds divergence and damage; it is no defence against someone who picks the keys.
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

/** Four bytes at a time; the length goes in first, so that no two inputs run together. */
export function mixBytes(lanes: HashLanes, bytes: Uint8Array): void {
  mixWord(lanes, bytes.length)
  let position = 0
  for (; position + 4 <= bytes.length; position += 4) {
    mixWord(
      lanes,
      (bytes[position] as number) |
        ((bytes[position + 1] as number) << 8) |
        ((bytes[position + 2] as number) << 16) |
        ((bytes[position + 3] as number) << 24),
    )
  }
  for (; position < bytes.length; position++) mixWord(lanes, bytes[position] as number)
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
