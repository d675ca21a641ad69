import { randomBytes } from 'node:crypto'
import { type Chance, SeededChance } from '../base/index.ts'

/** Differs on every call. Good for time-outs and sampling; not for secrets. */
export function createNodeChance(): Chance {
  // 53 bits are all that a seed can carry.
  const bits = randomBytes(8).readBigUInt64LE() >> 11n
  return new SeededChance(Number(bits), 'node')
}
