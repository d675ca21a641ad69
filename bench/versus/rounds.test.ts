/** A few rows of the benchmark, on real processes, shorter than anything that would mean much. */

import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { type Programs, Rounds } from './rounds.ts'
import { findTool } from './tools.ts'

const QUORATE = path.join(import.meta.dirname, '../../bin/etcd')
const WRK = findTool('wrk')
const H2LOAD = findTool('h2load')
const PROGRAMS: Programs = {
  etcd: null,
  quorate: [QUORATE],
  h2load: H2LOAD,
  wrk: WRK,
  redis: null,
}
const ONLY = /^(put 1 x 1|h2load: put 1 x 1|events to 1 watcher|REST GET.*|native.*)$/

test('each way to ask measures something, and nothing fails', async () => {
  // Long enough for something to be answered whatever else the machine does.
  const timing = { warmMs: 50, measureMs: 1000 }
  const settings = { isQuick: false, timing, keys: 100, only: ONLY }
  const said: string[] = []
  const rounds = new Rounds(PROGRAMS, settings, { rounds: 1, say: (line) => said.push(line) })
  assert.ok(rounds.estimateMs() > 0)
  await rounds.run()
  const expected = [
    'put 1 x 1',
    ...(H2LOAD === null ? [] : ['h2load: put 1 x 1']),
    'events to 1 watcher',
    ...(WRK === null ? [] : ['REST GET, 64 connections']),
    'native client, 1,000 puts under way',
  ]
  assert.deepEqual(
    rounds.samples.map(({ load }) => load),
    expected,
    said.join('\n'),
  )
  for (const { load, perSecond, failures, p99Ms } of rounds.samples) {
    assert.deepEqual(failures, {}, load)
    assert.ok(perSecond > 0 && p99Ms > 0, load)
  }
  assert.equal(rounds.memory.length, 0)
})

test('a side that does not start is samples that failed, and not the end of the run', async () => {
  const settings = { isQuick: false, timing: { warmMs: 1, measureMs: 1 }, keys: 1, only: ONLY }
  const programs = { ...PROGRAMS, quorate: ['/bin/false'], h2load: null, wrk: null }
  const rounds = new Rounds(programs, settings, { rounds: 1, say: () => {} })
  await rounds.run()
  assert.equal(rounds.samples.length, 3)
  for (const { failures, perSecond } of rounds.samples) {
    assert.equal(perSecond, 0)
    assert.match(Object.keys(failures).join(), /ended with 1/)
  }
})
