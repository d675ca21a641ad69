import { describeSockets } from './contract/index.ts'
import { createNodeSockets } from './index.ts'

describeSockets('the sockets of Node', async () => ({
  sockets: createNodeSockets(),
  host: '127.0.0.1',
  run: (body) => body(),
  close: async () => {},
}))
