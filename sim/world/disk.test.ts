import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DIRECTORY, filled, Machine, PATH, readAll, write } from './testing/disk-machine.ts'

describe('the fence around a life', () => {
  it('nothing of a dead life settles, and what it asks for later does nothing', async () => {
    const machine = new Machine()
    const { world, life, io } = machine
    const file = await machine.run(() => machine.makeDurable(filled(10, 1)))
    const fail = (): void => assert.fail('it is dead')
    const watch = (promise: Promise<unknown>): void => {
      promise.then(fail, fail).finally(fail)
    }
    watch(write(file, filled(10, 2)))
    watch(file.sync())
    watch(io.list(DIRECTORY))
    life.end()
    const before = machine.disk.fingerprint()
    watch(write(file, filled(10, 3)))
    watch(file.sync())
    watch(file.close())
    watch(file.size())
    watch(io.remove(PATH))
    watch(io.open(PATH, { mode: 'read' }))
    watch(io.lock(DIRECTORY))
    await world.run()
    assert.equal(machine.disk.fingerprint(), before)
  })

  it('a dead life’s lock is free', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      await machine.io.makeDirectory(DIRECTORY)
      await machine.io.lock(DIRECTORY)
    })
    machine.restart('killed')
    await machine.run(() => machine.io.lock(DIRECTORY))
  })

  it('a paused life’s writes land, and it learns of them after it resumes', async () => {
    const machine = new Machine()
    const file = await machine.run(() => machine.makeDurable(filled(10, 1)))
    const order: number[] = []
    for (let i = 0; i < 5; i++) {
      void write(file, filled(1, 5), i).then(() => order.push(i))
    }
    machine.life.pause()
    await machine.world.run()
    assert.deepEqual(order, [])
    assert.deepEqual(machine.disk.bytesOf(PATH)?.subarray(0, 5), filled(5, 5))
    machine.life.resume()
    await machine.world.run()
    assert.equal(order.length, 5)
  })

  it('a life may be ended at the start and at the end of every operation', async () => {
    let total = 0
    const runTo = async (stopAt: number, phase: 'started' | 'done'): Promise<Machine> => {
      const machine = new Machine({ seed: stopAt })
      machine.disk.onOperation = (moment) => {
        if (moment.number === stopAt && moment.phase === phase) machine.life.end('powerLost')
      }
      void machine.makeDurable(filled(2_000, 1)).then((file) => file.close())
      await machine.world.run()
      total = machine.disk.operations
      return machine
    }
    await runTo(0, 'done')
    assert.equal(total, 6)
    for (let stopAt = 1; stopAt <= 6; stopAt++) {
      const machine = await runTo(stopAt, 'started')
      assert.equal(machine.disk.operations, stopAt, 'nothing starts after the end')
      await runTo(stopAt, 'done')
      assert.equal(machine.disk.operations, stopAt)
      machine.restart('powerLost')
    }
  })
})

describe('one seed', () => {
  /** A little program of random operations with every fault and two crashes. */
  const runOf = async (seed: number): Promise<string> => {
    const machine = new Machine({
      seed,
      faults: {
        readError: 0.02,
        writeError: 0.02,
        syncError: 0.02,
        nameError: 0.02,
        full: 0.02,
        rotOnRead: 0.05,
        rotAtRest: 0.05,
        misdirectedRead: 0.05,
        misdirectedWrite: 0.05,
        phantomWrite: 0.05,
        stall: 0.01,
      },
    })
    const chance = machine.world.chance('program')
    const log: string[] = []
    const step = async (): Promise<void> => {
      const path = `/data/${chance.below(4)}`
      const kind = chance.below(6)
      if (kind === 0) await machine.io.rename(path, `/data/${chance.below(4)}`)
      if (kind === 1) await machine.io.remove(path)
      if (kind === 2) await machine.io.syncDirectory(DIRECTORY)
      if (kind > 2) {
        const mode = chance.happens(0.5) ? 'create' : 'readWrite'
        const file = await machine.io.open(path, { mode, durable: chance.happens(0.3) })
        await write(file, filled(chance.below(3_000), chance.below(256)), chance.below(5_000))
        if (chance.happens(0.5)) await file.sync()
        log.push((await readAll(file)).join(','))
        await file.close()
      }
    }
    for (let crash = 0; crash < 3; crash++) {
      const { io } = machine
      await machine.run(() => io.makeDirectory(DIRECTORY).catch(() => {}))
      for (let worker = 0; worker < 3; worker++) {
        void (async () => {
          for (let i = 0; i < 30; i++) await step().catch((error) => log.push(String(error)))
        })()
      }
      await machine.world.run({ untilUs: machine.world.nowUs + 20_000 })
      machine.restart(crash === 1 ? 'killed' : 'powerLost')
    }
    log.push(JSON.stringify(machine.faults), machine.disk.fingerprint(), machine.world.traceHash)
    return log.join('\n')
  }

  it('gives the same trace, faults, results and images twice', async () => {
    const runs = new Set<string>()
    for (let seed = 0; seed < 20; seed++) {
      const once = await runOf(seed)
      assert.equal(await runOf(seed), once)
      runs.add(once)
    }
    assert.equal(runs.size, 20)
  })
})
