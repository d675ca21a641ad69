import type { Chance } from '../../src/base/index.ts'
import type { Direction } from './network-config.ts'

/** Which directions between the addresses are cut: patterns of partitions. */

function cutsWhere(
  addresses: readonly string[],
  cut: (from: number, to: number) => boolean,
): Direction[] {
  const cuts: Direction[] = []
  addresses.forEach((from, i) => {
    addresses.forEach((to, j) => {
      if (i !== j && cut(i, j)) cuts.push({ from, to })
    })
  })
  return cuts
}

/** One is alone, the others are together. */
export function isolateOne(addresses: readonly string[], lonely: number): Direction[] {
  return cutsWhere(addresses, (from, to) => from === lonely || to === lonely)
}

/** The first so many, and the rest; half and half unless told. */
export function halves(
  addresses: readonly string[],
  firstCount = Math.floor(addresses.length / 2),
): Direction[] {
  return cutsWhere(addresses, (from, to) => from < firstCount !== to < firstCount)
}

/** Two halves that meet only in one node. */
export function bridge(addresses: readonly string[], middle: number): Direction[] {
  const others = addresses.map((_, i) => i).filter((i) => i !== middle)
  const left = new Set(others.slice(0, Math.floor(others.length / 2)))
  return cutsWhere(
    addresses,
    (from, to) => from !== middle && to !== middle && left.has(from) !== left.has(to),
  )
}

/** Each reaches only its two neighbours. */
export function ring(addresses: readonly string[]): Direction[] {
  const last = addresses.length - 1
  return cutsWhere(addresses, (from, to) => {
    const distance = Math.abs(from - to)
    return distance !== 1 && distance !== last
  })
}

/** A ring that does not close. */
export function chain(addresses: readonly string[]): Direction[] {
  return cutsWhere(addresses, (from, to) => Math.abs(from - to) !== 1)
}

/** One hears nobody but is heard, or the other way round. */
export function asymmetric(
  addresses: readonly string[],
  { index, is }: { index: number; is: 'deaf' | 'mute' },
): Direction[] {
  return cutsWhere(addresses, (from, to) => (is === 'deaf' ? to : from) === index)
}

/** At each step another one is alone. */
export function rotating(addresses: readonly string[], step: number): Direction[] {
  return isolateOne(addresses, step % addresses.length)
}

/** Each direction by itself. */
export function scattered(
  addresses: readonly string[],
  { chance, probability }: { chance: Chance; probability: number },
): Direction[] {
  return cutsWhere(addresses, () => chance.happens(probability))
}
