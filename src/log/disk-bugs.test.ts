/** Bugs other systems had with their disks, each as a test. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import { openSnapshots } from './index.ts'
import { checkEntries, sameOutline } from './testing/compare.ts'
import { DIRECTORY, LogMachine } from './testing/log-machine.ts'
import { markOf } from './testing/model.ts'
import { cut, entries, hardStateOf } from './testing/steps.ts'

function pause(machine: LogMachine, ms: number): Promise<void> {
  return machine.run(() => new Promise<void>((resolve) => machine.clock.after(ms, resolve)))
}

async function isThere(machine: LogMachine): Promise<void> {
  await machine.open({ create: false })
  assert.ok(sameOutline(machine.opened as never, machine.model))
  await machine.run(() => checkEntries(machine.log, machine.model))
}

function isCorrupt(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof KvError && error.code === 'LOG_CORRUPT', String(error))
    assert.match(error.message, pattern)
    return true
  }
}

describe('bugs others had', () => {
  it('a new segment is found after a power failure, its name included (etcd #6368)', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const machine = new LogMachine({ seed, limits: { recycledSegmentsMax: seed % 3 } })
      await machine.open()
      await machine.run(async () => {
        // Every append fills a segment: what was acknowledged last lies in the newest one.
        for (let i = 1; i <= 1 + (seed % 7); i++)
          await machine.take(entries(1, i, { bytes: 20_000 }))
      })
      machine.restart('powerLost')
      await isThere(machine)
    }
  })

  it('nothing is acknowledged before it is on the medium (NATS #7564)', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const machine = new LogMachine({ seed })
      await machine.open()
      await machine.run(async () => {
        for (let i = 1; i <= 20; i++) await machine.take(entries(1 + (i % 3), Math.ceil(i / 3)))
      })
      await pause(machine, 10)
      machine.restart('powerLost')
      await isThere(machine)
    }
  })

  it('the first segment damaged, the second is not replayed alone (TOB-ETCD-007)', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      for (let i = 1; i <= 30; i++) await machine.take(entries(1, i, { bytes: 3000 }))
      await machine.log.close()
    })
    machine.disk.rot(`${DIRECTORY}/0000000001.log`, 12)
    machine.restart('powerLost')
    await assert.rejects(machine.open(), isCorrupt(/0000000001\.log at offset 0/))
    const opened = await machine.open({ repairable: true })
    const replica = opened.groups.get(1)
    assert.equal(replica?.last, 0)
    assert.equal(replica?.hardState.recovering, true)
  })

  it('an entry that rotted is not read back, and the others are (PAR)', async () => {
    const machine = new LogMachine({ limits: { cacheBytesMax: 0 } })
    await machine.open()
    await machine.run(() => machine.take(entries(1, 1, { count: 9, bytes: 700 })))
    await pause(machine, 50)
    const path = `${DIRECTORY}/0000000001.log`
    const bytes = machine.disk.bytesOf(path) as Uint8Array
    const wanted = machine.model.groups.get(1)?.entries[4]
    assert.ok(wanted !== undefined)
    const data = Buffer.from(bytes).indexOf(wanted.data)
    machine.disk.rot(path, data + 100)
    await machine.run(async () => {
      const pattern = /0000000001\.log at offset \d+, entry 5 of group 1/
      await assert.rejects(machine.log.load(1, 5, 5, 1e6), isCorrupt(pattern))
      await assert.rejects(machine.log.load(1, 1, 9, 1e6), isCorrupt(pattern))
      assert.equal((await machine.log.load(1, 1, 4, 1e6)).length, 4)
      assert.equal((await machine.log.load(1, 6, 9, 1e6)).length, 4)
    })
  })

  it('a record that was written to the wrong place is not taken for another', async () => {
    const machine = new LogMachine({ limits: { cacheBytesMax: 0 } })
    await machine.open()
    await machine.run(async () => {
      for (let i = 1; i <= 4; i++) await machine.take(entries(1, i, { bytes: 50 }))
    })
    const path = `${DIRECTORY}/0000000001.log`
    const bytes = machine.disk.bytesOf(path) as Uint8Array
    // The batches of entries 2 and 3 begin at their own pages.
    machine.disk.damage(path, 4 * 4096, { bytes: bytes.slice(3 * 4096, 3 * 4096 + 300) })
    await machine.run(async () => {
      await assert.rejects(machine.log.load(1, 3, 3, 1e6), isCorrupt(/entry 3 of group 1/))
    })
    machine.restart('powerLost')
    await assert.rejects(machine.open(), isCorrupt(/0000000001\.log/))
  })

  it('an entry behind a snapshot never stands on an older state (ZOOKEEPER-2310)', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const machine = new LogMachine({ seed })
      await machine.open()
      let crashed = false
      const stopAt = machine.disk.operations + 4 + seed
      machine.disk.onOperation = ({ number }) => {
        if (crashed || number < stopAt) return
        crashed = true
        machine.life.end('powerLost')
      }
      const work = async (): Promise<void> => {
        const store = await openSnapshots({ disk: machine.io, directory: '/data/s', clusterId: 1 })
        await machine.take(entries(1, 1, { count: 10 }))
        const writer = await store.begin(1, markOf(30, 1))
        await writer.write(new Uint8Array(5000))
        await writer.finish()
        const hardState = hardStateOf(1, 30)
        const snapshot = markOf(30, 1)
        const write = { group: 1, hardState, snapshot, entries: [] }
        await machine.take({ kind: 'write', write })
        await machine.take(entries(1, 31))
        await machine.take(cut(1, 31))
      }
      void work()
      await machine.world.run({ stop: () => crashed })
      machine.disk.onOperation = null
      machine.restart('powerLost')
      const opened = await machine.open()
      const base = opened.groups.get(1)?.snapshot ?? null
      if (base === null) continue
      const directory = '/data/s'
      const store = await machine.run(() =>
        openSnapshots({ disk: machine.io, directory, clusterId: 1 }),
      )
      assert.deepEqual(await store.latest(1), markOf(30, 1))
    }
  })
})
