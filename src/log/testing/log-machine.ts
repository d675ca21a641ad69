/** A log on the simulated disk of one machine that can be killed and lose its power. */

import {
  type DiskFaults,
  type Life,
  SimulatedClock,
  SimulatedDisk,
  World,
} from '../../../sim/world/index.ts'
import { type Clock, type Disk, DiskError } from '../../io/index.ts'
import { type LogLimits, type LogOptions, type OpenedLog, openLog } from '../index.ts'
import { Model, type ModelStep } from './model.ts'

export const DIRECTORY = '/data/log'

export const SMALL: LogLimits = {
  segmentBytes: 8 * 4096,
  batchBytesMax: 8 * 4096,
  cacheBytesMax: 2_000,
  groupCommitWindowMs: 0,
  recycledSegmentsMax: 1,
}

export interface LogMachineOptions {
  readonly seed?: number
  readonly limits?: Partial<LogLimits>
  readonly faults?: Partial<DiskFaults>
  readonly capacityBytes?: number
  readonly options?: Partial<LogOptions>
}

export class LogMachine {
  readonly world: World
  readonly disk: SimulatedDisk
  readonly #limits: LogLimits
  readonly #options: Partial<LogOptions>
  life: Life
  io: Disk
  clock: Clock
  readonly #clock: SimulatedClock
  opened: OpenedLog | null = null
  fatal: Error | null = null
  space: boolean[] = []
  /** The model after each step that was handed to the log, from the empty one. */
  states: Model[] = [new Model()]
  /** Up to which of them the log has said that it is durable. */
  durable = 0

  constructor({ seed = 1, limits, faults, capacityBytes, options }: LogMachineOptions = {}) {
    this.world = new World({ seed })
    this.disk = new SimulatedDisk({
      world: this.world,
      name: 'n1',
      ...(faults === undefined ? {} : { faults }),
      ...(capacityBytes === undefined ? {} : { capacityBytes }),
    })
    this.#limits = { ...SMALL, ...limits }
    this.#options = options ?? {}
    this.life = this.world.createLife('n1')
    this.io = this.disk.diskFor(this.life)
    this.#clock = new SimulatedClock({ world: this.world, name: 'n1' })
    this.clock = this.#clock.clockFor(this.life)
  }

  get log() {
    if (this.opened === null) throw new DiskError('closed', { operation: 'log', path: DIRECTORY })
    return this.opened.log
  }

  get model(): Model {
    return this.states.at(-1) as Model
  }

  run<T>(body: () => Promise<T>): Promise<T> {
    return this.world.perform(body)
  }

  open(options: Partial<LogOptions> = {}): Promise<OpenedLog> {
    return this.run(() => this.openHere(options))
  }

  async openHere(options: Partial<LogOptions> = {}): Promise<OpenedLog> {
    this.fatal = null
    this.opened = null
    this.opened = await openLog({
      disk: this.io,
      clock: this.clock,
      directory: DIRECTORY,
      identity: { clusterId: 77, nodeId: 1 },
      limits: this.#limits,
      repairable: false,
      create: true,
      onFatal: (error) => {
        this.fatal = error
      },
      onSpace: (full) => this.space.push(full),
      chance: this.world.chance('log salt'),
      ...this.#options,
      ...options,
    })
    return this.opened
  }

  /** Hands a step to the log; resolves when a write is durable, at once for anything else. */
  take(step: ModelStep): Promise<void> {
    this.states.push(this.model.after(step))
    const number = this.states.length - 1
    if (step.kind === 'cut') this.log.cut(step.group, step.mark)
    if (step.kind === 'drop') this.log.dropGroup(step.group)
    if (step.kind !== 'write') return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        if (number <= this.durable) throw new RangeError('done out of order')
        this.durable = number
        resolve()
      }
      this.log.append({ ...step.write, done })
    })
  }

  /** The process ends; with the power, what was not synced is lost. */
  restart(end: 'killed' | 'powerLost'): void {
    this.life.end(end)
    if (end === 'powerLost') this.disk.failPower()
    this.life = this.world.createLife('n1')
    this.io = this.disk.diskFor(this.life)
    this.clock = this.#clock.clockFor(this.life)
    this.opened = null
  }

  /** The crash decided which of the steps came to be: from here on they are the history. */
  settleOn(state: number): void {
    this.states = [this.states[state] as Model]
    this.durable = 0
  }
}
