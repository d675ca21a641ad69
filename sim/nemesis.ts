/** Picks what goes wrong next, by the weights that the run has drawn. */

import type { Chance } from '../src/base/index.ts'
import type { NemesisWeights } from './config.ts'
import * as faults from './faults.ts'
import { powerLossAfterName, rotRecord } from './reread-faults.ts'
import type { Simulation } from './simulation.ts'
import type { World } from './world/index.ts'

type Action = (simulation: Simulation, chance: Chance) => boolean | Promise<boolean>

/**
 * Each action says whether it did anything; the atlas and the state of the cluster may forbid it.
 */
const ACTIONS: Record<keyof NemesisWeights, Action> = {
  kill: (simulation, chance) => faults.crashOne(simulation, chance, 'killed'),
  powerLoss: (simulation, chance) => faults.crashOne(simulation, chance, 'powerLost'),
  powerLossInWrite: faults.crashInWrite,
  powerLossAfterName,
  powerLossAll: faults.crashAll,
  pause: faults.pauseOne,
  partition: faults.partition,
  holdLink: faults.holdLink,
  resetLink: faults.resetLink,
  transfer: faults.transferOne,
  campaign: faults.campaignOne,
  membership: faults.changeMembers,
  clockStep: faults.stepClock,
  slowDisk: faults.slowDisk,
  stallDisk: faults.stallDisk,
  cutOff: faults.cutOff,
  fullDisk: faults.fillDisk,
  failSync: (simulation, chance) => faults.failDisk(simulation, chance, 'sync'),
  failWrite: (simulation, chance) => faults.failDisk(simulation, chance, 'write'),
  rot: faults.rotLog,
  rotRecord,
  misdirect: faults.misdirectWrite,
  rotSnapshot: faults.rotSnapshot,
  rotEngine: faults.rotEngine,
  rotValue: faults.rotValue,
  moveLeader: faults.moveLeader,
  disarm: faults.disarm,
  wipe: faults.wipeOne,
  oldCopy: faults.restoreOldCopy,
  swapDisks: faults.swapDisks,
}

export class Nemesis {
  readonly #simulation: Simulation
  readonly #world: World
  readonly #chance: Chance
  readonly #names: readonly (keyof NemesisWeights)[]
  readonly #total: number
  #running = true

  constructor(simulation: Simulation, world: World) {
    this.#simulation = simulation
    this.#world = world
    this.#chance = world.chance('nemesis')
    const { weights } = simulation.config
    this.#names = (Object.keys(ACTIONS) as (keyof NemesisWeights)[]).filter((n) => weights[n] > 0)
    this.#total = this.#names.reduce((sum, name) => sum + weights[name], 0)
    if (this.#total > 0) this.#schedule()
  }

  stop(): void {
    this.#running = false
  }

  #schedule(): void {
    const { nemesisMs } = this.#simulation.config
    this.#world.schedule(this.#chance.below(2 * nemesisMs * 1000), null, () => {
      if (!this.#running) return
      this.#strike()
      this.#schedule()
    })
  }

  async #act(name: keyof NemesisWeights): Promise<void> {
    const acted = ACTIONS[name](this.#simulation, this.#chance)
    if (typeof acted === 'boolean' ? acted : await acted) {
      this.#simulation.countFault(`nemesis: ${name}`)
    }
  }

  #strike(): void {
    let draw = (this.#chance.below(1_000_000) / 1_000_000) * this.#total
    const { weights } = this.#simulation.config
    for (const name of this.#names) {
      draw -= weights[name]
      if (draw > 0) continue
      // What takes promises to find its place is done before the next event, too.
      void this.#act(name)
      return
    }
  }
}
