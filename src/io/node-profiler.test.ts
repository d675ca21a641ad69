import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import { createNodeClock, createNodeProfiler } from './index.ts'

describe('the profiler', () => {
  it('tells what the processor was busy with', async () => {
    const profiler = createNodeProfiler(createNodeClock())
    const profile = JSON.parse(await profiler.cpuProfile(30))
    assert.ok(profile.nodes.length > 0)
    assert.ok(profile.endTime - profile.startTime >= 20_000, 'in microseconds')
  })

  it('tells what is on the heap, in pieces', async () => {
    const profiler = createNodeProfiler(createNodeClock())
    class MarkerOfThisTest {}
    const marker = new MarkerOfThisTest()
    let text = ''
    await profiler.heapSnapshot((piece) => {
      text += piece
    })
    assert.ok(JSON.parse(text).nodes.length > 1000)
    assert.ok(text.includes(marker.constructor.name))
  })

  it('answers one question at a time', async () => {
    const profiler = createNodeProfiler(createNodeClock())
    const first = profiler.cpuProfile(20)
    const isBusy = (error: unknown) => error instanceof KvError && error.code === 'OVERLOADED'
    await assert.rejects(profiler.cpuProfile(20), isBusy)
    await assert.rejects(
      profiler.heapSnapshot(() => {}),
      isBusy,
    )
    await first
    await profiler.cpuProfile(1)
  })
})
