import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BrokenInvariant } from '../base/index.ts'
import { DiskError } from '../io/index.ts'
import {
  entries,
  hardState,
  hardStateOf,
  MemoryDisk,
  SMALL_DIRECTORY,
  SmallLog,
} from '../log/testing/index.ts'
import { runCommand } from './command.ts'
import { FakeTerminal } from './testing/index.ts'

async function smallLog(): Promise<SmallLog> {
  const log = new SmallLog()
  await log.open()
  await log.batch([hardState(1, hardStateOf(1, 0)), entries(1, 1, { count: 4 })])
  await log.batch([hardState(2, hardStateOf(2, 0)), entries(2, 1, { count: 2, term: 2 })])
  await log.batch([entries(1, 5, { count: 2 }), hardState(1, hardStateOf(1, 4))])
  await log.rest()
  return log
}

async function run(disk: MemoryDisk, ...parameters: string[]) {
  const terminal = new FakeTerminal({ disk })
  const status = await runCommand(['log', ...parameters], terminal.parts())
  const text = [terminal.out, terminal.err].filter((one) => one !== '').join('\n')
  return { status, lines: text.split('\n'), text }
}

/** Damages the data of entry 3 of group 1. */
async function damage({ disk }: SmallLog): Promise<string> {
  const { lines } = await run(disk, 'dump', SMALL_DIRECTORY, '--group', '1', '--json')
  const record = lines.map((line) => JSON.parse(line)).find(({ index }) => index === 3)
  const bytes = disk.bytesOf(record.file)
  const at = record.offset + 72
  bytes[at] = (bytes[at] as number) ^ 1
  return `${record.file} at offset ${record.offset}`
}

describe('quorate log check', () => {
  it('tells what an intact log holds', async () => {
    const { disk } = await smallLog()
    const before = disk.copy()
    const { status, text } = await run(disk, 'check', SMALL_DIRECTORY)
    assert.equal(status, 0)
    assert.match(text, /node 1, cluster c5, which is 5 in files/)
    assert.match(text, /\n1 segment, 11 records, [\d,]+ bytes, started 1 time\n/)
    assert.match(text, /group 1 \(members\): entries 1 to 6, term 1, vote 2, commit 4\n/)
    assert.match(text, /clean/)
    assert.deepEqual(disk.files, before.files)
  })

  it('names file, offset, entry and the way out of a damaged one', async () => {
    const log = await smallLog()
    const place = await damage(log)
    const { status, text } = await run(log.disk, 'check', SMALL_DIRECTORY)
    assert.equal(status, 1)
    assert.ok(text.includes(`${place}: the payload does not match its checksum (entry 3, group 1)`))
    assert.match(text, /--at 1:2 --alone/)
    const json = await run(log.disk, 'check', SMALL_DIRECTORY, '--json')
    const value = JSON.parse(json.text)
    assert.equal(value.verdict, 'damaged')
    assert.deepEqual(value.lost, [1])
    assert.equal(value.damages[0].index, 3)
  })

  it('works on a log of which nothing can be read', async () => {
    const { disk } = await smallLog()
    disk.bytesOf(`${SMALL_DIRECTORY}/0000000001.log`).fill(0)
    const { status, text } = await run(disk, 'check', SMALL_DIRECTORY)
    assert.equal(status, 1)
    assert.match(text, /no magic/)
  })

  it('refuses a directory without a log', async () => {
    const { disk } = await smallLog()
    const { status, text } = await run(disk, 'check', '/elsewhere')
    assert.equal(status, 1)
    assert.match(text, /there is no log in \/elsewhere$/)
  })

  it('says which directory is meant when it is given that of a node', async () => {
    const { disk } = await smallLog()
    const { status, text } = await run(disk, 'check', '/')
    assert.equal(status, 1)
    assert.match(text, /there is no log in \/; \/log is meant/)
  })
})

class LockedDisk extends MemoryDisk {
  override async lock(path: string): Promise<never> {
    throw new DiskError('locked', { operation: 'lock', path })
  }
}

describe('a log whose node runs', () => {
  it('is not looked into, and says to stop the node first', async () => {
    for (const [name, ...more] of [['check'], ['dump'], ['truncate', '--at', '1:2']] as const) {
      const { status, text } = await run(new LockedDisk(), name, SMALL_DIRECTORY, ...more)
      assert.equal(status, 1)
      assert.match(
        text,
        /\/log is in use already, by this process or another: stop the node first$/,
      )
    }
  })
})

describe('quorate log dump', () => {
  it('prints every record, of one group when asked, with data when asked', async () => {
    const { disk } = await smallLog()
    const all = await run(disk, 'dump', SMALL_DIRECTORY)
    assert.equal(all.status, 0)
    assert.equal(all.lines.length, 11)
    const one = await run(disk, 'dump', SMALL_DIRECTORY, '--group', '2', '--json', '--data')
    const records = one.lines.map((line) => JSON.parse(line))
    assert.deepEqual(
      records.map(({ type, index }) => [type, index]),
      [
        ['hardState', 0],
        ['entry', 1],
        ['entry', 2],
      ],
    )
    assert.equal(records[1].data.length, 40)
  })
})

describe('quorate log truncate', () => {
  it('changes nothing without --yes', async () => {
    const log = await smallLog()
    await damage(log)
    const before = log.disk.copy()
    const { status, text } = await run(log.disk, 'truncate', SMALL_DIRECTORY, '--at', '1:2')
    assert.equal(status, 1)
    assert.match(text, /nothing was changed/)
    assert.deepEqual(log.disk.files, before.files)
  })

  it('lets a node without peers start with what is left, and keeps a copy', async () => {
    const log = await smallLog()
    await damage(log)
    await assert.rejects(new SmallLog(log.disk).open({ create: false }))
    const { status } = await run(
      log.disk,
      'truncate',
      SMALL_DIRECTORY,
      '--at',
      '1:2',
      '--alone',
      '--yes',
    )
    assert.equal(status, 0)
    const opened = await new SmallLog(log.disk).open({ create: false })
    assert.equal(opened.report.verdict, 'clean')
    assert.deepEqual(opened.groups.get(1)?.hardState, { ...hardStateOf(1, 2) })
    assert.equal(opened.groups.get(1)?.last, 2)
    assert.equal(opened.groups.get(2)?.last, 2)
    assert.ok([...log.disk.files.keys()].some((name) => name.endsWith('.copy')))
  })

  it('tells before anything is changed what an offset gives up', async () => {
    const { disk } = await smallLog()
    const before = disk.copy()
    const words = ['truncate', SMALL_DIRECTORY, '--at-offset', '1:4096']
    const { status, text } = await run(disk, ...words)
    assert.equal(status, 1)
    assert.match(text, /group 1 \(members\): can be read up to entry 6, nothing of it is kept/)
    assert.match(text, /group 2 \(data\): can be read up to entry 2, nothing of it is kept/)
    assert.match(text, /not even --alone makes this node whole/)
    assert.match(text, /they start in term 2\n/)
    assert.match(text, /nothing was changed/)
    assert.equal(JSON.parse((await run(disk, ...words, '--json')).text).groups.length, 2)
    assert.deepEqual(disk.files, before.files)
  })

  it('leaves a node that may have peers under repair, and says so', async () => {
    const { disk } = await smallLog()
    const { status, text } = await run(disk, 'truncate', SMALL_DIRECTORY, '--at', '1:2', '--yes')
    assert.equal(status, 0)
    assert.match(text, /group 1 \(members\): .*, 2 is the last one kept; it starts under repair/)
    assert.match(text, /a node that has no peers needs --alone/)
    const opened = await new SmallLog(disk).open({ create: false })
    assert.deepEqual(opened.groups.get(1)?.hardState, { ...hardStateOf(1, 2), recovering: true })
  })

  it('refuses places and groups that are not in the log, with and without --yes', async () => {
    const { disk } = await smallLog()
    const before = disk.copy()
    for (const wish of [
      ['--at-offset', '999:4096'],
      ['--at-offset', '0:0'],
      ['--at-offset', '1:99999999'],
      ['--at', '7:1'],
    ]) {
      for (const yes of [[], ['--yes']]) {
        const { status } = await run(disk, 'truncate', SMALL_DIRECTORY, ...wish, ...yes)
        assert.equal(status, 2, wish.join(' '))
      }
    }
    assert.deepEqual(disk.files, before.files)
  })

  it('refuses to keep what is damaged, and damage that is not named', async () => {
    const log = await smallLog()
    await damage(log)
    const kept = await run(log.disk, 'truncate', SMALL_DIRECTORY, '--at', '1:5', '--yes')
    assert.equal(kept.status, 2)
    const other = await run(log.disk, 'truncate', SMALL_DIRECTORY, '--at', '2:1', '--yes')
    assert.equal(other.status, 1)
    assert.match(other.text, /Groups that lost entries or promises: 1/)
  })

  it('at an offset gives up everything behind it', async () => {
    const log = await smallLog()
    const { lines } = await run(log.disk, 'dump', SMALL_DIRECTORY, '--json')
    const record = lines.map((line) => JSON.parse(line)).find(({ group }) => group === 2)
    const place = `1:${record.offset}`
    const { status } = await run(
      log.disk,
      'truncate',
      SMALL_DIRECTORY,
      '--at-offset',
      place,
      '--alone',
      '--yes',
    )
    assert.equal(status, 0)
    const opened = await new SmallLog(log.disk).open({ create: false })
    assert.deepEqual([...opened.groups.keys()], [1])
    assert.equal(opened.groups.get(1)?.last, 4)
    assert.equal(opened.groups.get(1)?.hardState.recovering, false)
  })
})

class FailingDisk extends MemoryDisk {
  readonly #error: unknown

  constructor(error: unknown) {
    super()
    this.#error = error
  }

  override async list(): Promise<readonly string[]> {
    throw this.#error
  }
}

describe('a failure', () => {
  it('of the disk is told with its causes and without a stack', async () => {
    const cause = Object.assign(new Error('ENOTDIR: not a directory'), { code: 'ENOTDIR' })
    const error = new DiskError('io', { operation: 'list', path: '/etc/hostname', cause })
    const { status, text } = await run(new FailingDisk(error), 'check', '/etc/hostname')
    assert.equal(status, 1)
    assert.match(text, /^quorate: the log in \/etc\/hostname could not be opened/)
    assert.equal(text.split('cannot list /etc/hostname: ENOTDIR').length, 2, text)
    assert.equal(text.split('ENOTDIR: not a directory').length, 2, text)
    assert.doesNotMatch(text, /\n/)
  })

  it('of Quorate itself is introduced as such, and keeps its stack', async () => {
    const bug = new BrokenInvariant('this must hold')
    const { status, text } = await run(new FailingDisk(bug), 'check', '/a')
    assert.equal(status, 1)
    assert.match(text, /^quorate: this is a bug in Quorate,/)
    assert.match(text, /BrokenInvariant: this must hold\n {4}at /)
  })
})

describe('wrong usage', () => {
  it('of truncate says what is missing, or too much', async () => {
    const { disk } = await smallLog()
    const none = await run(disk, 'truncate', SMALL_DIRECTORY, '--alone')
    assert.match(none.text, /^quorate log truncate: truncate needs --at GROUP:INDEX or --at-offset/)
    assert.ok(none.text.includes(`"quorate log check ${SMALL_DIRECTORY}" names them`), none.text)
    assert.doesNotMatch(none.text, /both|exclude/)
    const words = ['--at', '1:1', '--at-offset', '1:1']
    const both = await run(disk, 'truncate', SMALL_DIRECTORY, ...words)
    assert.match(both.text, /: --at and --at-offset exclude each other\n/)
  })

  it('is answered with the usage and status 2', async () => {
    const { disk } = await smallLog()
    for (const parameters of [
      [],
      ['check'],
      ['check', '/a', '/b'],
      ['burn', '/a'],
      ['check', '/a', '--what'],
      ['truncate', SMALL_DIRECTORY],
      ['truncate', SMALL_DIRECTORY, '--at', '1'],
      ['truncate', SMALL_DIRECTORY, '--at', '1:x'],
      ['truncate', SMALL_DIRECTORY, '--at', '1:1', '--at-offset', '1:1'],
    ]) {
      const { status, text } = await run(disk, ...parameters)
      assert.equal(status, 2, parameters.join(' '))
      assert.match(text, /usage: quorate log|"quorate help log"/)
    }
  })
})
