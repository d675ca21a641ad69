/**
 * The fault atlas: where durable data may be destroyed. In the recoverable mode only a minority of
 * the voters of any configuration ever loses anything, so that a committed entry always has an
 * intact copy on a majority's worth of disks less that minority. A machine that was damaged counts
 * as such to the end of the run: rot may sleep. As others can always repair it, it has to start.
 *
 * In the hostile mode any machine may be damaged; then only "no wrong answer" is checked.
 */

import { type Configuration, majority, type NodeId } from '../src/raft/index.ts'
import type { Machine } from './machine.ts'
import type { Simulation } from './simulation.ts'

export class Atlas {
  readonly #simulation: Simulation
  readonly #damaged = new Set<NodeId>()
  readonly #mayRefuse = new Set<NodeId>()
  /** Every configuration that was ever proposed, with all its voters. */
  #configurations: Configuration[]

  constructor(simulation: Simulation, initial: Configuration) {
    this.#simulation = simulation
    this.#configurations = [initial]
  }

  get damaged(): ReadonlySet<NodeId> {
    return this.#damaged
  }

  /** May this machine lose durable data? Asking is taking: afterwards it counts as damaged. */
  takeDamage(machine: Machine): boolean {
    if (this.#damaged.has(machine.id)) return true
    if (!this.#simulation.config.hostile) {
      const damaged = new Set([...this.#damaged, machine.id])
      if (!this.#configurations.every((configuration) => survives(configuration, damaged))) {
        return false
      }
    }
    this.#damaged.add(machine.id)
    return true
  }

  /** A scenario damages what it wants: the machine may refuse to start from now on. */
  expectDamage(machine: Machine): void {
    this.#damaged.add(machine.id)
    this.#mayRefuse.add(machine.id)
  }

  /** May these be the members, given what is damaged already? If so they are remembered. */
  allowMembers(configuration: Configuration): boolean {
    const fine = this.#simulation.config.hostile || survives(configuration, this.#damaged)
    if (fine) this.#configurations.push(configuration)
    return fine
  }

  /** Only then may it find damage and need repair. */
  isDamaged(machine: Machine): boolean {
    return this.#damaged.has(machine.id)
  }

  /** May it refuse to start for damage? Only where nobody might be left to repair it. */
  mayRefuse(machine: Machine): boolean {
    return this.#simulation.config.hostile || this.#mayRefuse.has(machine.id)
  }
}

function survives(configuration: Configuration, damaged: ReadonlySet<NodeId>): boolean {
  for (const voters of [configuration.voters, configuration.outgoing]) {
    const lost = voters.filter((voter) => damaged.has(voter)).length
    if (voters.length > 0 && voters.length - lost < majority(voters.length)) return false
  }
  return true
}
