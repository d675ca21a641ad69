import { createNodeClock, createNodeGzip, createNodeSockets } from '../../../io/index.ts'
import { RpcServer, type ServerCall, type StreamHandler } from '../../grpc/index.ts'
import { PATHS, type Target } from './target.ts'

const SILENT: StreamHandler = {
  message: () => {},
  ended: () => {},
  writable: () => {},
  cancelled: () => {},
}

/** Does not mind when it is told to wait: the messages of the cases are few. */
function echo(call: ServerCall): StreamHandler {
  return {
    message: (bytes, offset, length) => {
      call.write(bytes, offset, length)
    },
    ended: () => call.end(),
    writable: () => {},
    cancelled: () => {},
  }
}

/** A server of ours on a real socket of this machine. */
export async function startTarget(): Promise<Target> {
  const faults: unknown[] = []
  const server = new RpcServer({
    clock: createNodeClock(),
    gzip: createNodeGzip(),
    onFault: (error) => faults.push(error),
    methods: [
      {
        kind: 'unary',
        path: PATHS.unary,
        handle: (call, bytes, offset, length) => call.answer(bytes, offset, length),
      },
      { kind: 'stream', path: PATHS.streaming, open: echo },
      {
        kind: 'stream',
        path: PATHS.unread,
        open: (call) => {
          call.pause()
          return SILENT
        },
      },
    ],
  })
  const listener = await createNodeSockets().listen({ host: '127.0.0.1', port: 0 }, (socket) =>
    server.accept(socket),
  )
  return {
    address: listener.address,
    paths: PATHS,
    leave: () => {
      // Waits for connections that a case may keep open on purpose.
      void server.leave()
    },
    close: async () => {
      await listener.close()
      server.destroy()
      // What a handler throws must not depend on what a stranger sends.
      if (faults.length > 0) throw faults[0]
    },
  }
}
