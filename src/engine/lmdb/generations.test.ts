import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedDisk, World } from '../../../sim/world/index.ts'
import { currentNumber, freeNumber, type Home, isFull, makeCurrent } from './generations.ts'

const DIRECTORY = '/data/engine'

function machine(options: { capacityBytes?: number } = {}) {
  const world = new World({ seed: 3 })
  const disk = new SimulatedDisk({ world, name: 'n1', ...options })
  let life = world.createLife('n1')
  const home = (): Home => ({ disk: disk.diskFor(life), directory: DIRECTORY })
  const end = (how: 'killed' | 'powerLost'): void => {
    life.end(how)
    if (how === 'powerLost') disk.failPower()
    life = world.createLife('n1')
  }
  return { world, disk, home, end }
}

async function makeFile({ disk, directory }: Home, number: number): Promise<void> {
  const file = await disk.open(`${directory}/data-${number}.mdb`, { mode: 'create' })
  await file.write(Uint8Array.of(number), 0, 1, 0)
  await file.sync()
  await file.close()
}

/** False when the change ended before that operation. */
async function crashAt(operation: number, how: 'killed' | 'powerLost'): Promise<boolean> {
  const { world, disk, home, end } = machine()
  await world.perform(async () => {
    await home().disk.makeDirectory(DIRECTORY)
    assert.equal(await currentNumber(home()), 0)
    await makeFile(home(), 1)
    await makeCurrent(home(), 1)
  })
  const from = disk.operations
  const moment = { isReached: false, isOver: false }
  disk.onOperation = ({ number }) => {
    moment.isReached ||= number - from >= operation
  }
  void change(home()).then(() => {
    moment.isOver = true
  })
  await world.run({ stop: () => moment.isReached || moment.isOver })
  disk.onOperation = null
  end(how)
  let found = 0
  await world.perform(async () => {
    found = await currentNumber(home())
    assert.ok(moment.isOver ? found === 2 : found === 1 || found === 2)
  })
  // Whatever the first start found stays so.
  end('powerLost')
  await world.perform(async () => {
    assert.equal(await currentNumber(home()), found)
    const names = await home().disk.list(DIRECTORY)
    assert.deepEqual(names, ['current', `data-${found}.mdb`])
  })
  return !moment.isOver
}

async function change(home: Home): Promise<void> {
  await makeFile(home, await freeNumber(home))
  await makeCurrent(home, 2)
}

describe('the file that is in force', () => {
  for (const end of ['killed', 'powerLost'] as const) {
    it(`is the old one or the new one when the change of it is ${end}`, async () => {
      let operation = 1
      while (await crashAt(operation, end)) operation += 1
      assert.ok(operation > 8)
    })
  }
})

describe('a disk of lmdb', () => {
  it('is full when there is no room for a transaction', async () => {
    for (const [capacityBytes, expected] of [
      [1_000_000, true],
      [100_000_000, false],
    ] as const) {
      const { world, disk, home } = machine({ capacityBytes })
      await world.perform(async () => {
        await home().disk.makeDirectory(DIRECTORY)
        assert.equal(await isFull(home()), expected)
        assert.equal(await isFull(home()), expected)
      })
      assert.equal(disk.files().size, 0)
    }
  })
})
