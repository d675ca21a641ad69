import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, it, mock } from 'node:test'
import { describeDisk } from './contract/index.ts'
import { toDiskError } from './disk-errors.ts'
import { createNodeDisk, DiskError } from './index.ts'

function temporaryDirectory(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-disk-'))
}

function removeDirectory(directory: string): void {
  fs.rmSync(directory, { recursive: true })
}

describeDisk('the disk of Node', async () => {
  const directory = temporaryDirectory()
  return {
    disk: createNodeDisk(),
    other: createNodeDisk(),
    directory,
    run: (body) => body(),
    close: async () => removeDirectory(directory),
  }
})

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = temporaryDirectory()
  try {
    await body(directory)
  } finally {
    removeDirectory(directory)
  }
}

/** Another process that takes the lock, says so, and stays. */
const HOLDER = `
  import { createNodeDisk } from '${import.meta.resolve('./index.ts')}'
  createNodeDisk().lock(process.argv[1]).then(
    () => { console.log('taken'); process.stdin.resume() },
    (error) => { console.log(error.code); process.exit() },
  )`

async function startHolder(directory: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [said] = await once(child.stdout, 'data')
  return { child, said: String(said).trim() }
}

describe('the lock of Node between processes', () => {
  it('is refused while another process lives and free once it was killed', () =>
    inDirectory(async (directory) => {
      const holder = await startHolder(directory)
      assert.equal(holder.said, 'taken')
      const disk = createNodeDisk()
      await assert.rejects(disk.lock(directory), { code: 'locked' })
      holder.child.kill('SIGKILL')
      await once(holder.child, 'exit')
      const lock = await disk.lock(directory)
      const late = await startHolder(directory)
      assert.equal(late.said, 'locked')
      await once(late.child, 'exit')
      await lock.release()
    }))

  it('is not lost when nobody refers to it and memory is collected', () =>
    inDirectory(async (directory) => {
      const script = `${HOLDER.replace(
        'process.stdin.resume()',
        `
        const churn = []
        for (let i = 0; i < 200; i++) churn[i % 10] = new Array(100_000).fill(i)
        setTimeout(() => { gc(); setTimeout(() => console.log('collected'), 1) }, 1)
        process.stdin.resume()`,
      )}`
      const child = spawn(
        process.execPath,
        ['--expose-gc', '--input-type=module', '-e', script, directory],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      )
      let said = ''
      for await (const text of child.stdout) {
        said += text
        if (said.includes('collected')) break
      }
      await assert.rejects(createNodeDisk().lock(directory), { code: 'locked' })
      child.kill('SIGKILL')
      await once(child, 'exit')
    }))
})

describe('the errors of Node in the words of the disk', () => {
  it('keep the cause and name operation and path', () =>
    inDirectory(async (directory) => {
      const missing = `${directory}/missing`
      const reason: unknown = await createNodeDisk()
        .open(missing, { mode: 'read' })
        .catch((error: unknown) => error)
      assert.ok(reason instanceof DiskError)
      const error: DiskError = reason
      assert.ok(error.message.startsWith(`cannot open ${missing}: ENOENT: `), error.message)
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT')
    }))

  it('call a full device and a used-up quota full, and all that is unknown io', () => {
    const context = { operation: 'write', path: '/x' }
    for (const [errno, code] of [
      ['ENOSPC', 'full'],
      ['EDQUOT', 'full'],
      ['EEXIST', 'exists'],
      ['ENOENT', 'notFound'],
      ['EIO', 'io'],
      ['EROFS', 'io'],
    ]) {
      const cause = Object.assign(new Error('system'), { code: errno })
      const error = toDiskError(cause, context)
      assert.deepEqual([error.code, error.operation, error.path], [code, 'write', '/x'])
      assert.equal(toDiskError(error, { operation: 'other', path: '/y' }), error)
    }
  })

  it('close waits for running operations, so no later file is written by mistake', () =>
    inDirectory(async (directory) => {
      const disk = createNodeDisk()
      for (let i = 0; i < 20; i++) {
        const file = await disk.open(`${directory}/${i}`, { mode: 'create' })
        const bytes = new Uint8Array(100_000).fill(i + 1)
        const write = file.write(bytes, 0, bytes.length, 0)
        const close = file.close()
        const next = await disk.open(`${directory}/next-${i}`, { mode: 'create' })
        await Promise.all([write, close])
        assert.equal(await next.size(), 0)
        await next.close()
      }
    }))
})

describe('making a directory', () => {
  it('makes what is missing above it, and ends where the system makes none', async () => {
    await inDirectory(async (directory) => {
      const disk = createNodeDisk()
      const deep = path.join(directory, 'a', 'b', 'c')
      await disk.makeDirectory(deep)
      await disk.makeDirectory(deep)
      assert.ok(fs.statSync(deep).isDirectory())
      fs.writeFileSync(path.join(directory, 'file'), '')
      const inFile = path.join(directory, 'file', 'b')
      await assert.rejects(disk.makeDirectory(inFile), { name: 'DiskError', code: 'io' })
    })
    if (!fs.existsSync('/proc/self')) return
    // Node's own recursive way never returns here.
    const disk = createNodeDisk()
    await assert.rejects(disk.makeDirectory('/proc/none/here'), { name: 'DiskError' })
  })

  /** Lets `fsync` of the directories that are asked for fail as some file systems do. */
  async function withoutSync(
    refuses: (inode: number) => boolean,
    body: () => Promise<void>,
  ): Promise<void> {
    const sync = fs.fsync
    const stub = mock.method(fs, 'fsync', (descriptor: number, done: fs.NoParamCallback) => {
      if (!refuses(fs.fstatSync(descriptor).ino)) sync(descriptor, done)
      else setImmediate(() => done(Object.assign(new Error('fsync'), { code: 'EINVAL' })))
    })
    try {
      await body()
    } finally {
      stub.mock.restore()
    }
  }

  it('goes on where an older directory above it cannot be synced', () =>
    inDirectory(async (directory) => {
      const old = new Set<number>()
      for (let at = directory; ; at = path.dirname(at)) {
        old.add(fs.statSync(at).ino)
        if (path.dirname(at) === at) break
      }
      const deep = path.join(directory, 'a', 'b')
      await withoutSync(
        (inode) => old.has(inode),
        () => createNodeDisk().makeDirectory(deep),
      )
      assert.ok(fs.statSync(deep).isDirectory())
    }))

  it('fails where one that it made cannot be synced', () =>
    inDirectory(async (directory) => {
      const disk = createNodeDisk()
      await withoutSync(
        () => true,
        () => assert.rejects(disk.makeDirectory(path.join(directory, 'c')), { code: 'io' }),
      )
    }))
})

describe('a file whose writes must be durable', () => {
  it('is refused by a system that has no such writes, and told why', () =>
    inDirectory(async (directory) => {
      const disk = createNodeDisk({})
      const file = path.join(directory, 'file')
      await (await disk.open(file, { mode: 'create' })).close()
      const open = disk.open(file, { mode: 'readWrite', durable: true })
      await assert.rejects(open, (error) => {
        assert.ok(error instanceof DiskError && error.code === 'io')
        assert.match(String(error.cause), /no O_DSYNC/)
        return true
      })
    }))
})

it('what the device was asked for is what the system has counted', () => {
  const real = process.resourceUsage()
  const counted = mock.method(process, 'resourceUsage', () => ({ ...real, fsRead: 7 }))
  try {
    assert.equal(createNodeDisk().deviceReads?.(), 7)
  } finally {
    counted.mock.restore()
  }
})
