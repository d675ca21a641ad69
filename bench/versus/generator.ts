/**
 * The process that asks: it is forked, takes one order after the other, and answers each with what
 * it measured. It speaks gRPC through `src/rpc`, to either server in the same way.
 */

import type { RpcChannel } from '../../src/rpc/index.ts'
import { etcd } from '../../src/wire/index.ts'
import { Caller, closedLoop, type Next, openChannel, openLoop } from './caller.ts'
import { fanOut } from './fan-out.ts'
import type { Load } from './load.ts'
import { during, Meter, pause } from './meter.ts'
import { nativePuts } from './native-puts.ts'
import type { Answer, FillOrder, LoadOrder, Measured, Order, SoakOrder } from './order.ts'
import { keyOf, putBytesOf, requestsOf, valueOfLength } from './requests.ts'

const FILL_CONNECTIONS = 10
const FILL_IN_FLIGHT = 100

process.on('message', (order: Order) => {
  carryOut(order).then(
    (measured) => say({ kind: 'end', measured }),
    (error: unknown) => say({ kind: 'failed', text: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

function say(answer: Answer): void {
  process.send?.(answer)
}

function carryOut(order: Order): Promise<Measured | null> {
  switch (order.kind) {
    case 'load':
      return load(order)
    case 'soak':
      return soak(order)
    case 'fanOut':
      return fanOut(order)
    case 'native':
      return nativePuts(order)
    case 'fill':
      return fill(order)
  }
}

function channelsTo(urls: readonly string[], connections: number): RpcChannel[] {
  return Array.from({ length: connections }, (_, i) => openChannel(urls[i % urls.length] as string))
}

interface Running {
  /** Resolves when everything was answered. */
  stop(): Promise<void>
}

function begin(
  { load, urls, keys }: { load: Load; urls: readonly string[]; keys: number },
  meter: () => Meter,
): Running {
  const { connections, inFlight, perSecond } = load
  const requests = requestsOf(load, keys)
  let isOver = false
  const next: Next = () => (isOver ? null : requests())
  const channels = channelsTo(urls, connections)
  const callers = channels.flatMap((channel) =>
    Array.from({ length: inFlight }, () => new Caller(channel, meter)),
  )
  const running =
    perSecond === undefined ? closedLoop(callers, next) : openLoop(callers, next, perSecond)
  return {
    stop: async () => {
      isOver = true
      await running
      for (const channel of channels) channel.close()
    },
  }
}

async function load(order: LoadOrder): Promise<Measured> {
  const meter = new Meter(order.pids)
  const running = begin(order, () => meter)
  await during(meter, order)
  await running.stop()
  return meter.result(putBytesOf(order.load))
}

async function soak(order: SoakOrder): Promise<null> {
  let meter = new Meter(order.pids)
  const running = begin(order, () => meter)
  await pause(order.warmMs)
  for (let time = 0; time < order.times; time++) {
    const before = meter
    meter = new Meter(order.pids)
    // What failed while it warmed up is not forgotten.
    if (time === 0) for (const text of before.failures.keys()) meter.failed(text)
    await during(meter, { warmMs: 0, measureMs: order.measureMs })
    say({ kind: 'part', measured: meter.result(putBytesOf(order.load)) })
  }
  await running.stop()
  return null
}

async function fill({ urls, from, keys, valueBytes, pids }: FillOrder): Promise<null> {
  const { path, request } = etcd.KV.methods.put
  const value = valueOfLength(valueBytes)
  const meter = new Meter(pids)
  let number = from
  const next: Next = () => {
    if (number >= keys) return null
    const message = etcd.PutRequest.create({ key: keyOf(number), value })
    number += 1
    const bytes = new Uint8Array(request.encodedLength(message))
    request.encode(message, bytes, 0)
    return { path, bytes }
  }
  const channels = channelsTo(urls, FILL_CONNECTIONS)
  const callers = channels.flatMap((channel) =>
    Array.from({ length: FILL_IN_FLIGHT }, () => new Caller(channel, () => meter)),
  )
  await closedLoop(callers, next)
  for (const channel of channels) channel.close()
  const [failure] = meter.failures.keys()
  if (failure !== undefined) throw new Error(`a key could not be put: ${failure}`)
  return null
}
