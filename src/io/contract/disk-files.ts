import assert from 'node:assert/strict'
import type { Disk, DiskFile } from '../types.ts'
import type { DiskTest } from './disk.ts'
import { refuses } from './harness.ts'

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Different at every position and not periodic in 256. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + 1) & 0xff)
}

async function put(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  await file.write(bytes, 0, bytes.length, position)
}

async function get(file: DiskFile, position: number, length: number): Promise<Uint8Array> {
  const target = new Uint8Array(length)
  return target.subarray(0, await file.read(target, 0, length, position))
}

async function create(disk: Disk, path: string, bytes: Uint8Array): Promise<DiskFile> {
  const file = await disk.open(path, { mode: 'create' })
  await put(file, bytes, 0)
  return file
}

export function fileContract(test: DiskTest): void {
  openContract(test)
  readContract(test)
  writeContract(test)
  sizeContract(test)
  closeContract(test)
}

function openContract(test: DiskTest): void {
  test('reading or writing a missing file is notFound, and makes none', async (harness) => {
    const { disk, directory } = harness
    const path = `${directory}/missing`
    await refuses(disk.open(path, { mode: 'read' }), { code: 'notFound', operation: 'open', path })
    await refuses(disk.open(path, { mode: 'readWrite' }), { code: 'notFound', path })
    assert.deepEqual(await disk.list(directory), [])
  })

  test('create makes an empty file and refuses one that exists', async ({ disk, directory }) => {
    const path = `${directory}/new`
    const file = await disk.open(path, { mode: 'create' })
    assert.equal(await file.size(), 0)
    await put(file, bytesOf('kept'), 0)
    await refuses(disk.open(path, { mode: 'create' }), { code: 'exists', operation: 'open', path })
    assert.deepEqual(await get(file, 0, 10), bytesOf('kept'))
    await file.close()
  })

  test('create in a missing directory is notFound', async ({ disk, directory }) => {
    await refuses(disk.open(`${directory}/no/file`, { mode: 'create' }), { code: 'notFound' })
  })

  test('a file opened for reading cannot be written', async ({ disk, directory }) => {
    const path = `${directory}/file`
    await (await create(disk, path, bytesOf('abc'))).close()
    const file = await disk.open(path, { mode: 'read' })
    await refuses(put(file, bytesOf('x'), 0), { code: 'io', operation: 'write', path })
    assert.deepEqual(await get(file, 0, 3), bytesOf('abc'))
    await file.close()
  })

  test('two opens of one file see each other, durable or not', async ({ disk, directory }) => {
    const path = `${directory}/file`
    const first = await create(disk, path, bytesOf('one'))
    const second = await disk.open(path, { mode: 'readWrite', durable: true })
    await put(second, bytesOf('two'), 0)
    assert.deepEqual(await get(first, 0, 3), bytesOf('two'))
    await put(first, bytesOf('3'), 2)
    assert.deepEqual(await get(second, 0, 3), bytesOf('tw3'))
    await first.close()
    assert.deepEqual(await get(second, 0, 3), bytesOf('tw3'))
    await second.close()
  })
}

function readContract(test: DiskTest): void {
  test('a read is short only at the end of the file', async ({ disk, directory }) => {
    const bytes = pattern(10_000)
    const file = await create(disk, `${directory}/file`, bytes)
    assert.deepEqual(await get(file, 0, 10_000), bytes)
    assert.deepEqual(await get(file, 4_000, 3_000), bytes.subarray(4_000, 7_000))
    assert.deepEqual(await get(file, 9_990, 100), bytes.subarray(9_990))
    assert.equal((await get(file, 10_000, 10)).length, 0)
    assert.equal((await get(file, 1_000_000, 10)).length, 0)
    assert.equal((await get(file, 5, 0)).length, 0)
    await file.close()
  })

  test('a read fills only its range of the target', async ({ disk, directory }) => {
    const file = await create(disk, `${directory}/file`, bytesOf('abcdef'))
    const target = new Uint8Array(8).fill(0x2e)
    assert.equal(await file.read(target, 2, 3, 1), 3)
    assert.equal(new TextDecoder().decode(target), '..bcd...')
    assert.equal(await file.read(target, 6, 2, 5), 1)
    assert.equal(new TextDecoder().decode(target), '..bcd.f.')
    await file.close()
  })
}

function writeContract(test: DiskTest): void {
  test('a write takes only its range of the source', async ({ disk, directory }) => {
    const file = await create(disk, `${directory}/file`, bytesOf('......'))
    await file.write(bytesOf('abcdef'), 2, 3, 1)
    assert.deepEqual(await get(file, 0, 10), bytesOf('.cde..'))
    await file.write(bytesOf('xyz'), 1, 0, 0)
    assert.deepEqual(await get(file, 0, 10), bytesOf('.cde..'))
    await file.close()
  })

  test('a large unaligned write arrives whole', async ({ disk, directory }) => {
    const bytes = pattern(300_001)
    const file = await disk.open(`${directory}/file`, { mode: 'create' })
    await put(file, bytes, 777)
    await file.sync()
    assert.equal(await file.size(), 300_778)
    assert.deepEqual(await get(file, 777, 400_000), bytes)
    assert.deepEqual(await get(file, 0, 777), new Uint8Array(777))
    await file.close()
  })

  test('writes to different places may overlap in time', async ({ disk, directory }) => {
    const bytes = pattern(64 * 100)
    const file = await disk.open(`${directory}/file`, { mode: 'create' })
    const writes: Promise<void>[] = []
    for (let at = 0; at < bytes.length; at += 100) writes.push(file.write(bytes, at, 100, at))
    await Promise.all(writes)
    assert.deepEqual(await get(file, 0, bytes.length), bytes)
    await file.close()
  })

  test('a write beyond the end leaves zeros between', async ({ disk, directory }) => {
    const file = await create(disk, `${directory}/file`, bytesOf('a'))
    await put(file, bytesOf('z'), 100_000)
    assert.equal(await file.size(), 100_001)
    const all = await get(file, 0, 200_000)
    assert.equal(all.length, 100_001)
    assert.equal(all[0], 0x61)
    assert.ok(all.subarray(1, 100_000).every((byte) => byte === 0))
    assert.equal(all[100_000], 0x7a)
    await file.close()
  })

  test('zeros written over bytes read as zeros', async ({ disk, directory }) => {
    const file = await create(disk, `${directory}/file`, pattern(20_000))
    await put(file, new Uint8Array(10_000), 5_000)
    await file.sync()
    const all = await get(file, 0, 20_000)
    assert.deepEqual(all.subarray(0, 5_000), pattern(20_000).subarray(0, 5_000))
    assert.ok(all.subarray(5_000, 15_000).every((byte) => byte === 0))
    assert.deepEqual(all.subarray(15_000), pattern(20_000).subarray(15_000))
    await file.close()
  })
}

function sizeContract(test: DiskTest): void {
  test('truncate cuts and what grows back is zero', async ({ disk, directory }) => {
    const file = await create(disk, `${directory}/file`, pattern(10_000))
    await file.truncate(3_001)
    assert.equal(await file.size(), 3_001)
    assert.deepEqual(await get(file, 0, 10_000), pattern(10_000).subarray(0, 3_001))
    await file.truncate(9_000)
    assert.equal(await file.size(), 9_000)
    assert.ok((await get(file, 3_001, 6_000)).every((byte) => byte === 0))
    await file.truncate(0)
    assert.equal((await get(file, 0, 10)).length, 0)
    await file.close()
  })

  test('truncate through a file opened for reading fails', async ({ disk, directory }) => {
    const path = `${directory}/file`
    await (await create(disk, path, bytesOf('abc'))).close()
    const file = await disk.open(path, { mode: 'read' })
    await refuses(file.truncate(0), { code: 'io', operation: 'truncate', path })
    assert.equal(await file.size(), 3)
    await file.close()
  })
}

function closeContract(test: DiskTest): void {
  test('close may be repeated; what comes after it is closed', async ({ disk, directory }) => {
    const path = `${directory}/file`
    const file = await create(disk, path, bytesOf('abc'))
    await Promise.all([file.close(), file.close()])
    await file.close()
    await refuses(get(file, 0, 1), { code: 'closed', operation: 'read', path })
    await refuses(put(file, bytesOf('x'), 0), { code: 'closed', operation: 'write', path })
    await refuses(file.sync(), { code: 'closed', operation: 'sync', path })
    await refuses(file.truncate(0), { code: 'closed', operation: 'truncate', path })
    await refuses(file.size(), { code: 'closed', operation: 'size', path })
  })

  test('close waits for what is under way', async ({ disk, directory }) => {
    const path = `${directory}/file`
    const file = await disk.open(path, { mode: 'create' })
    const bytes = pattern(100_000)
    const order: string[] = []
    const write = put(file, bytes, 0).then(() => order.push('written'))
    const close = file.close().then(() => order.push('closed'))
    await Promise.all([write, close])
    assert.deepEqual(order, ['written', 'closed'])
    const again = await disk.open(path, { mode: 'read' })
    assert.deepEqual(await get(again, 0, 100_000), bytes)
    await again.close()
  })

  test('what was written is there for the next open, synced or not', async (harness) => {
    const { disk, directory } = harness
    const path = `${directory}/file`
    await (await create(disk, path, bytesOf('unsynced'))).close()
    const file = await disk.open(path, { mode: 'readWrite' })
    assert.deepEqual(await get(file, 0, 10), bytesOf('unsynced'))
    await put(file, bytesOf('SYNCED'), 2)
    await file.sync()
    await file.close()
    const last = await disk.open(path, { mode: 'read', durable: true })
    assert.deepEqual(await get(last, 0, 10), bytesOf('unSYNCED'))
    await last.close()
  })
}
