import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../io/index.ts'
import { describeCalls } from '../contract/index.ts'

describeCalls('real sockets', async () => ({
  clock: createNodeClock(),
  chance: createNodeChance(),
  gzip: createNodeGzip(),
  sockets: createNodeSockets(),
  host: '127.0.0.1',
  run: (body) => body(),
  close: async () => {},
}))
