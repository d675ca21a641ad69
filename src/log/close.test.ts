import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import { checkEntries, sameOutline } from './testing/compare.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { LogMachine } from './testing/log-machine.ts'
import { settle } from './testing/manual-clock.ts'
import { SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { cut, entries, hardState, hardStateOf } from './testing/steps.ts'

function pause(machine: LogMachine, ms: number): Promise<void> {
  return machine.run(() => new Promise<void>((resolve) => machine.clock.after(ms, resolve)))
}

function isLocked(error: unknown): boolean {
  return error instanceof KvError && error.code === 'LOG_LOCKED'
}

/** The housekeeper failed while the head of a new segment is on its way into a free file. */
async function poisonedWhileWriting(machine: LogMachine): Promise<void> {
  await machine.open()
  await pause(machine, 50)
  machine.disk.hold('sync')
  await machine.run(async () => {
    // The second segment is begun, and the housekeeper hangs while it prepares the next file.
    for (let i = 1; i <= 3; i++) await machine.take(entries(1, i, { bytes: 10_000 }))
  })
  await pause(machine, 5)
  machine.disk.hold('write')
  void machine.take(entries(1, 4, { bytes: 10_000 }))
  void machine.take(entries(1, 5, { bytes: 10_000 }))
  void machine.take(entries(1, 6, { bytes: 10_000 }))
  await pause(machine, 5)
  machine.disk.failNext('sync', { code: 'io' })
  machine.disk.release('sync')
  await pause(machine, 5)
  assert.ok(machine.fatal !== null)
}

describe('closing a poisoned log', () => {
  it('keeps the lock until the last write is over', async () => {
    const machine = new LogMachine()
    await poisonedWhileWriting(machine)
    const { log } = machine
    let closed = false
    void log.close().then(() => {
      closed = true
    })
    await pause(machine, 100)
    assert.equal(closed, false)
    await assert.rejects(machine.open(), isLocked)
    machine.disk.release('write')
    await pause(machine, 100)
    assert.equal(closed, true)
    await machine.open()
    const states = machine.states.slice(machine.durable)
    const state = states.findLastIndex((model) => sameOutline(machine.opened as never, model))
    assert.ok(state >= 0, 'nothing that was acknowledged is lost')
    machine.settleOn(machine.durable + state)
    await machine.run(() => checkEntries(machine.log, machine.model))
  })
})

describe('closing a log', () => {
  it('writes the cut that came while something else was being written', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(() => machine.take(entries(1, 1, { count: 3 })))
    await machine.run(() => machine.take(hardState(1, hardStateOf(1, 2))))
    machine.disk.hold('write')
    await pause(machine, 60)
    void machine.take(cut(1, 2))
    const closed = machine.log.close()
    machine.disk.release('write')
    await machine.run(() => closed)
    machine.restart('powerLost')
    const opened = await machine.open()
    assert.ok(sameOutline(opened, machine.model))
  })

  it('waits for the evidence that is being written', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(() => machine.take(entries(1, 1)))
    machine.disk.hold('write')
    await pause(machine, 60)
    let closed = false
    void machine.log.close().then(() => {
      closed = true
    })
    await pause(machine, 100)
    assert.equal(closed, false)
    machine.disk.release('write')
    await pause(machine, 100)
    assert.equal(closed, true)
  })
})

describe('closing a log whose file fails to close', () => {
  it('says so, and gives back the lock and every other file', async () => {
    const log = new SmallLog()
    await log.open()
    await log.batch([entries(1, 1)])
    log.faulty.refusal = ({ operation }) => (operation === 'close' ? 'io' : null)
    await assert.rejects(log.log?.close() ?? Promise.resolve())
    log.faulty.refusal = () => null
    await settle()
    assert.deepEqual(log.faulty.openPaths, [])
    const lock = await log.faulty.lock(SMALL_DIRECTORY)
    await lock.release()
  })
})

describe('the disk that tests break on purpose', () => {
  it('refuses a read that touches an unreadable place, and no other', async () => {
    const log = new SmallLog()
    const disk = new FaultyDisk(log.disk)
    const file = await disk.open('/file', { mode: 'create' })
    await file.write(new Uint8Array(100), 0, 100, 0)
    disk.makeUnreadable('/file', { from: 40, to: 50 })
    const target = new Uint8Array(100)
    assert.equal(await file.read(target, 0, 40, 0), 40)
    assert.equal(await file.read(target, 0, 50, 50), 50)
    await assert.rejects(file.read(target, 0, 41, 0), { code: 'io' })
    assert.deepEqual(disk.openPaths, ['/file'])
    await file.close()
    assert.deepEqual(disk.openPaths, [])
  })
})
