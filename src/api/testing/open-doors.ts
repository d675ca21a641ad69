import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  createHttpDoor,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeHashing,
  createNodeSockets,
} from '../../io/index.ts'
import { openPort, type PortTls } from '../../rpc/index.ts'
import type { NodeService } from '../../server/index.ts'
import { createClientDoors, durationHistogram, type MetricsReading } from '../index.ts'

interface Options {
  readonly node: NodeService
  readonly corsOrigins?: readonly string[]
  readonly tls?: PortTls
  readonly reading?: MetricsReading
}

/** All doors of a node on one port, closed with the test; a mistake in a handler fails it. */
export async function openDoors(context: Pick<TestContext, 'after'>, options: Options) {
  const { node, corsOrigins = ['*'], tls = null, reading = {} } = options
  const [clock, sockets] = [createNodeClock(), createNodeSockets()]
  const faults: unknown[] = []
  const metrics = {
    walFsyncSeconds: durationHistogram(),
    backendCommitSeconds: durationHistogram(),
    read: () => reading,
  }
  const doors = createClientDoors({
    node,
    clock,
    chance: createNodeChance(),
    hashing: createNodeHashing(),
    gzip: createNodeGzip(),
    version: '3.6.6',
    corsOrigins,
    metrics,
    openHttpDoor: createHttpDoor,
    onFault: (error) => faults.push(error),
  })
  const { http1, http2 } = doors
  const address = { host: '127.0.0.1', port: 0 }
  const port = await openPort({ sockets, clock, address, http1, http2, tls })
  context.after(async () => {
    doors.leave()
    const closed = port.close()
    port.destroy()
    await closed
    assert.deepEqual(faults, [])
  })
  return { doors, port, metrics, address: port.address }
}
