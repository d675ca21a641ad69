import assert from 'node:assert/strict'
import type { OutgoingHttpHeaders } from 'node:http'
import type { TestContext } from 'node:test'
import {
  createHttpDoor,
  createNodeChance,
  createNodeHashing,
  createNodeSockets,
  type HttpDoor,
  type Profiler,
} from '../../../io/index.ts'
import { ManualClock } from '../../../log/testing/index.ts'
import type { NodeService } from '../../../server/index.ts'
import { STATE_LIMITS, type StateLimits } from '../../../state/index.ts'
import { BodyMemory, createDirectDoor, createHttpServer } from '../../http/index.ts'
import type { LogLevelControl } from '../../log-level.ts'
import { latencyHistogram } from '../../metrics/index.ts'
import { HttpClient } from '../../testing/http-client.ts'
import { RestDoor } from '../rest-door.ts'

interface Options {
  readonly node: NodeService
  readonly stateLimits?: StateLimits
  readonly profiler?: Profiler
  readonly logLevel?: LogLevelControl
  /** False: a server of Node reads everything. */
  readonly isDirect?: boolean
}

export interface Asked {
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Uint8Array
}

/** The door alone on a real port, with a clock that the test moves. */
export async function openRest(context: Pick<TestContext, 'after'>, options: Options) {
  const clock = new ManualClock()
  const faults: unknown[] = []
  const onFault = (error: unknown): void => void faults.push(error)
  const latencySeconds = latencyHistogram()
  const memory = new BodyMemory()
  const rest = new RestDoor({
    ...{ stateLimits: STATE_LIMITS, ...options, clock, latencySeconds, memory, onFault },
    ...{ chance: createNodeChance(), hashing: createNodeHashing(), version: '3.6.6' },
  })
  const serving = { corsOrigins: [], onFault }
  const server = createHttpDoor(createHttpServer({ handlers: [rest], ...serving }))
  /** Connections that the server of Node has got. */
  const byNode = { count: 0 }
  const behind: HttpDoor = {
    accept: (socket, firstBytes) => {
      byNode.count += 1
      server.accept(socket, firstBytes)
    },
    leave: () => server.leave(),
    destroy: () => server.destroy(),
  }
  const direct = createDirectDoor({ handler: rest, behind, clock, memory, ...serving })
  const door = options.isDirect === false ? behind : direct
  const nothing = new Uint8Array(0)
  const local = { host: '127.0.0.1', port: 0 }
  const listener = await createNodeSockets().listen(local, (socket) => door.accept(socket, nothing))
  context.after(async () => {
    rest.leave()
    door.destroy()
    await listener.close()
    assert.deepEqual(faults, [])
  })
  const { address } = listener
  const web = new HttpClient(context, address)
  /** The answer, with its body as JSON where it is JSON. */
  const ask = async (method: string, path: string, asked: Asked = {}) => {
    const { status, headers, text } = await web.ask(path, { method, ...asked })
    const isJson = headers['content-type'] === 'application/json' && text !== ''
    return { status, headers, text, json: isJson ? JSON.parse(text) : null }
  }
  return { rest, clock, memory, latencySeconds, faults, address, byNode, web, ask }
}
