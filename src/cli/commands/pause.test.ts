import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { ManualClock } from '../../log/testing/index.ts'
import { FakeTerminal } from '../testing/index.ts'
import { pause } from './pause.ts'

test('a pause ends with its time or with the signal, and leaves nothing behind', async () => {
  const clock = new ManualClock()
  const machine = { ...(await new FakeTerminal().parts().machine()), clock }
  const ended = new AbortController()
  const { signal } = ended
  for (let round = 0; round < 3; round++) {
    const over = pause(500, { machine, signal })
    await clock.advance(500)
    await over
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  }
  const cut = pause(500, { machine, signal })
  ended.abort()
  await cut
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  await pause(500, { machine, signal })
})
