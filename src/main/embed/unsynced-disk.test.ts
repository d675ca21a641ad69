import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { describeDisk } from '../../io/contract/index.ts'
import { createNodeDisk, type Disk } from '../../io/index.ts'
import { unsyncedDisk } from './unsynced-disk.ts'

describeDisk('a disk that is never waited for', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-unsynced-'))
  return {
    disk: unsyncedDisk(createNodeDisk()),
    other: unsyncedDisk(createNodeDisk()),
    directory,
    run: (body) => body(),
    close: async () => rmSync(directory, { recursive: true }),
  }
})

test('it never asks the system to make anything durable', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-unsynced-'))
  const asked: string[] = []
  const real = createNodeDisk()
  const noting: Disk = {
    list: (name) => real.list(name),
    makeDirectory: (name) => real.makeDirectory(name),
    rename: (from, to) => real.rename(from, to),
    remove: (name) => real.remove(name),
    lock: (name) => real.lock(name),
    open: async (name, options) => {
      if (options.durable === true) asked.push('open durable')
      const file = await real.open(name, options)
      return new Proxy(file, {
        get: (target, method) => {
          if (method === 'sync') asked.push('sync')
          const value: unknown = Reflect.get(target, method)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
    syncDirectory: async () => {
      asked.push('syncDirectory')
    },
  }
  const disk = unsyncedDisk(noting)
  const file = await disk.open(`${directory}/file`, { mode: 'create', durable: true })
  await file.write(new Uint8Array([1]), 0, 1, 0)
  await file.sync()
  await file.close()
  await disk.syncDirectory(directory)
  assert.deepEqual(asked, [])
  rmSync(directory, { recursive: true })
})

test('what is read from the device is counted as before', () => {
  const real = createNodeDisk()
  assert.equal(unsyncedDisk(real).deviceReads, real.deviceReads)
})
