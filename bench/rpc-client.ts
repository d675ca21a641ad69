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

class Counter {
  answered = 0
  failed = 0
  running = true
}

/** One after the other, each as soon as the one before has its status. */
class Caller implements CallReceiver {
  readonly #channel: RpcChannel
  readonly #counter: Counter

  constructor(channel: RpcChannel, counter: Counter) {
    this.#channel = channel
    this.#counter = counter
  }

  call(): void {
    this.#channel.unary(PATH, MESSAGE, this)
  }

  message(): void {}

  ended({ status }: CallEnd): void {
    const counter = this.#counter
    if (!counter.running) return
    if (status.code === 0) counter.answered += 1
    else counter.failed += 1
    this.call()
  }

  writable(): void {}
}

const counter = new Counter()
const channels = Array.from({ length: connections }, () => {
  const sockets = createNodeSockets()
  return new RpcChannel({
    clock,
    chance: createNodeChance(),
    gzip: createNodeGzip(),
    endpoints: [{ host: '127.0.0.1', port }],
    connect: (endpoint) => sockets.connect(endpoint),
    onFault: (error) => {
      throw error
    },
  })
})
for (const channel of channels) {
  for (let i = 0; i < inFlight; i++) new Caller(channel, counter).call()
}
clock.after(WARM_UP_MS, () => {
  const before = counter.answered
  const [cpuBefore, sinceMs] = [process.cpuUsage(), clock.monotonicMs()]
  clock.after(seconds * 1000, () => {
    const tookMs = clock.monotonicMs() - sinceMs
    const { user, system } = process.cpuUsage(cpuBefore)
    const answered = counter.answered - before
    counter.running = false
    for (const channel of channels) channel.close()
    process.send?.({
      perSecond: (answered / tookMs) * 1000,
      failed: counter.failed,
      cpuUsPerCall: (user + system) / answered,
    })
  })
})
