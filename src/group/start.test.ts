import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KvError } from '../base/index.ts'
import { createBitcask } from '../engine/index.ts'
import { Bench, type EngineOn, type Member } from './testing/bench.ts'
import { putCommand } from './testing/content.ts'

const LIMITS = { checkpointEntries: 20, trailingEntries: 0, snapshotChunkBytes: 512 }
const ENGINE = '/data/engine'

async function write(member: Member, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const outcome = await member.write(putCommand(`k${i}`, `v${i}`))
    assert.equal(outcome.kind, 'applied')
  }
}

/** Three members that agree, with a log that begins in the middle. */
async function agreed(bench: Bench): Promise<{ leader: Member; other: Member }> {
  const leader = await bench.start()
  await write(leader, 50)
  const { running } = leader
  await bench.until(() => bench.members.every((m) => m.running.raft.baseIndex >= 40))
  await bench.until(() =>
    bench.members.every((m) => m.running.appliedIndex >= running.appliedIndex),
  )
  const other = bench.members.find((member) => member !== leader)
  assert.ok(other !== undefined)
  return { leader, other }
}

/** All come to the same state, whoever leads: what is fenced may depose a leader once. */
async function agree(bench: Bench): Promise<void> {
  let leader = await bench.elected()
  for (let written = 0; written < 3; leader = await bench.elected()) {
    const outcome = await leader.write(putCommand('k', `${written}`))
    if (outcome.kind === 'applied') written += 1
  }
  const { running } = leader
  await bench.until(() =>
    bench.members.every((m) => m.group?.appliedIndex === running.appliedIndex),
  )
  const hashes = new Set(bench.members.map((m) => m.running.machine.hash()))
  assert.equal(hashes.size, 1)
}

const tinyBitcask: EngineOn = (parts) => createBitcask({ ...parts, limits: { fileBytes: 4096 } })

/** Every value in the last file of the engine, older ones may be on their way out; its name. */
function rotValues(member: Member): string {
  const files = [...member.disk.files('durable').keys()].filter((path) => path.endsWith('.data'))
  const path = files.sort().at(-1)
  assert.ok(path !== undefined)
  const bytes = member.disk.bytesOf(path)
  assert.ok(bytes !== null)
  for (let at = 0; at + 1 < bytes.length; at++) {
    // Of `v1` and so on.
    const isValue = bytes[at] === 0x76 && (bytes[at + 1] as number) >= 0x31
    if (isValue) member.disk.rot(path, at, { length: 1 })
  }
  return path
}

/** What it held at every revision; fails when one of them cannot be read. */
async function readAll(member: Member): Promise<void> {
  const { engine, machine } = member.running
  for (let main: number | null = 2; main !== null && main <= machine.revision; ) {
    ;({ nextMain: main } = await engine.history(main, 1000))
  }
}

describe('an engine and a log that do not fit', () => {
  test('an engine that is gone comes back from the others, under repair until then', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const { other } = await agreed(bench)
      other.crash()
      other.disk.wipe(ENGINE)
      await other.start()
      assert.equal(other.running.raft.recovering, true)
      assert.equal(other.running.appliedIndex, 0)
      await agree(bench)
      await bench.until(() => !other.running.raft.recovering)
    })
  })

  test('an engine that is damaged comes back from the others, too', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const { other } = await agreed(bench)
      other.crash()
      const files = [...other.disk.files('durable')]
      const damaged = files.filter(([path, size]) => path.startsWith(ENGINE) && size > 100)
      assert.ok(damaged.length > 0)
      for (const [path, size] of damaged) other.disk.rot(path, 0, { length: size })
      await other.start()
      assert.equal(other.running.raft.recovering, true)
      await agree(bench)
      await bench.until(() => !other.running.raft.recovering)
    })
  })

  test('a value that has rotted ends one life, and the next is repaired', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS, engine: tinyBitcask })
    await bench.run(async () => {
      const { other } = await agreed(bench)
      other.crash()
      const rotten = rotValues(other)
      await other.start()
      assert.equal(other.running.raft.recovering, false, 'a start reads no values')
      await bench.until(() => bench.members.every((m) => m.running.appliedIndex >= 50))
      await assert.rejects(readAll(other), new RegExp(`${rotten} is damaged at offset`))
      other.crash()
      await other.start()
      assert.equal(other.running.raft.recovering, true)
      await agree(bench)
      await bench.until(() => !other.running.raft.recovering)
      await readAll(other)
      // And stays well.
      other.crash()
      await other.start()
      assert.equal(other.running.raft.recovering, false)
      await agree(bench)
    })
  })

  test('a node alone whose value has rotted refuses to start, and says what to do', async () => {
    const bench = new Bench({ limits: LIMITS, engine: tinyBitcask })
    await bench.run(async () => {
      const leader = await bench.start()
      await write(leader, 50)
      await bench.until(() => leader.running.raft.baseIndex >= 40)
      leader.crash()
      const rotten = rotValues(leader)
      await leader.start()
      await bench.elected()
      await assert.rejects(readAll(leader), new RegExp(`${rotten} is damaged at offset`))
      for (let start = 1; start <= 2; start++) {
        leader.crash()
        await assert.rejects(leader.start(), (error) => {
          assert.ok(error instanceof KvError && error.code === 'ENGINE_CORRUPT')
          assert.match(error.message, /no other node to fetch one from/)
          assert.match(error.message, /nothing was changed; restore the data directory from a copy/)
          assert.match(error.message, new RegExp(`${rotten} is damaged: at offset`))
          return true
        })
      }
    })
  })

  test('a node alone whose engine is gone refuses to go on without it', async () => {
    const bench = new Bench({ limits: LIMITS })
    await bench.run(async () => {
      const leader = await bench.start()
      await write(leader, 50)
      await bench.until(() => leader.running.raft.baseIndex >= 40)
      leader.crash()
      leader.disk.wipe(ENGINE)
      const refused = (error: unknown) =>
        error instanceof KvError && error.code === 'ENGINE_CORRUPT'
      await assert.rejects(leader.start(), refused)
    })
  })

  test('a node alone with its whole log brings everything back by it', async () => {
    const bench = new Bench({ limits: { checkpointEntries: 20, trailingEntries: 1000 } })
    await bench.run(async () => {
      const leader = await bench.start()
      await write(leader, 50)
      await bench.until(() => leader.count('checkpointed') >= 2)
      const hash = leader.running.machine.hash()
      leader.crash()
      leader.disk.wipe(ENGINE)
      await leader.start()
      await bench.elected()
      assert.equal(leader.running.machine.hash(), hash)
      assert.equal(leader.applied[0], 1)
    })
  })

  test('a log that lost its end goes on behind the engine, under repair', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const { other } = await agreed(bench)
      const older = other.disk.copyOf('/data/log')
      await write(await bench.elected(), 30)
      await bench.until(() => (other.running.engine.durable?.appliedIndex ?? 0) >= 60)
      const held = other.running.engine.durable?.appliedIndex ?? 0
      const { term } = other.running.raft
      other.crash()
      other.disk.restore('/data/log', older)
      await other.start()
      assert.ok((other.recovered?.last ?? 0) < held, 'the log is older than the engine')
      assert.equal(other.running.appliedIndex, held)
      assert.equal(other.running.raft.baseIndex, held)
      assert.equal(other.running.raft.recovering, true)
      assert.ok(other.running.raft.term > term, 'what it may have promised is fenced')
      await agree(bench)
      await bench.until(() => !other.running.raft.recovering)
    })
  })

  test('a node alone whose log lost its end goes on with what the engine has', async () => {
    const bench = new Bench({ limits: LIMITS })
    await bench.run(async () => {
      const leader = await bench.start()
      await write(leader, 30)
      const older = leader.disk.copyOf('/data/log')
      await write(leader, 30)
      await bench.until(() => leader.count('checkpointed') >= 3)
      const held = leader.running.engine.durable?.appliedIndex ?? 0
      leader.crash()
      leader.disk.restore('/data/log', older)
      await leader.start()
      assert.ok((leader.recovered?.last ?? 0) < held)
      assert.equal(leader.running.appliedIndex, held)
      await bench.elected()
      await write(leader, 3)
    })
  })

  test('a file of a snapshot that rotted is passed over, and another one fetched', async () => {
    const bench = new Bench({ members: 3, limits: LIMITS })
    await bench.run(async () => {
      const { leader, other } = await agreed(bench)
      bench.carries = ({ from, to }) => from !== other.id && to !== other.id
      const base = leader.running.raft.baseIndex
      await write(leader, 40)
      await bench.until(() => leader.running.raft.baseIndex > base + 20)
      other.hooks.beforePiece = async () => other.crash()
      bench.carries = () => true
      await bench.until(() => other.group === null)
      other.hooks.beforePiece = async () => {}
      const files = [...other.disk.files('durable')].filter(([path]) => path.endsWith('.snap'))
      assert.equal(files.length, 1)
      for (const [path, size] of files) other.disk.rot(path, 100, { length: size - 100 })
      await other.start()
      assert.equal(other.running.raft.recovering, true)
      assert.ok(other.running.appliedIndex >= 40, 'from where its engine stands')
      await agree(bench)
      await bench.until(() => !other.running.raft.recovering)
    })
  })
})
