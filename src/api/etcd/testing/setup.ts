import { SeededChance } from '../../../base/index.ts'
import type { Hashing } from '../../../io/index.ts'
import { ManualClock } from '../../../log/testing/index.ts'
import type { NodeService } from '../../../server/index.ts'
import { EtcdDoor, type EtcdLimits } from '../index.ts'
import { LocalClient } from './local-client.ts'
import { ScriptedNode } from './scripted-node.ts'

/** Counts bytes instead of hashing them: what is hashed is the subject, not how. */
export const COUNTING: Hashing = {
  sha256: () => {
    let bytes = 0
    return {
      update: (piece) => {
        bytes += piece.length
      },
      digest: () => new Uint8Array(32).fill(bytes % 256),
    }
  },
}

interface SetupOptions<N extends NodeService> {
  readonly node: N
  readonly limits?: Partial<EtcdLimits>
}

/** A door over a node, called within the process, on time that stands still. */
export function setUp<N extends NodeService>({ node, limits = {} }: SetupOptions<N>) {
  const clock = new ManualClock()
  const chance = new SeededChance(5)
  const faults: unknown[] = []
  const door = new EtcdDoor({
    ...{ node, clock, chance, hashing: COUNTING, version: '3.6.6', limits },
    onFault: (error) => faults.push(error),
  })
  return { node, clock, door, faults, client: new LocalClient(door.methods) }
}

export function setUpScripted(limits: Partial<EtcdLimits> = {}) {
  return setUp({ node: new ScriptedNode(), limits })
}
