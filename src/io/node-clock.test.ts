import { describeClock } from './contract/index.ts'
import { createNodeClock } from './index.ts'

describeClock('the clock of Node', async () => ({
  clock: createNodeClock(),
  run: (body) => body(),
  close: async () => {},
}))
