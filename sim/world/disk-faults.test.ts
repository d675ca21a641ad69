import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DiskFaultKind, type SimulatedDisk, swapDirectories } from './index.ts'
import { DIRECTORY, filled, isIo, Machine, PATH, readAll, write } from './testing/disk-machine.ts'

describe('failures on purpose', () => {
  it('a failed sync loses the bytes for good while the process still reads them', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(100, 1))
      await write(file, filled(100, 2))
      machine.disk.failNext('sync')
      await assert.rejects(file.sync(), isIo)
      await file.sync()
      assert.deepEqual(await readAll(file), filled(100, 2))
    })
    assert.deepEqual([...machine.kinds()], ['syncError'])
    machine.restart('powerLost')
    assert.deepEqual(machine.disk.bytesOf(PATH), filled(100, 1))
  })

  it('hit the operation, path, code and count they are meant for', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(1_000, 1))
      const other = await machine.io.open('/data/other', { mode: 'create' })
      machine.disk.failNext('write', { path: PATH, code: 'full', skip: 1 })
      machine.disk.failNext('read')
      await write(other, filled(10, 1))
      await write(file, filled(10, 2))
      await assert.rejects(write(file, filled(10, 3)), { code: 'full', path: PATH })
      await write(file, filled(10, 4))
      await assert.rejects(readAll(file), { code: 'io', operation: 'read' })
      await readAll(file)
      machine.disk.failNext('open')
      await assert.rejects(machine.io.open('/data/x', { mode: 'create' }), isIo)
      machine.disk.failNext('rename')
      await assert.rejects(machine.io.rename(PATH, '/data/y'), isIo)
      assert.deepEqual(await machine.io.list(DIRECTORY), ['file', 'other'])
    })
  })

  it('a held operation completes only when released', async () => {
    const machine = new Machine()
    const seen: string[] = []
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(1, 1))
      machine.disk.hold('sync')
      void file.sync().then(() => seen.push('synced'))
      await write(file, filled(1, 2))
    })
    await machine.world.run({ untilUs: machine.world.nowUs + 10_000_000 })
    assert.deepEqual(seen, [])
    machine.disk.release()
    await machine.world.run()
    assert.deepEqual(seen, ['synced'])
  })

  it('a full disk takes what fits and then refuses, until there is room', async () => {
    const machine = new Machine({ capacityBytes: 10_000 })
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(6_000, 1))
      const other = await machine.io.open('/data/other', { mode: 'create' })
      await assert.rejects(write(other, filled(6_000, 2)), { code: 'full', operation: 'write' })
      assert.equal(await other.size(), 4_000)
      await write(file, filled(6_000, 3), 0)
      await assert.rejects(write(file, filled(2, 3), 5_999), { code: 'full' })
      await file.truncate(1_000)
      await write(other, filled(2_000, 2), 4_000)
      await machine.io.remove('/data/other')
      await write(file, filled(9_000, 3), 1_000)
    })
    assert.equal(machine.disk.usedBytes, 10_000)
    assert.deepEqual([...machine.kinds()], ['full'])
  })

  it('rot and damage change the medium and what is read, but not what is pending', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(1_000, 0xf0))
      await write(file, filled(10, 7), 100)
      machine.disk.rot(PATH, 95, { length: 10 })
      machine.disk.damage(PATH, 990, { bytes: filled(100, 9) })
      const bytes = await readAll(file)
      assert.equal(bytes.length, 1_000)
      for (let i = 95; i < 100; i++) assert.notEqual(bytes[i], 0xf0)
      assert.deepEqual(bytes.subarray(100, 110), filled(10, 7))
      assert.equal(bytes[94], 0xf0)
      assert.deepEqual(bytes.subarray(990), filled(10, 9))
      await file.sync()
    })
    assert.deepEqual(machine.disk.bytesOf(PATH), machine.disk.bytesOf(PATH, 'durable'))
    assert.deepEqual([...machine.kinds()].sort(), ['misdirectedWrite', 'rot'])
  })

  it('a wiped disk is empty, a restored one is as it was', async () => {
    const machine = new Machine()
    await machine.run(() => machine.makeDurable(filled(5_000, 1)))
    machine.restart('killed')
    const image = machine.disk.copyOf('/')
    const before = machine.disk.fingerprint()
    await machine.run(async () => {
      const file = await machine.io.open(PATH, { mode: 'readWrite', durable: true })
      await write(file, filled(5_000, 2))
    })
    machine.disk.wipe()
    await machine.run(async () => assert.deepEqual(await machine.io.list('/'), []))
    machine.disk.restore('/', image)
    assert.equal(machine.disk.fingerprint(), before)
    await machine.run(async () => {
      const file = await machine.io.open(PATH, { mode: 'readWrite', durable: true })
      await write(file, filled(5_000, 3))
    })
    machine.disk.restore('/', image)
    assert.equal(machine.disk.fingerprint(), before, 'the image is a copy')
    assert.deepEqual([...machine.kinds()].sort(), ['restored', 'wiped'])
  })

  it('two machines may get each other’s directory, whatever it is called', async () => {
    const first = new Machine()
    const second = new Machine({ world: first.world, name: 'n2' })
    await first.run(async () => {
      await first.makeDurable(filled(10, 1))
      await second.io.makeDirectory('/other/deep')
      const file = await second.io.open('/other/deep/x', { mode: 'create' })
      await write(file, filled(10, 2))
      await file.sync()
      await second.io.syncDirectory('/other/deep')
    })
    swapDirectories({ disk: first.disk, path: '/data' }, { disk: second.disk, path: '/other' })
    assert.deepEqual(first.disk.bytesOf('/data/deep/x'), filled(10, 2))
    assert.deepEqual(second.disk.bytesOf('/other/file'), filled(10, 1))
    assert.equal(first.disk.bytesOf(PATH), null)
  })

  it('a stall delays everything; a degrading disk becomes slower', async () => {
    const machine = new Machine({ faults: { slowerPerMinute: 1 }, timing: { readUs: [100, 100] } })
    const { world } = machine
    const file = await machine.run(() => machine.makeDurable(filled(1, 1)))
    const timeOf = async (): Promise<number> => {
      const start = world.nowUs
      await machine.run(() => file.size())
      return world.nowUs - start
    }
    assert.ok((await timeOf()) < 102)
    machine.disk.stall(500)
    const stalled = await timeOf()
    assert.ok(stalled >= 500_000 && stalled < 501_000)
    await world.run({ untilUs: 120_000_000 })
    const slow = await timeOf()
    assert.ok(slow > 290 && slow < 310)
  })
})

describe('failures by chance', () => {
  type Fault = keyof Parameters<SimulatedDisk['setFaults']>[0]
  const cases: [Fault, DiskFaultKind][] = [
    ['readError', 'readError'],
    ['writeError', 'writeError'],
    ['syncError', 'syncError'],
    ['nameError', 'nameError'],
    ['full', 'full'],
    ['rotOnRead', 'rot'],
    ['rotAtRest', 'rot'],
    ['misdirectedRead', 'misdirectedRead'],
    ['misdirectedWrite', 'misdirectedWrite'],
    ['phantomWrite', 'phantomWrite'],
    ['stall', 'stall'],
  ]

  /** Writes, reads and syncs for a while; counts refusals and wrong reads. */
  const exercise = async (machine: Machine): Promise<{ refused: number; wrong: number }> => {
    let refused = 0
    let wrong = 0
    const tried = async (attempt: Promise<unknown>): Promise<void> => {
      await attempt.catch(() => {
        refused += 1
      })
    }
    await machine.run(async () => {
      const file = await machine.makeDurable(new Uint8Array(0))
      for (let i = 1; i < 200; i++) {
        await tried(write(file, filled(1_000, i), i * 1_000))
        await tried(file.sync())
        await tried(machine.io.syncDirectory(DIRECTORY))
        const target = new Uint8Array(1_000)
        await tried(file.read(target, 0, 1_000, i * 1_000))
        if (target.some((byte) => byte !== i)) wrong += 1
      }
    })
    return { refused, wrong }
  }

  for (const [fault, kind] of cases) {
    it(`${fault}: happens when asked for, is counted, and shows`, async () => {
      const machine = new Machine()
      await machine.run(() => machine.makeDurable(filled(1, 1), '/data/first'))
      machine.disk.setFaults({ [fault]: 0.1 })
      const { refused, wrong } = await exercise(machine).catch(() => ({ refused: 1, wrong: 0 }))
      const count = machine.faults.filter((one) => one.kind === kind).length
      assert.ok(count > 0, 'counted')
      assert.deepEqual([...machine.kinds()], [kind])
      const refusing = kind.endsWith('Error') || kind === 'full'
      if (refusing) assert.ok(refused > 0)
      else assert.equal(refused, 0)
      if (fault === 'rotOnRead' || fault === 'misdirectedRead') assert.equal(wrong, count)
      const hidden = kind === 'phantomWrite' || kind === 'misdirectedWrite'
      if (hidden) {
        const seen = machine.disk.bytesOf(PATH, 'durable')
        assert.notDeepEqual(seen, machine.disk.bytesOf(PATH))
      }
    })

    it(`${fault}: never happens where the atlas forbids it`, async () => {
      const machine = new Machine({ mayFault: (asked) => asked !== kind })
      await machine.run(() => machine.makeDurable(filled(1, 1), '/data/first'))
      machine.disk.setFaults({ [fault]: 1 })
      const { refused, wrong } = await exercise(machine)
      assert.deepEqual([machine.faults, refused, wrong], [[], 0, 0])
    })
  }

  it('never happen with probability zero', async () => {
    const machine = new Machine()
    assert.deepEqual(await exercise(machine), { refused: 0, wrong: 0 })
    assert.deepEqual(machine.faults, [])
    assert.deepEqual(machine.disk.bytesOf(PATH), machine.disk.bytesOf(PATH, 'durable'))
  })

  it('name the file by the name it has now', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(10, 1))
      await machine.io.rename(PATH, '/data/renamed')
      machine.disk.setFaults({ readError: 1 })
      await assert.rejects(readAll(file), isIo)
    })
    assert.equal(machine.faults[0]?.place.path, '/data/renamed')
  })
})
