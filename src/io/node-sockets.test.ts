import { createAuthority, describeSockets, describeTls, socketsOverTls } from './contract/index.ts'
import { createNodeSockets } from './index.ts'

const harness = {
  sockets: createNodeSockets(),
  host: '127.0.0.1',
  createAuthority,
  run: (body: () => Promise<void>) => body(),
  close: async () => {},
}

describeSockets('the sockets of Node', async () => harness)
describeTls('TLS of Node', async () => harness)
describeSockets(
  'the sockets of Node with TLS',
  async () => ({ ...harness, sockets: socketsOverTls(harness) }),
  { leavesAtOnce: false },
)
