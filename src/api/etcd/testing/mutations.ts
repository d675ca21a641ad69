import type { Chance } from '../../../base/index.ts'
import { BAD_INPUTS } from './bad-inputs/index.ts'
import { CONVERSATION } from './conversation.ts'

export interface Message {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Larger ones say nothing that smaller ones do not, and take long. */
const BYTES_MAX = 5000

/** Numbers that stand at an edge, as they travel: 2^53, 2^63, -1, 2^32, all bits of ten bytes. */
const EDGES: readonly (readonly number[])[] = [
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x00],
]

/** Every message that the tests know, good or bad. */
export function knownMessages(): readonly Message[] {
  const asked = CONVERSATION.map(({ method, request }) => {
    const bytes = new Uint8Array(method.request.encodedLength(request))
    method.request.encode(request, bytes, 0)
    return { path: method.path, bytes }
  })
  return [...asked, ...BAD_INPUTS].filter(({ bytes }) => bytes.length <= BYTES_MAX)
}

/** With some of its bytes changed, left out, doubled, or replaced by a number at an edge. */
export function mutated(bytes: Uint8Array, chance: Chance): Uint8Array {
  const result = [...bytes]
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const at = chance.below(result.length + 1)
    const choice = chance.below(4)
    if (choice === 0) result[at] = chance.below(256)
    else if (choice === 1) result.splice(at, 1 + chance.below(3))
    else if (choice === 2) result.splice(at, 0, ...result.slice(at, at + chance.below(20)))
    else result.splice(at, 1, ...(EDGES[chance.below(EDGES.length)] ?? []))
  }
  return Uint8Array.from(result)
}
