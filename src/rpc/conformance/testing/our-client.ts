import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../../io/index.ts'
import { RpcChannel, STATUS } from '../../grpc/index.ts'
import type { ClientTarget, Outcome, TestClient } from './client-target.ts'
import { PATHS } from './target.ts'

/** Our client, over real sockets. */
export const OUR_CLIENT: ClientTarget = {
  connect: (address) => {
    const sockets = createNodeSockets()
    const faults: unknown[] = []
    const channel = new RpcChannel({
      clock: createNodeClock(),
      chance: createNodeChance(),
      gzip: createNodeGzip(),
      endpoints: [address],
      connect: (endpoint) => sockets.connect(endpoint),
      onFault: (error) => faults.push(error),
    })
    return {
      call: (message) => call(channel, message),
      close: () => {
        channel.close()
        // What a stranger sends must never be thrown at who calls.
        if (faults.length > 0) throw faults[0]
      },
    } satisfies TestClient
  },
}

function call(channel: RpcChannel, message: Buffer): Promise<Outcome> {
  return new Promise((resolve) => {
    let answer: Buffer | null = null
    const outgoing = { bytes: message, offset: 0, length: message.length }
    channel.unary(PATHS.unary, outgoing, {
      message: (bytes, offset, length) => {
        answer = Buffer.from(bytes.subarray(offset, offset + length))
      },
      ended: ({ status }) => {
        if (status.code === STATUS.OK && answer !== null) {
          resolve({ kind: 'answered', message: answer })
        } else resolve({ kind: 'failed', reason: `${status.code} ${status.message}` })
      },
      writable: () => {},
    })
  })
}
