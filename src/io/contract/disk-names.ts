import assert from 'node:assert/strict'
import type { Disk } from '../types.ts'
import type { DiskTest } from './disk.ts'
import { refuses } from './harness.ts'

async function create(disk: Disk, path: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text)
  const file = await disk.open(path, { mode: 'create' })
  await file.write(bytes, 0, bytes.length, 0)
  await file.close()
}

async function textOf(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, { mode: 'read' })
  const target = new Uint8Array(await file.size())
  await file.read(target, 0, target.length, 0)
  await file.close()
  return new TextDecoder().decode(target)
}

export function nameContract(test: DiskTest): void {
  directoryContract(test)
  renameContract(test)
  removeContract(test)
  lockContract(test)
}

function directoryContract(test: DiskTest): void {
  test('makeDirectory makes missing parents and may be repeated', async ({ disk, directory }) => {
    await disk.makeDirectory(`${directory}/a/b/c`)
    await disk.makeDirectory(`${directory}/a/b/c`)
    await disk.makeDirectory(`${directory}/a`)
    assert.deepEqual(await disk.list(directory), ['a'])
    assert.deepEqual(await disk.list(`${directory}/a`), ['b'])
    assert.deepEqual(await disk.list(`${directory}/a/b/c`), [])
  })

  test('makeDirectory where a file is fails', async ({ disk, directory }) => {
    await create(disk, `${directory}/file`, '')
    await refuses(disk.makeDirectory(`${directory}/file`), { code: 'exists' })
  })

  test('list gives the names of files and directories, sorted', async ({ disk, directory }) => {
    for (const name of ['b', 'a10', 'a9', 'B', 'a']) await create(disk, `${directory}/${name}`, '')
    await disk.makeDirectory(`${directory}/ab/deeper`)
    assert.deepEqual(await disk.list(directory), ['B', 'a', 'a10', 'a9', 'ab', 'b'])
  })

  test('list and syncDirectory of a missing directory are notFound', async (harness) => {
    const { disk, directory } = harness
    const path = `${directory}/missing`
    await refuses(disk.list(path), { code: 'notFound', operation: 'list', path })
    await refuses(disk.syncDirectory(path), { code: 'notFound', operation: 'syncDirectory', path })
  })

  test('list of a file fails', async ({ disk, directory }) => {
    await create(disk, `${directory}/file`, '')
    await refuses(disk.list(`${directory}/file`), { code: 'io' })
  })

  test('syncDirectory changes nothing that can be seen', async ({ disk, directory }) => {
    await create(disk, `${directory}/file`, 'text')
    await disk.syncDirectory(directory)
    assert.deepEqual(await disk.list(directory), ['file'])
    assert.equal(await textOf(disk, `${directory}/file`), 'text')
  })
}

function renameContract(test: DiskTest): void {
  test('rename moves the bytes to the new name', async ({ disk, directory }) => {
    await create(disk, `${directory}/old`, 'text')
    await disk.rename(`${directory}/old`, `${directory}/new`)
    assert.deepEqual(await disk.list(directory), ['new'])
    assert.equal(await textOf(disk, `${directory}/new`), 'text')
  })

  test('rename replaces the target', async ({ disk, directory }) => {
    await create(disk, `${directory}/old`, 'wins')
    await create(disk, `${directory}/new`, 'is replaced')
    await disk.rename(`${directory}/old`, `${directory}/new`)
    assert.deepEqual(await disk.list(directory), ['new'])
    assert.equal(await textOf(disk, `${directory}/new`), 'wins')
  })

  test('an open file keeps its bytes through rename and replacement', async (harness) => {
    const { disk, directory } = harness
    await create(disk, `${directory}/target`, 'first')
    const first = await disk.open(`${directory}/target`, { mode: 'read' })
    await create(disk, `${directory}/other`, 'second')
    const second = await disk.open(`${directory}/other`, { mode: 'read' })
    await disk.rename(`${directory}/other`, `${directory}/target`)
    const bytes = new Uint8Array(6)
    assert.equal(await first.read(bytes, 0, 6, 0), 5)
    assert.equal(await second.read(bytes, 0, 6, 0), 6)
    await first.close()
    await second.close()
    assert.equal(await textOf(disk, `${directory}/target`), 'second')
  })

  test('rename moves between directories', async ({ disk, directory }) => {
    await disk.makeDirectory(`${directory}/a`)
    await disk.makeDirectory(`${directory}/b`)
    await create(disk, `${directory}/a/file`, 'text')
    await disk.rename(`${directory}/a/file`, `${directory}/b/file`)
    assert.deepEqual(await disk.list(`${directory}/a`), [])
    assert.equal(await textOf(disk, `${directory}/b/file`), 'text')
  })

  test('rename to itself changes nothing', async ({ disk, directory }) => {
    await create(disk, `${directory}/file`, 'text')
    await disk.rename(`${directory}/file`, `${directory}/file`)
    assert.equal(await textOf(disk, `${directory}/file`), 'text')
  })

  test('rename of a missing file, or into a missing directory, is notFound', async (harness) => {
    const { disk, directory } = harness
    const path = `${directory}/missing`
    await create(disk, `${directory}/file`, 'text')
    await refuses(disk.rename(path, `${directory}/file`), { code: 'notFound', path })
    await refuses(disk.rename(`${directory}/file`, `${directory}/no/file`), { code: 'notFound' })
    assert.equal(await textOf(disk, `${directory}/file`), 'text')
  })
}

function removeContract(test: DiskTest): void {
  test('a removed file is gone, and its name free', async ({ disk, directory }) => {
    const path = `${directory}/file`
    await create(disk, path, 'text')
    await disk.remove(path)
    assert.deepEqual(await disk.list(directory), [])
    await refuses(disk.open(path, { mode: 'read' }), { code: 'notFound' })
    await create(disk, path, 'again')
    assert.equal(await textOf(disk, path), 'again')
  })

  test('an open file can be read and written after its removal', async ({ disk, directory }) => {
    const path = `${directory}/file`
    await create(disk, path, 'text')
    const file = await disk.open(path, { mode: 'readWrite' })
    await disk.remove(path)
    await file.write(new TextEncoder().encode('T'), 0, 1, 0)
    const bytes = new Uint8Array(4)
    assert.equal(await file.read(bytes, 0, 4, 0), 4)
    assert.equal(new TextDecoder().decode(bytes), 'Text')
    await file.sync()
    await file.close()
  })

  test('removing a missing file is notFound, removing a directory fails', async (harness) => {
    const { disk, directory } = harness
    const path = `${directory}/missing`
    await refuses(disk.remove(path), { code: 'notFound', operation: 'remove', path })
    await disk.makeDirectory(`${directory}/a`)
    await refuses(disk.remove(`${directory}/a`), { code: 'io' })
  })
}

function lockContract(test: DiskTest): void {
  test('a locked directory is refused to others until released', async (harness) => {
    const { disk, other, directory: path } = harness
    const lock = await disk.lock(path)
    await refuses(other.lock(path), { code: 'locked', operation: 'lock', path })
    await refuses(disk.lock(path), { code: 'locked', operation: 'lock', path })
    await refuses(other.lock(path), { code: 'locked', operation: 'lock', path })
    await lock.release()
    await lock.release()
    const second = await other.lock(path)
    await refuses(disk.lock(path), { code: 'locked', operation: 'lock', path })
    await second.release()
  })

  test('locks of different directories do not meet', async ({ disk, other, directory }) => {
    await disk.makeDirectory(`${directory}/a`)
    await disk.makeDirectory(`${directory}/b`)
    const first = await disk.lock(`${directory}/a`)
    const second = await other.lock(`${directory}/b`)
    await first.release()
    await second.release()
  })

  test('a lock shows no name, and locking a missing directory is notFound', async (harness) => {
    const { disk, directory } = harness
    const lock = await disk.lock(directory)
    assert.deepEqual(await disk.list(directory), [])
    const path = `${directory}/missing`
    await refuses(disk.lock(path), { code: 'notFound', operation: 'lock', path })
    await lock.release()
  })
}
