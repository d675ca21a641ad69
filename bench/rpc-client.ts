/** Our client alone, in a process of its own: unary calls, so many in flight on each connection. */

import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../src/io/index.ts'
import { type CallEnd, type CallReceiver, RpcChannel } from '../src/rpc/index.ts'

const [port, connections, inFlight, seconds] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
]
const PATH = '/quorate.echo.v1.Echo/Unary'
const MESSAGE = { bytes: new Uint8Array(16), offset: 0, length: 16 }
const WARM_UP_MS = 1000

const clock = createNodeClock()
let [answered, failed] = [0, 0]
let running = true

/** One after the other, each as soon as the one before has its status. */
class Caller implements CallReceiver {
  readonly #channel: RpcChannel

  constructor(channel: RpcChannel) {
    this.#channel = channel
  }

  call(): void {
    this.#channel.unary(PATH, MESSAGE, this)
  }

  message(): void {}

  ended({ status }: CallEnd): void {
    if (!running) return
    if (status.code === 0) answered += 1
    else failed += 1
    this.call()
  }

  writable(): void {}
}

const channels: RpcChannel[] = []
for (let i = 0; i < connections; i++) {
  const sockets = createNodeSockets()
  const channel = new RpcChannel({
    clock,
    chance: createNodeChance(),
    gzip: createNodeGzip(),
    endpoints: [{ host: '127.0.0.1', port }],
    connect: (endpoint) => sockets.connect(endpoint),
    onFault: (error) => {
      throw error
    },
  })
  channels.push(channel)
  for (let j = 0; j < inFlight; j++) new Caller(channel).call()
}
clock.after(WARM_UP_MS, () => {
  const [before, cpuBefore, sinceMs] = [answered, process.cpuUsage(), clock.monotonicMs()]
  clock.after(seconds * 1000, () => {
    const tookMs = clock.monotonicMs() - sinceMs
    const { user, system } = process.cpuUsage(cpuBefore)
    running = false
    for (const channel of channels) channel.close()
    process.send?.({
      perSecond: ((answered - before) / tookMs) * 1000,
      failed,
      cpuUsPerCall: (user + system) / (answered - before),
    })
  })
})
