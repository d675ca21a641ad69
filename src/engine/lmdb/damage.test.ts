import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { KvError } from '../../base/index.ts'
import { createNodeClock, createNodeDisk } from '../../io/index.ts'
import { contentOf, inPieces, put, sameContent } from '../contract/index.ts'
import { createLmdb } from '../index.ts'
import type { EngineFactory } from '../types.ts'
import { SMALL } from './testing/index.ts'

function some(count: number) {
  return Array.from({ length: count }, (_, i) => put(2 + i, 0, { valueBytes: 300 }))
}

const META = new TextEncoder().encode('the rest of the state, which nobody else looks like')

/** A store of a hundred records, closed. */
async function inStore(
  body: (store: { factory: EngineFactory; directory: string }) => Promise<void>,
): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-lmdb-'))
  const parts = { disk: createNodeDisk(), clock: createNodeClock(), directory }
  const factory = createLmdb({ ...parts, limits: SMALL })
  try {
    const engine = await factory.open()
    await engine.scanHeaders(() => {})
    for (const { main, sub, record } of some(100)) engine.append(main, sub, record)
    await engine.checkpoint({ appliedIndex: 5, meta: META })
    await engine.close()
    await body({ factory, directory })
  } finally {
    fs.rmSync(directory, { recursive: true })
  }
}

/** Flips a bit wherever these bytes stand in the file. */
function spoil(file: string, bytes: Uint8Array): void {
  const all = fs.readFileSync(file)
  let count = 0
  for (let at = all.indexOf(bytes); at >= 0; at = all.indexOf(bytes, at + 1), count++) {
    all[at + bytes.length - 1] = (all[at + bytes.length - 1] ?? 0) ^ 4
  }
  assert.ok(count > 0, 'the bytes are there')
  fs.writeFileSync(file, all)
}

async function refusal(promise: Promise<unknown>): Promise<KvError> {
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof KvError, String(error))
    return error
  }
  throw new Error('it was not refused')
}

async function scan(factory: EngineFactory): Promise<void> {
  const engine = await factory.open()
  try {
    await engine.scanHeaders(() => {})
  } finally {
    await engine.close()
  }
}

describe('damage in a store of lmdb', () => {
  it('to a record is never served, and the refusal names file and revision', async () => {
    await inStore(async ({ factory, directory }) => {
      const file = path.join(directory, 'data-1.mdb')
      spoil(file, some(50).at(-1)?.record ?? META)
      const error = await refusal(scan(factory))
      assert.equal(error.code, 'ENGINE_CORRUPT')
      assert.ok(error.message.includes(`${file} is damaged: revision 51.0`), error.message)
      const checkpoint = { appliedIndex: 9, meta: META }
      const engine = await factory.replace(checkpoint, inPieces(some(10)))
      sameContent(await contentOf(engine), some(10))
      await engine.close()
    })
  })

  it('to the checkpoint is refused', async () => {
    await inStore(async ({ factory, directory }) => {
      spoil(path.join(directory, 'data-1.mdb'), META)
      const error = await refusal(factory.open())
      assert.equal(error.code, 'ENGINE_CORRUPT')
      assert.match(error.message, /the checkpoint does not match its checksum/)
    })
  })

  it('to the name of the file in force, or the loss of either, is refused', async () => {
    const current = (directory: string): string => path.join(directory, 'current')
    const damages: ((directory: string) => void)[] = [
      (directory) => fs.rmSync(current(directory)),
      (directory) => fs.truncateSync(current(directory), 3),
      (directory) => fs.rmSync(path.join(directory, 'data-1.mdb')),
    ]
    for (let at = 0; at < 20; at++) {
      damages.push((directory) => {
        const bytes = fs.readFileSync(current(directory))
        bytes[at] = (bytes[at] ?? 0) ^ 1
        fs.writeFileSync(current(directory), bytes)
      })
    }
    for (const damage of damages) {
      await inStore(async ({ factory, directory }) => {
        damage(directory)
        assert.equal((await refusal(factory.open())).code, 'ENGINE_CORRUPT')
      })
    }
  })

  it('is not what a crash leaves behind: that is removed', async () => {
    await inStore(async ({ factory, directory }) => {
      const stray = ['data-7.mdb', 'data-7.mdb-lock', 'current.tmp']
      for (const name of stray) fs.writeFileSync(path.join(directory, name), 'half a store')
      await scan(factory)
      const names = fs.readdirSync(directory)
      assert.deepEqual(
        names.filter((name) => stray.includes(name)),
        [],
      )
    })
  })
})

/** A process in which nobody can find the package. */
const WITHOUT = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== 'lmdb') return next(specifier, context)
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    },
  })
  const { createLmdb } = await import('${import.meta.resolve('../index.ts')}')
  const io = await import('${import.meta.resolve('../../io/index.ts')}')
  const parts = { disk: io.createNodeDisk(), clock: io.createNodeClock() }
  const factory = createLmdb({ ...parts, directory: process.argv[1] })
  await factory.open().catch((error) => console.log(error.code, error.message))`

describe('a node without the package lmdb', () => {
  it('runs, and says what to install when the engine is chosen', () => {
    const directory = path.join(os.tmpdir(), 'quorate-lmdb-none')
    const args = ['--input-type=module', '-e', WITHOUT, directory]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.match(stdout, /^ENGINE_MISSING .*npm install lmdb/)
    assert.equal(fs.existsSync(directory), false)
  })
})
