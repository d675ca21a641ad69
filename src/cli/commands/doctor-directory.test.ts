import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNodeHashing } from '../../io/index.ts'
import { entries, hardState, hardStateOf, MemoryDisk, SmallLog } from '../../log/testing/index.ts'
import type { Machine } from '../command-parts.ts'
import { identityOf, planCluster, readNodeFile, writeIdentity } from '../config/index.ts'
import { FakeTerminal } from '../testing/index.ts'
import { directoryFindings } from './doctor-directory.ts'

const GIB = 1024 * 1024 * 1024
/** The log of these tests is in `/log`. */
const DATA = '/'

async function machineOf(disk: MemoryDisk, freeBytes: number | null = 10 * GIB): Promise<Machine> {
  const machine = await new FakeTerminal({ disk }).parts().machine()
  const space = async () => (freeBytes === null ? null : { freeBytes, totalBytes: 100 * GIB })
  return { ...machine, space }
}

/** A node that has written something and does not run. */
async function nodeDisk(): Promise<MemoryDisk> {
  const log = new SmallLog()
  await log.open()
  await log.batch([hardState(1, hardStateOf(1, 0)), entries(1, 1, { count: 4 })])
  await log.batch([entries(1, 5, { count: 2 }), hardState(1, hardStateOf(1, 4))])
  await log.rest()
  await writeIdentity(log.disk, DATA, ownIdentity(DATA))
  return log.disk
}

function ownIdentity(directory: string): ReturnType<typeof identityOf> {
  const outcome = readNodeFile(`name: m1\ndata: { directory: ${directory} }\n`)
  assert.equal(outcome.kind, 'read')
  return identityOf(planCluster(outcome.config.cluster, createNodeHashing()), outcome.config)
}

/** Lists names of one level, as a file system does. */
class FolderDisk extends MemoryDisk {
  override async list(path: string): Promise<readonly string[]> {
    return [...new Set((await super.list(path)).map((name) => name.replace(/\/.*/, '')))]
  }
}

async function told(machine: Machine, directory = DATA): Promise<readonly string[]> {
  const findings = await directoryFindings(directory, machine)
  return findings.map(({ level, check, what }) => `${level} ${check}: ${what}`)
}

describe('a doctor who looks at a directory', () => {
  it('finds what a node that does not run has left', async () => {
    const found = await told(await machineOf(await nodeDisk()))
    assert.equal(found[0], 'fine space: 10.0 GiB of 100 GiB are free')
    assert.match(found[1] ?? '', /^fine directory: of a cluster of 1 node with the engine bitcask/)
    assert.match(found[2] ?? '', /^fine log: no node runs here; the log is whole: \d+ records/)
  })

  it('warns of a disk that fills up', async () => {
    const disk = await nodeDisk()
    const spaceWith = async (freeBytes: number | null) =>
      (await told(await machineOf(disk, freeBytes)))[0]
    assert.match((await spaceWith(GIB / 2)) ?? '', /^advice space: 512 MiB of 100 GiB/)
    assert.match((await spaceWith(GIB / 8)) ?? '', /^wrong space: 128 MiB of 100 GiB/)
    assert.match((await spaceWith(null)) ?? '', /^fine space: this system does not tell/)
  })

  it('says that a log is damaged, and how to learn more', async () => {
    const disk = await nodeDisk()
    const file = [...disk.files.keys()].find((name) => /\.log$|segment/.test(name))
    assert.ok(file !== undefined, [...disk.files.keys()].join())
    const bytes = disk.bytesOf(file)
    bytes.fill(0xff, 4096, 4096 + 256)
    const findings = await directoryFindings(DATA, await machineOf(disk))
    const log = findings.find(({ check }) => check === 'log')
    assert.equal(log?.level, 'wrong', JSON.stringify(findings))
    assert.equal(log?.todo.includes('quorate log check /log'), true)
  })

  it('names the nodes of a directory that holds several', async () => {
    const disk = new FolderDisk()
    await writeIdentity(disk, '/all/node-2', ownIdentity('/all/node-2'))
    await writeIdentity(disk, '/all/node-1', ownIdentity('/all/node-1'))
    const [finding, ...more] = await directoryFindings('/all', await machineOf(disk))
    assert.equal(more.length, 0)
    assert.match(finding?.what ?? '', /^\/all holds the directories of nodes: node-1, node-2$/)
    assert.equal(finding?.todo, 'name one of them, such as /all/node-1')
  })

  it('tells a directory that is of no node', async () => {
    const disk = new MemoryDisk()
    await disk.makeDirectory('/data')
    const found = await told(await machineOf(disk), '/data')
    assert.match(found[1] ?? '', /^wrong directory: \/data is of no node/)
    assert.equal(found.length, 2)
  })
})
