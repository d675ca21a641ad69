import { describeClock, describeDisk } from '../../src/io/contract/index.ts'
import { SimulatedClock, SimulatedDisk, World } from './index.ts'

/** More than one order of events has to pass. */
const SEEDS = [1, 2, 3]

for (const seed of SEEDS) {
  for (const drift of [-0.05, 0, 0.05]) {
    describeClock(`the simulated clock, seed ${seed}, drift ${drift}`, async () => {
      const world = new World({ seed })
      const life = world.createLife('n1')
      const machine = new SimulatedClock({ world, name: 'n1', drift, wallOffsetMs: -3_600_000 })
      return {
        clock: machine.clockFor(life),
        run: (body) => world.perform(body),
        close: async () => life.end(),
      }
    })
  }

  describeDisk(`the simulated disk, seed ${seed}`, async () => {
    const world = new World({ seed })
    const disk = new SimulatedDisk({ world, name: 'n1' })
    const [life, otherLife] = [world.createLife('one'), world.createLife('other')]
    const own = disk.diskFor(life)
    await world.perform(() => own.makeDirectory('/data/n1'))
    return {
      disk: own,
      other: disk.diskFor(otherLife),
      directory: '/data/n1',
      run: (body) => world.perform(body),
      close: async () => {
        life.end()
        otherLife.end()
      },
    }
  })
}
