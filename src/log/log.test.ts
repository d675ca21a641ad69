import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import { checkEntries, sameOutline } from './testing/compare.ts'
import { DIRECTORY, LogMachine } from './testing/log-machine.ts'
import { entryOf } from './testing/model.ts'
import { cut, entries, hardState, hardStateOf, install } from './testing/steps.ts'

function refuses(code: string, pattern: RegExp = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof KvError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, pattern)
    return true
  }
}

/** Restarts in good order and compares everything with the model. */
async function reopened(machine: LogMachine): Promise<void> {
  await machine.run(() => machine.log.close())
  machine.restart('powerLost')
  const opened = await machine.open({ create: false })
  assert.equal(opened.report.verdict, 'clean')
  assert.ok(sameOutline(opened, machine.model))
  await machine.run(() => checkEntries(machine.log, machine.model))
}

describe('what was appended', () => {
  it('comes back after a restart: entries, hard states, marks, configurations', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      await machine.take(hardState(1, hardStateOf(3, 0, 3)))
      await machine.take(entries(1, 1, { count: 4, term: 3 }))
      const configuration = entryOf(5, 3, { kind: 'configuration' })
      const write = { group: 1, hardState: null, entries: [configuration], snapshot: null }
      await machine.take({ kind: 'write', write })
      await machine.take(install(2, 40, 7))
      await machine.take(entries(2, 41, { count: 2, term: 7, bytes: 0 }))
      await machine.take(cut(1, 2, 3))
      await machine.take(hardState(1, { ...hardStateOf(4, 5), recovering: true }))
      await machine.take(entries(900_719_925, 1))
    })
    await reopened(machine)
    assert.deepEqual(machine.opened?.groups.get(2)?.snapshot?.configuration, {
      voters: [1, 2, 3],
      outgoing: [],
      learners: [4],
    })
    await reopened(machine)
  })

  it('is told durable in order, each write once, and only when it is on the medium', async () => {
    const machine = new LogMachine()
    await machine.open()
    machine.disk.hold('write')
    const order: number[] = []
    await machine.run(async () => {
      for (let i = 1; i <= 5; i++) void machine.take(entries(1, i)).then(() => order.push(i))
      await new Promise<void>((resolve) => machine.clock.after(50, resolve))
    })
    assert.deepEqual(order, [])
    machine.disk.release()
    await machine.run(() => machine.take(entries(1, 6)))
    assert.deepEqual(order, [1, 2, 3, 4, 5])
  })

  it('goes to disk together: 256 appenders take a handful of writes', async () => {
    const machine = new LogMachine({ limits: { segmentBytes: 1 << 20, batchBytesMax: 1 << 20 } })
    await machine.open()
    let writes = 0
    machine.disk.onOperation = ({ operation, phase, path }) => {
      if (operation === 'write' && phase === 'done' && path.endsWith('.free') === false) writes += 1
    }
    await machine.run(async () => {
      const appender = async (group: number): Promise<void> => {
        for (let i = 1; i <= 4; i++) await machine.take(entries(group, i))
      }
      await Promise.all(Array.from({ length: 256 }, (_, i) => appender(i + 1)))
    })
    assert.ok(writes <= 8, `${writes} writes for 1024 appends`)
  })

  it('beyond the largest batch goes with the next, in order', async () => {
    const machine = new LogMachine({ limits: { batchBytesMax: 1000 } })
    await machine.open()
    await machine.run(async () => {
      const all = Array.from({ length: 30 }, (_, i) => machine.take(entries(1, i + 1)))
      await Promise.all(all)
    })
    assert.equal(machine.durable, 30)
    await reopened(machine)
  })

  it('may be larger than a segment', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      await machine.take(entries(1, 1, { count: 3, bytes: 50_000 }))
      await machine.take(entries(1, 4))
    })
    await reopened(machine)
  })

  it('with nothing in it is still told in its turn', async () => {
    const machine = new LogMachine()
    await machine.open()
    const order: string[] = []
    await machine.run(async () => {
      const empty = { group: 1, hardState: null, entries: [], snapshot: null }
      const first = machine.take(entries(1, 1)).then(() => order.push('entry'))
      const second = machine.take({ kind: 'write', write: empty }).then(() => order.push('empty'))
      await Promise.all([first, second])
      await machine.take({ kind: 'write', write: empty })
    })
    assert.deepEqual(order, ['entry', 'empty'])
  })

  it('waits for others no longer than the window that was asked for', async () => {
    const machine = new LogMachine({ limits: { groupCommitWindowMs: 5 } })
    await machine.open()
    await machine.run(async () => {
      const start = machine.clock.monotonicMs()
      const late = new Promise<void>((resolve) => {
        machine.clock.after(4, () => void machine.take(entries(2, 1)).then(resolve))
      })
      await Promise.all([machine.take(entries(1, 1)), late])
      const took = machine.clock.monotonicMs() - start
      assert.ok(took >= 4.5 && took < 9, `${took} ms`)
    })
  })
})

describe('reading', () => {
  it('serves at once what was just appended, at least one entry whatever its size', async () => {
    const machine = new LogMachine()
    await machine.open()
    void machine.take(entries(1, 1, { count: 5, bytes: 300 }))
    const { log } = machine
    assert.deepEqual(
      log.read(1, 2, 5, 650)?.map(({ index }) => index),
      [2, 3],
    )
    assert.deepEqual(
      log.read(1, 2, 5, 1)?.map(({ index }) => index),
      [2],
    )
    assert.deepEqual(
      log.read(1, 4, 900, 1e6)?.map(({ index }) => index),
      [4, 5],
    )
    assert.equal(log.read(1, 6, 7, 1e6), null)
    assert.equal(log.read(2, 1, 1, 1e6), null)
  })

  it('never serves what was replaced, from memory or from disk (cockroach #63302)', async () => {
    const machine = new LogMachine({ limits: { cacheBytesMax: 0 } })
    await machine.open()
    const { log } = machine
    await machine.run(async () => {
      await machine.take(entries(1, 1, { count: 6 }))
      void machine.take(entries(1, 3, { count: 2, term: 2, bytes: 3000 }))
      assert.equal(log.read(1, 5, 6, 1e6), null)
      assert.deepEqual(
        log.read(1, 3, 9, 1e6)?.map(({ term }) => term),
        [2, 2],
      )
      assert.deepEqual(await log.load(1, 5, 6, 1e6), [])
      await machine.take(entries(1, 5, { term: 2 }))
      const loaded = await log.load(1, 1, 9, 1e6)
      assert.deepEqual(
        loaded.map(({ term }) => term),
        [1, 1, 2, 2, 2],
      )
    })
  })

  it('loads from disk what left memory, across segments, in pieces', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      for (let i = 1; i <= 40; i++) await machine.take(entries(1 + (i % 2), Math.ceil(i / 2)))
      for (let i = 21; i <= 60; i++) await machine.take(entries(1, i, { bytes: 900 }))
      assert.equal(machine.log.read(1, 1, 5, 1e6), null)
      await checkEntries(machine.log, machine.model)
      const some = await machine.log.load(1, 1, 60, 50)
      assert.deepEqual(
        some.map(({ index }) => index),
        [1, 2],
      )
    })
  })

  it('of what was cut fails with COMPACTED', async () => {
    const machine = new LogMachine({ limits: { cacheBytesMax: 0 } })
    await machine.open()
    await machine.run(async () => {
      await machine.take(entries(1, 1, { count: 5 }))
      void machine.take(cut(1, 3))
      assert.equal(machine.log.read(1, 3, 4, 1e6), null)
      await assert.rejects(machine.log.load(1, 3, 4, 1e6), refuses('COMPACTED'))
      await assert.rejects(machine.log.load(9, 1, 1, 1e6), refuses('COMPACTED'))
      assert.equal((await machine.log.load(1, 4, 5, 1e6)).length, 2)
    })
  })
})

describe('segments', () => {
  it('are removed or used again when every group has cut what they hold', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      for (let i = 1; i <= 100; i++) await machine.take(entries(1, i, { bytes: 500 }))
    })
    const before = [...machine.disk.files().keys()].filter((name) => name.endsWith('.log')).length
    await machine.run(async () => {
      await machine.take(entries(2, 1))
      await machine.take(cut(1, 100))
      await machine.take(entries(2, 2))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
    })
    const files = [...machine.disk.files().keys()]
    assert.ok(before > 10)
    assert.equal(files.filter((name) => name.endsWith('.log')).length, 1)
    assert.equal(files.filter((name) => name.endsWith('.free')).length, 3)
    await reopened(machine)
  })

  it('go also when nothing is appended after the cut', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      for (let i = 1; i <= 30; i++) await machine.take(entries(1, i, { bytes: 900 }))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
      await machine.take(cut(1, 30))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
    })
    const logs = [...machine.disk.files().keys()].filter((name) => name.endsWith('.log'))
    assert.equal(logs.length, 1)
    await reopened(machine)
  })

  it('are kept for one group that has not cut yet', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      await machine.take(entries(7, 1))
      for (let i = 1; i <= 40; i++) await machine.take(entries(1, i, { bytes: 900 }))
      await machine.take(cut(1, 40))
      await machine.take(entries(1, 41))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
    })
    assert.ok(machine.disk.files().has(`${DIRECTORY}/0000000001.log`))
    await machine.run(async () => {
      await machine.take({ kind: 'drop', group: 7 })
      await machine.take(entries(1, 42))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
    })
    assert.ok(!machine.disk.files().has(`${DIRECTORY}/0000000001.log`))
    await reopened(machine)
  })

  it('ask a group to let go of the oldest of too many', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(async () => {
      await machine.take(entries(7, 1, { count: 3 }))
      assert.equal(machine.log.overdue(7), 0)
      for (let i = 1; i <= 40; i++) await machine.take(entries(1, i, { bytes: 900 }))
      await machine.take(cut(1, 40))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
      assert.equal(machine.log.overdue(7), 3)
      assert.equal(machine.log.overdue(1), 0)
      assert.equal(machine.log.overdue(9), 0)
      await machine.take(cut(7, 3))
      await new Promise<void>((resolve) => machine.clock.after(100, resolve))
      assert.equal(machine.log.overdue(7), 0)
    })
  })

  it('do not pile up over restarts, and their unused ends give back their room', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(() => machine.take(entries(1, 1)))
    for (let life = 0; life < 10; life++) {
      await machine.run(() => new Promise<void>((resolve) => machine.clock.after(50, resolve)))
      machine.restart(life % 2 === 0 ? 'killed' : 'powerLost')
      const { report } = await machine.open()
      assert.equal(report.incarnation, life + 2)
    }
    await machine.run(() => new Promise<void>((resolve) => machine.clock.after(50, resolve)))
    const logs = [...machine.disk.files()].filter(([name]) => name.endsWith('.log'))
    assert.ok(logs.length <= 3, 'the carried entry makes older segments needless')
  })

  it('that are used again never show what they held before', async () => {
    const machine = new LogMachine({ limits: { recycledSegmentsMax: 8 } })
    await machine.open()
    for (let life = 0; life < 6; life++) {
      await machine.run(async () => {
        const from = life * 50 + 1
        for (let i = from; i < from + 50; i++) await machine.take(entries(1, i, { bytes: 700 }))
        await machine.take(cut(1, from + 49))
        await machine.take(entries(1, from + 50))
      })
      const step = entries(1, life * 50 + 51)
      assert.equal(step.kind, 'write')
      await machine.run(() => new Promise<void>((resolve) => machine.clock.after(60, resolve)))
      machine.restart('powerLost')
      const { report } = await machine.open()
      assert.equal(report.verdict, 'clean')
      assert.ok(sameOutline(machine.opened as never, machine.model), `life ${life}`)
    }
  })
})

describe('opening and closing', () => {
  it('refuses a directory without a log, unless a new one is wanted', async () => {
    const machine = new LogMachine()
    await assert.rejects(machine.open({ create: false }), refuses('LOG_MISSING'))
    await machine.open({ create: true })
    await machine.run(() => machine.log.close())
    machine.disk.wipe(DIRECTORY)
    await assert.rejects(machine.open({ create: false }), refuses('LOG_MISSING'))
  })

  it('refuses the log of another node or cluster', async () => {
    const machine = new LogMachine()
    await machine.open()
    await machine.run(() => machine.log.close())
    for (const identity of [
      { clusterId: 77, nodeId: 2 },
      { clusterId: 78, nodeId: 1 },
    ]) {
      await assert.rejects(
        machine.open({ identity }),
        refuses('LOG_FOREIGN', /node 1 of cluster 77/),
      )
    }
    await machine.open({ create: false })
  })

  it('refuses a directory in use, and lets go of it when closed or refused', async () => {
    const machine = new LogMachine()
    const first = await machine.open()
    await assert.rejects(machine.open(), refuses('LOG_LOCKED'))
    await machine.run(() => first.log.close())
    await assert.rejects(machine.open({ identity: { clusterId: 1, nodeId: 1 } }))
    await machine.open()
  })

  it('closes once, with all that was appended, and takes nothing more', async () => {
    const machine = new LogMachine()
    const { log } = await machine.open()
    await machine.run(async () => {
      const last = machine.take(entries(1, 1))
      const closing = [log.close(), log.close()]
      log.append({
        ...{ group: 1, hardState: null, snapshot: null },
        entries: [entryOf(2, 1)],
        done: () => assert.fail('a closed log promises nothing'),
      })
      await Promise.all([...closing, last])
      await log.close()
    })
    machine.restart('powerLost')
    await machine.open({ create: false })
    assert.ok(sameOutline(machine.opened as never, machine.model))
  })

  it('counts its lives', async () => {
    const machine = new LogMachine()
    for (let life = 1; life <= 4; life++) {
      assert.equal((await machine.open()).report.incarnation, life)
      machine.restart('killed')
    }
  })
})
