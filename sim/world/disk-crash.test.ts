import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DIRECTORY, filled, isIo, Machine, PATH, readAll, write } from './testing/disk-machine.ts'

describe('what is synced', () => {
  it('survives every power failure, byte for byte, beside unsynced changes', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const machine = new Machine({ seed, faults: { crashGarbage: 0.3, crashZero: 0.3 } })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(10_000, 1))
        await write(file, filled(3_000, 2), 10_000)
        await write(file, filled(100, 2), 300)
      })
      machine.restart('powerLost')
      const bytes = machine.disk.bytesOf(PATH)
      assert.ok(bytes !== null && bytes.length >= 10_000)
      assert.ok(bytes.subarray(0, 300).every((byte) => byte === 1))
      assert.ok(bytes.subarray(400, 10_000).every((byte) => byte === 1))
    }
  })

  it('through a durable file survives without a sync, and takes the size along', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        const plain = await machine.makeDurable(filled(100, 1))
        const durable = await machine.io.open(PATH, { mode: 'readWrite', durable: true })
        await write(plain, filled(700, 2), 0)
        await write(plain, filled(700, 3), 5_000)
        await write(durable, filled(1_000, 4), 200)
      })
      machine.restart('powerLost')
      const bytes = machine.disk.bytesOf(PATH) as Uint8Array
      assert.ok(bytes.length >= 1_200)
      assert.deepEqual(bytes.subarray(200, 1_200), filled(1_000, 4))
      // An older version of these bytes was pending; its sectors went to the medium together.
      assert.deepEqual(bytes.subarray(0, 200), filled(200, 2))
    }
  })

  it('covers only what was written before the sync was called', async () => {
    let lost = 0
    for (let seed = 0; seed < 40; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(512, 1))
        machine.disk.hold('sync')
        await write(file, filled(512, 2))
        const sync = file.sync()
        await write(file, filled(512, 3))
        machine.disk.release('sync')
        await sync
      })
      machine.restart('powerLost')
      const byte = machine.disk.bytesOf(PATH)?.[0]
      assert.ok(byte === 2 || byte === 3)
      if (byte === 2) lost += 1
    }
    assert.ok(lost > 5 && lost < 38)
  })

  it('a kill without a power failure loses nothing that was written', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      const file = await machine.makeDurable(filled(100, 1))
      await write(file, filled(5_000, 2), 50)
      await (await machine.io.open('/data/other', { mode: 'create' })).close()
    })
    machine.restart('killed')
    assert.deepEqual(machine.disk.bytesOf(PATH)?.subarray(50), filled(5_000, 2))
    assert.deepEqual([...machine.disk.files().keys()], [PATH, '/data/other'])
  })
})

describe('what is not synced, after a power failure', () => {
  it('is lost, whole, torn at sectors or at pages, or out of order', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 300; seed++) {
      const machine = new Machine({ seed, faults: seed % 2 === 0 ? { crashGarbage: 0 } : {} })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(16_384, 1))
        for (let at = 0; at < 16_384; at += 2_048) await write(file, filled(2_048, 2), at)
      })
      machine.restart('powerLost')
      const bytes = machine.disk.bytesOf(PATH) as Uint8Array
      const sectors = Array.from({ length: 32 }, (_, i) => bytes[i * 512] as number)
      if (seed % 2 === 0) {
        for (let i = 0; i < 16_384; i++) assert.equal(bytes[i], sectors[Math.floor(i / 512)])
      }
      const kept = sectors.filter((byte) => byte === 2).length
      const text = sectors.join('')
      if (kept === 0) seen.add('nothing survived')
      else if (kept === 32) seen.add('everything survived')
      else if (/^2+1+$/.test(text)) seen.add('a prefix survived')
      else if (/1.*2/.test(text)) seen.add('reordered')
      const pages = Array.from({ length: 4 }, (_, i) => new Set(sectors.slice(i * 8, i * 8 + 8)))
      if (pages.some((page) => page.size > 1)) seen.add('torn inside a page')
      for (const kind of machine.kinds()) seen.add(kind)
    }
    const expected = [
      'nothing survived',
      'everything survived',
      'a prefix survived',
      'reordered',
      'torn inside a page',
      'crashLost',
      'crashTorn',
      'crashReordered',
      'crashZero',
      'crashGarbage',
    ]
    for (const state of expected) assert.ok(seen.has(state), state)
  })

  it('a sector written twice holds its old, first or second version, never a mixture', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const machine = new Machine({ seed, faults: { crashZero: 0, crashGarbage: 0 } })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(512, 1))
        await write(file, filled(100, 2), 0)
        await write(file, filled(100, 3), 200)
      })
      machine.restart('powerLost')
      const bytes = machine.disk.bytesOf(PATH) as Uint8Array
      seen.add(`${bytes[50]}${bytes[250]}`)
    }
    assert.deepEqual([...seen].sort(), ['11', '21', '23'])
  })

  it('the size decides apart from the data', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const faults = { crashTear: 1, crashZero: 0, crashGarbage: 0 }
      const machine = new Machine({ seed, faults })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(512, 1))
        await write(file, filled(512, 2), 512)
      })
      machine.restart('powerLost')
      const bytes = machine.disk.bytesOf(PATH) as Uint8Array
      seen.add(bytes.length === 512 ? 'short' : bytes[512] === 2 ? 'data' : 'hole')
      if (machine.kinds().has('crashSize')) seen.add('counted')
    }
    assert.deepEqual([...seen].sort(), ['counted', 'data', 'hole', 'short'])
  })

  it('bytes behind a lost end do not come back when the file grows again', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(512, 1))
        await write(file, filled(2_048, 2), 512)
      })
      machine.restart('powerLost')
      const size = machine.disk.files().get(PATH) as number
      await machine.run(async () => {
        const file = await machine.io.open(PATH, { mode: 'readWrite' })
        await file.truncate(8_192)
        await file.sync()
        const bytes = await readAll(file)
        assert.ok(bytes.subarray(size).every((byte) => byte === 0))
      })
      assert.deepEqual(machine.disk.bytesOf(PATH, 'durable'), machine.disk.bytesOf(PATH))
    }
  })

  it('a truncation may land or not', async () => {
    const sizes = new Set<number>()
    for (let seed = 0; seed < 50; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(4_096, 1))
        await file.truncate(1_000)
      })
      machine.restart('powerLost')
      sizes.add(machine.disk.files().get(PATH) as number)
    }
    assert.deepEqual([...sizes].sort(), [1_000, 4_096])
  })

  it('without powersafe overwrite a torn sector may take its synced neighbours along', async () => {
    for (const permitted of [true, false]) {
      let neighbours = 0
      for (let seed = 0; seed < 40; seed++) {
        const faults = { powersafeOverwrite: false, crashGarbage: 1, crashTear: 1 }
        const machine = new Machine({ seed, faults, mayFault: () => permitted })
        await machine.run(async () => {
          const file = await machine.makeDurable(filled(8_192, 1))
          await write(file, filled(10, 2), 600)
        })
        machine.restart('powerLost')
        const bytes = machine.disk.bytesOf(PATH) as Uint8Array
        if (bytes.subarray(512, 600).some((byte) => byte !== 1)) neighbours += 1
        assert.ok(bytes.subarray(4_096).every((byte) => byte === 1))
      }
      assert.equal(neighbours > 0, permitted)
    }
  })

  it('a write that was under way may leave any prefix', async () => {
    const lengths = new Set<number>()
    for (let seed = 0; seed < 200; seed++) {
      const machine = new Machine({ seed, timing: { writeUs: [50, 50] } })
      await machine.run(async () => {
        const file = await machine.makeDurable(filled(0, 0))
        void write(file, filled(2_000, 2))
      })
      await machine.world.run({ untilUs: machine.world.nowUs + 10 })
      machine.restart('killed')
      const bytes = machine.disk.bytesOf(PATH) as Uint8Array
      assert.ok(bytes.every((byte) => byte === 2))
      lengths.add(bytes.length)
    }
    assert.ok(lengths.has(0) && lengths.has(2_000) && lengths.size > 20)
  })
})

describe('names after a power failure', () => {
  /** What may be left of a write to a temporary file that is renamed over an old one. */
  const outcomes = async (syncDirectory: boolean): Promise<Set<string>> => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        await machine.makeDurable(filled(1, 1))
        const file = await machine.io.open('/data/new', { mode: 'create' })
        await write(file, filled(1, 2))
        await file.sync()
        await machine.io.rename('/data/new', PATH)
        if (syncDirectory) await machine.io.syncDirectory(DIRECTORY)
      })
      machine.restart('powerLost')
      const files = [...machine.disk.files().keys()].map((path) => path.slice(6))
      seen.add(`${files.sort().join('+')}=${machine.disk.bytesOf(PATH)?.[0]}`)
    }
    return seen
  }

  it('are as before each change, until the directory is synced', async () => {
    assert.deepEqual([...(await outcomes(false))].sort(), ['file+new=1', 'file=1', 'file=2'])
  })

  it('are as changed once the directory was synced', async () => {
    assert.deepEqual([...(await outcomes(true))], ['file=2'])
  })

  it('a removed file may come back, a created one may vanish, in any combination', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 100; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        await machine.makeDurable(filled(1, 1))
        await machine.io.remove(PATH)
        const file = await machine.io.open('/data/new', { mode: 'create' })
        await file.sync()
      })
      machine.restart('powerLost')
      seen.add([...machine.disk.files().keys()].map((path) => path.slice(6)).join('+'))
      if (machine.kinds().has('crashNameLost')) seen.add('counted')
    }
    assert.deepEqual([...seen].sort(), ['', 'counted', 'file', 'file+new', 'new'])
  })

  it('never give one file two names', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const machine = new Machine({ seed })
      await machine.run(async () => {
        await machine.makeDurable(filled(1, 1), '/data/a')
        await machine.io.rename('/data/a', '/data/b')
        await machine.io.rename('/data/b', '/data/c')
        await machine.io.makeDirectory('/data/deep')
        await machine.io.rename('/data/c', '/data/deep/d')
        if (seed % 2 === 0) await machine.io.syncDirectory('/data/deep')
      })
      machine.restart('powerLost')
      const files = [...machine.disk.files().keys()]
      assert.equal(files.length, 1)
      if (seed % 2 === 0) assert.deepEqual(files, ['/data/deep/d'])
    }
  })

  it('a failed directory sync: the names are seen but never land', async () => {
    const machine = new Machine()
    await machine.run(async () => {
      await machine.makeDurable(filled(1, 1))
      const file = await machine.io.open('/data/new', { mode: 'create' })
      machine.disk.failNext('syncDirectory')
      await assert.rejects(machine.io.syncDirectory(DIRECTORY), isIo)
      await machine.io.syncDirectory(DIRECTORY)
      await file.sync()
      assert.deepEqual(await machine.io.list(DIRECTORY), ['file', 'new'])
    })
    machine.restart('powerLost')
    assert.deepEqual([...machine.disk.files().keys()], [PATH])
  })
})
