import assert from 'node:assert/strict'
import { it } from 'node:test'
import { describeClock } from './contract/index.ts'
import { createNodeClock } from './index.ts'

describeClock('the clock of Node', async () => ({
  clock: createNodeClock(),
  run: (body) => body(),
  close: async () => {},
}))

it('a very long wait is made of shorter ones, without a warning of the system', async () => {
  const warnings: string[] = []
  const note = (warning: Error): void => {
    warnings.push(warning.name)
  }
  process.on('warning', note)
  const clock = createNodeClock()
  const timer = clock.after(2 ** 40, () => assert.fail('decades too early'))
  await new Promise<void>((resolve) => clock.after(5, resolve))
  timer.cancel()
  process.off('warning', note)
  assert.deepEqual(warnings, [])
})
