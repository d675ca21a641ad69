import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOG_FULL_SEGMENTS_WANTED_MAX } from '../base/index.ts'
import { Bench, type Member } from './testing/bench.ts'
import { putCommand } from './testing/content.ts'

/** In the same log as the group of the bench. */
const NEIGHBOUR = 9
const ENTRY_BYTES = 128 * 1024
const NOBODY = { voters: [1], outgoing: [], learners: [] }

/** The neighbour writes, and cuts what it has written, over many segments. */
async function fill(bench: Bench, { log }: Member): Promise<void> {
  assert.ok(log !== null)
  for (let index = 1; index <= 6 * LOG_FULL_SEGMENTS_WANTED_MAX; index++) {
    const entry = { index, term: 1, kind: 'command', data: new Uint8Array(ENTRY_BYTES) } as const
    let isDurable = false
    const done = (): void => {
      isDurable = true
    }
    log.append({ group: NEIGHBOUR, hardState: null, entries: [entry], snapshot: null, done })
    await bench.until(() => isDurable)
    log.cut(NEIGHBOUR, { index, term: 1, configuration: NOBODY, configurationIndex: 0 })
  }
}

function segments({ disk }: Member): string[] {
  return [...disk.files('durable').keys()].filter((path) => path.endsWith('.log'))
}

test('a few entries of a quiet group do not keep the whole log', async () => {
  const bench = new Bench()
  await bench.run(async () => {
    const leader = await bench.start()
    await leader.write(putCommand('k', 'v'))
    const [first] = segments(leader)
    assert.ok(first !== undefined)
    await fill(bench, leader)
    await bench.until(() => !segments(leader).includes(first))
    await bench.until(() => segments(leader).length <= LOG_FULL_SEGMENTS_WANTED_MAX + 1)
    assert.equal(leader.running.raft.baseIndex, leader.running.appliedIndex)
    assert.equal((await leader.write(putCommand('k', 'again'))).kind, 'applied')
  })
})

test('nor do those that a checkpoint of an earlier life holds', async () => {
  const bench = new Bench()
  await bench.run(async () => {
    const leader = await bench.start()
    await leader.write(putCommand('k', 'v'))
    await bench.wait(bench.limits.checkpointMs + 1000)
    assert.equal(leader.count('checkpointed'), 1)
    assert.equal(leader.running.raft.baseIndex, 0)
    const [first] = segments(leader)
    assert.ok(first !== undefined)
    await fill(bench, leader)
    await bench.until(() => !segments(leader).includes(first))
    assert.equal(leader.count('checkpointed'), 1)
  })
})
