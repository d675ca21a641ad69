import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import { checkEntries, sameOutline } from './testing/compare.ts'
import { DIRECTORY, LogMachine } from './testing/log-machine.ts'
import { type Model, markOf } from './testing/model.ts'
import { cut, entries, hardState, hardStateOf } from './testing/steps.ts'

function pause(machine: LogMachine, ms: number): Promise<void> {
  return machine.run(() => new Promise<void>((resolve) => machine.clock.after(ms, resolve)))
}

/** The log came up with one of the states from the last acknowledged one on. */
function settleOnWhatCameUp(machine: LogMachine): number {
  const { opened } = machine
  assert.ok(opened !== null)
  for (let state = machine.states.length - 1; state >= machine.durable; state--) {
    if (!sameOutline(opened, machine.states[state] as Model)) continue
    machine.settleOn(state)
    return state
  }
  assert.fail('nothing that was acknowledged is lost')
}

describe('a write that fails', () => {
  it('poisons the log: one report, no further answer, nothing written any more', async () => {
    const machine = new LogMachine()
    let reports = 0
    await machine.open({
      onFatal: (error) => {
        reports += 1
        machine.fatal = error
      },
    })
    await machine.run(() => machine.take(entries(1, 1)))
    machine.disk.failNext('write', { code: 'io' })
    void machine.take(entries(1, 2)).then(() => assert.fail('told durable'))
    await pause(machine, 20)
    assert.equal(reports, 1)
    assert.ok(machine.fatal instanceof KvError && machine.fatal.code === 'DISK_FAILED')
    const operations = machine.disk.operations
    for (let i = 3; i < 6; i++) {
      void machine.take(entries(1, i)).then(() => assert.fail('told durable'))
    }
    machine.log.cut(1, markOf(1, 1))
    machine.log.dropGroup(1)
    await pause(machine, 2000)
    assert.equal(reports, 1)
    assert.equal(machine.disk.operations, operations)
    assert.equal(machine.durable, 1)
    await machine.run(() => machine.log.close())
    await machine.run(() => machine.log.close())
  })

  it('is never followed by another entry under its index (nebula #568)', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const machine = new LogMachine({ seed })
      await machine.open()
      await machine.run(() => machine.take(entries(1, 1, { count: 3 })))
      machine.disk.failNext('write', { code: 'io' })
      void machine.take(entries(1, 4, { count: 2, bytes: 4000 }))
      await pause(machine, 20)
      assert.ok(machine.fatal !== null)
      machine.restart(seed % 2 === 0 ? 'killed' : 'powerLost')
      await machine.open()
      settleOnWhatCameUp(machine)
      await machine.run(() => checkEntries(machine.log, machine.model))
    }
  })

  it('may be readable and gone all the same: it is written anew before it counts', async () => {
    // The write fails, the cache keeps the bytes and calls them clean; only then the power fails.
    let kept = 0
    for (let seed = 1; seed <= 20; seed++) {
      const machine = new LogMachine({ seed })
      await machine.open()
      await machine.run(() => machine.take(entries(1, 1, { count: 3 })))
      await pause(machine, 100)
      machine.disk.setFaults({ phantomWrite: 1 })
      machine.disk.hold('write')
      void machine.take(hardState(1, hardStateOf(2, 1, 1)))
      void machine.take(entries(1, 4, { count: 2, term: 2 }))
      await pause(machine, 5)
      machine.disk.release()
      await pause(machine, 1)
      machine.disk.setFaults({ phantomWrite: 0 })
      // As if the write had reported its failure: nobody was told.
      machine.durable = 1
      machine.restart('killed')
      await machine.open()
      if (settleOnWhatCameUp(machine) > 1) kept += 1
      machine.restart('powerLost')
      await machine.open()
      assert.ok(sameOutline(machine.opened as never, machine.model), `seed ${seed}`)
      await machine.run(() => checkEntries(machine.log, machine.model))
    }
    assert.ok(kept > 0, 'what is readable is taken')
  })

  it('in the background poisons, too', async () => {
    for (const operation of ['syncDirectory', 'sync', 'rename'] as const) {
      const machine = new LogMachine()
      await machine.open()
      await pause(machine, 50)
      machine.disk.failNext(operation, { code: 'io' })
      let told = 0
      for (let i = 1; i <= 40; i++) {
        void machine.take(entries(1, i, { bytes: 3000 })).then(() => {
          told += 1
        })
      }
      await pause(machine, 200)
      assert.ok(machine.fatal !== null, operation)
      assert.ok(told < 40)
      machine.restart('powerLost')
      await machine.open()
      settleOnWhatCameUp(machine)
      await machine.run(() => checkEntries(machine.log, machine.model))
    }
  })

  it('while the log opens is refused, and the next start finds everything', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(() => machine.take(entries(1, 1, { count: 4 })))
    for (const operation of ['list', 'open', 'read', 'write', 'rename', 'syncDirectory'] as const) {
      for (let skip = 0; skip < 4; skip++) {
        machine.restart('killed')
        machine.disk.failNext(operation, { code: 'io', skip })
        try {
          await machine.open()
        } catch (error) {
          assert.ok(error instanceof KvError && error.code === 'DISK_FAILED', String(error))
        }
        await pause(machine, 5)
      }
    }
    machine.restart('powerLost')
    // Some of the failures that were planned are still to come.
    for (let left = 24; machine.opened === null && left > 0; left--) {
      machine.restart('powerLost')
      await machine.open().catch(() => {})
    }
    settleOnWhatCameUp(machine)
    await machine.run(() => checkEntries(machine.log, machine.model))
  })
})

describe('a single node', () => {
  it('has nothing durable before the disk says so (etcd #14370)', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const machine = new LogMachine({ seed })
      await machine.open()
      machine.disk.hold('write')
      void machine.take(hardState(1, hardStateOf(1, 0, 1)))
      void machine.take(entries(1, 1))
      await pause(machine, 10)
      assert.equal(machine.durable, 0)
      machine.restart('powerLost')
      machine.disk.release()
      await machine.open()
      settleOnWhatCameUp(machine)
    }
  })
})

describe('a full disk', () => {
  /** Room for the active segment, the next and the spare, and little else. */
  async function nearlyFull(): Promise<LogMachine> {
    const machine = new LogMachine()
    await machine.open()
    await pause(machine, 100)
    machine.disk.setCapacity(machine.disk.usedBytes + 4096)
    return machine
  }

  it('is told, and the log goes on in its spare', async () => {
    const machine = await nearlyFull()
    let index = 0
    await machine.run(async () => {
      while (!machine.space.includes(true)) {
        index += 1
        await machine.take(entries(1, index, { bytes: 2000 }))
      }
      for (let i = 0; i < 6; i++) {
        index += 1
        await machine.take(entries(1, index, { bytes: 2000 }))
      }
    })
    assert.equal(machine.fatal, null)
    assert.deepEqual(machine.space, [true])
    assert.equal(machine.durable, index)
  })

  it('that gets room again is noticed without a restart', async () => {
    const machine = await nearlyFull()
    let index = 0
    await machine.run(async () => {
      while (!machine.space.includes(true)) {
        index += 1
        await machine.take(entries(1, index, { bytes: 2000 }))
      }
    })
    machine.disk.setCapacity(Number.POSITIVE_INFINITY)
    await pause(machine, 1500)
    assert.deepEqual(machine.space, [true, false])
    await machine.run(async () => {
      for (let i = 0; i < 50; i++) {
        index += 1
        await machine.take(entries(1, index, { bytes: 2000 }))
      }
    })
    assert.equal(machine.fatal, null)
  })

  it('gets room from a cut, at once', async () => {
    const machine = await nearlyFull()
    let index = 0
    await machine.run(async () => {
      while (!machine.space.includes(true)) {
        index += 1
        await machine.take(entries(1, index, { bytes: 2000 }))
      }
      await machine.take(cut(1, index))
    })
    await pause(machine, 50)
    assert.deepEqual(machine.space, [true, false])
    assert.equal(machine.fatal, null)
  })

  it('ends the node only when the spare is used up, and nothing acknowledged is lost', async () => {
    const machine = await nearlyFull()
    let stopped = false
    void (async () => {
      for (let i = 1; !stopped; i++) await machine.take(entries(1, i, { bytes: 2000 }))
    })()
    await machine.run(async () => {
      while (machine.fatal === null) {
        await new Promise<void>((resolve) => machine.clock.after(1, resolve))
      }
    })
    stopped = true
    assert.ok(machine.fatal instanceof KvError && machine.fatal.code === 'DISK_FULL')
    machine.restart('powerLost')
    machine.disk.setCapacity(Number.POSITIVE_INFINITY)
    await machine.open()
    settleOnWhatCameUp(machine)
  })

  it('does not keep a node from starting while there is a spare', async () => {
    const machine = await nearlyFull()
    await machine.run(() => machine.take(entries(1, 1)))
    for (let life = 0; life < 5; life++) {
      machine.restart('powerLost')
      await machine.open()
      await pause(machine, 50)
      assert.ok(sameOutline(machine.opened as never, machine.model), `life ${life}`)
    }
  })

  it('without a spare refuses to start with a typed error', async () => {
    const machine = new LogMachine({ capacityBytes: 10_000 })
    await assert.rejects(
      machine.open(),
      (error) => error instanceof KvError && error.code === 'DISK_FULL',
    )
    assert.deepEqual(
      [...machine.disk.files().keys()].filter((name) => name.startsWith(`${DIRECTORY}/0`)),
      [],
    )
  })
})
