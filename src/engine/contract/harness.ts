import {
  type DiskOperation,
  SimulatedClock,
  SimulatedDisk,
  World,
} from '../../../sim/world/index.ts'
import type { Clock, Disk } from '../../io/index.ts'
import type { EngineFactory } from '../types.ts'

export type Crash = 'killed' | 'powerLost'

/** What a contract test runs in: one directory, which survives what is opened on it. */
export interface EngineHarness {
  /** Performs the body; a simulated world moves on until it has settled. */
  run(body: () => Promise<void>): Promise<void>
  readonly clock: Clock
  /** Of the process that lives now, always on the same directory, which is empty at first. */
  factory(): EngineFactory
  /**
   * The process is gone from one moment to the next, and with it whatever it had opened; another
   * one lives from now on. Null: this harness cannot do that.
   */
  readonly crash: ((end: Crash) => void) | null
  /** Releases everything that was made. */
  close(): Promise<void>
}

export type FactoryOn = (parts: {
  readonly disk: Disk
  readonly clock: Clock
  readonly directory: string
}) => EngineFactory

export interface SimulatedHarness extends EngineHarness {
  readonly crash: (end: Crash) => void
  readonly world: World
  readonly disk: SimulatedDisk
  /** The process ends when this operation of the disk (counted from the first) has begun. */
  crashAt(operation: number, end: Crash): void
  /** What was under way when it ended so; null: it did not. */
  readonly crashed: DiskOperation | null
}

export const DIRECTORY = '/data/engine'

/** On a simulated disk, for every engine whose only door to the outside is `io`. */
export function createSimulatedHarness(createOn: FactoryOn, seed = 1): SimulatedHarness {
  const world = new World({ seed })
  const disk = new SimulatedDisk({ world, name: 'n1' })
  const machineClock = new SimulatedClock({ world, name: 'n1' })
  let life = world.createLife('n1')
  let io = disk.diskFor(life)
  let clock = machineClock.clockFor(life)
  let crashed: DiskOperation | null = null
  const live = (): void => {
    life = world.createLife('n1')
    io = disk.diskFor(life)
    clock = machineClock.clockFor(life)
  }
  return {
    world,
    disk,
    run: (body) => world.perform(body),
    get clock() {
      return clock
    },
    factory: () => createOn({ disk: io, clock, directory: DIRECTORY }),
    crash(end) {
      life.end(end)
      if (end === 'powerLost') disk.failPower()
      live()
    },
    crashAt(operation, end) {
      crashed = null
      disk.onOperation = ({ number, operation: what }) => {
        if (crashed !== null || number < operation) return
        crashed = what
        life.end(end)
      }
    },
    get crashed() {
      return crashed
    },
    close: async () => life.end(),
  }
}
