/** One node of a scenario: the machine, and what a test wants to do to it or know of it. */

import { assert } from '../src/base/index.ts'
import type { Group, GroupMark } from '../src/group/index.ts'
import type { GroupId, LogIndex, NodeId, Raft } from '../src/raft/index.ts'
import { DATA_GROUP } from '../src/server/index.ts'
import type { StateMachine } from '../src/state/index.ts'
import { DATA_DIRECTORY, type Machine, type MachineState } from './machine.ts'
import type { Simulation } from './simulation.ts'
import type { OperationMoment, SimulatedDisk } from './world/index.ts'

/** The group that scenarios talk to unless they say otherwise. */
export const GROUP: GroupId = DATA_GROUP

export class ScenarioNode {
  readonly id: NodeId
  readonly machine: Machine
  readonly disk: SimulatedDisk
  readonly #simulation: Simulation

  constructor(simulation: Simulation, machine: Machine) {
    this.#simulation = simulation
    this.id = machine.id
    this.machine = machine
    this.disk = machine.disk
  }

  get up(): boolean {
    return this.machine.node !== null
  }

  get condition(): MachineState {
    return this.machine.state
  }

  get group(): Group {
    assert(this.machine.node !== null, 'the node runs')
    return this.machine.node.group(GROUP)
  }

  get raft(): Raft {
    return this.group.raft
  }

  get state(): StateMachine {
    return this.group.machine
  }

  get leads(): boolean {
    return this.up && this.raft.role === 'leader'
  }

  /** Whether the state holds this entry. */
  hasApplied(index: LogIndex): boolean {
    return this.up && this.state.appliedIndex >= index
  }

  /** Loses power: what was not synced may be gone. */
  crash(): void {
    this.machine.crash('powerLost')
  }

  /** Dies as a process; the machine's cache keeps what was written. */
  kill(): void {
    this.machine.crash('killed')
  }

  restart(): void {
    this.machine.restart()
  }

  pause(): void {
    this.machine.pause()
  }

  resume(): void {
    this.machine.resume()
  }

  skew(ms: number): void {
    this.machine.clock.skew(ms)
  }

  /** Loses power when it next reaches this point. */
  stopAt(point: GroupMark): void {
    this.machine.stopAt(point)
  }

  /** Loses power at the first moment of its disk that fits; says so through `struck`. */
  stopAtDisk(fits: (moment: OperationMoment) => boolean): { readonly struck: boolean } {
    const stop = { struck: false }
    this.disk.onOperation = (moment) => {
      if (!fits(moment)) return
      this.disk.onOperation = null
      stop.struck = true
      this.crash()
    }
    return stop
  }

  /** The directory is gone. From here on it may refuse to start. */
  wipe(): void {
    this.#simulation.atlas.expectDamage(this.machine)
    this.disk.wipe(DATA_DIRECTORY)
  }

  /** Segments of the log, or snapshots, that are on the medium; the oldest first. */
  files(suffix: '.log' | '.snap'): string[] {
    return [...this.disk.files('durable').keys()].filter((path) => path.endsWith(suffix)).sort()
  }

  /** Flips a bit in each byte of the range. From here on it may refuse to start. */
  rot(path: string, offset: number, length = 1): void {
    this.#simulation.atlas.expectDamage(this.machine)
    this.disk.rot(path, offset, { length })
  }

  /** Other bytes on the medium. From here on it may refuse to start. */
  damage(path: string, offset: number, bytes: Uint8Array): void {
    this.#simulation.atlas.expectDamage(this.machine)
    this.disk.damage(path, offset, { bytes })
  }
}
