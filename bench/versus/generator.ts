/**
 * The process that asks: it is forked, takes one order after the other, and answers each with what
 * it measured. It speaks gRPC through `src/rpc`, to either server in the same way.
 */

import { tmpdir } from 'node:os'
import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../src/io/index.ts'
import { type CallEnd, type CallReceiver, RpcChannel } from '../../src/rpc/index.ts'
import { etcd } from '../../src/wire/index.ts'
import { EtcdClient } from '../../test/cluster/index.ts'
import { Durations } from './durations.ts'
import type { FanOutOrder, FillOrder, Measured, Order } from './order.ts'
import { bytesWrittenBeside, cpuMsOf } from './processes.ts'
import { keyOf, type Request, requestsOf, valueOfLength } from './requests.ts'

/** How many watchers share a connection, when there are many. */
const WATCH_CONNECTIONS_MAX = 100
/** Puts under way while events are counted. */
const FAN_OUT_WRITERS = 10
const FILL_CONNECTIONS = 10
const FILL_IN_FLIGHT = 100
const CALL_MS_MAX = 60_000

process.on('message', (order: Order | FanOutOrder | FillOrder) => {
  void carryOut(order).then((measured) => process.send?.(measured))
})
process.on('disconnect', () => process.exit(0))

function carryOut(order: Order | FanOutOrder | FillOrder): Promise<Measured | null> {
  if (order.kind === 'load') return load(order)
  return order.kind === 'fanOut' ? fanOut(order) : fill(order)
}

function openChannel(url: string): RpcChannel {
  const { hostname, port } = new URL(url)
  const sockets = createNodeSockets()
  return new RpcChannel({
    clock: createNodeClock(),
    chance: createNodeChance(),
    gzip: createNodeGzip(),
    endpoints: [{ host: hostname, port: Number(port) }],
    connect: (address) => sockets.connect(address),
    onFault: (error) => {
      throw error
    },
  })
}

/** Counts between a beginning and an end; before and after, it only looks. */
class Meter {
  readonly durations = new Durations()
  readonly failures = new Map<string, number>()
  readonly #pids: readonly number[]
  #isOn = false
  #isOver = false
  count = 0
  #beganMs = 0
  #tookMs = 0
  #serverMs = 0
  #writtenBytes = 0
  #ownMs = 0

  constructor(pids: readonly number[]) {
    this.#pids = pids
  }

  /** What ends now is ended from here. */
  get isOver(): boolean {
    return this.#isOver
  }

  begin(): void {
    this.#serverMs = cpuMsOf(this.#pids)
    this.#writtenBytes = bytesWrittenBeside(tmpdir())
    this.#ownMs = cpuMsOf([process.pid])
    this.#beganMs = performance.now()
    this.#isOn = true
  }

  end(): void {
    this.#isOn = false
    this.#isOver = true
    this.#tookMs = performance.now() - this.#beganMs
    this.#serverMs = cpuMsOf(this.#pids) - this.#serverMs
    this.#writtenBytes = bytesWrittenBeside(tmpdir()) - this.#writtenBytes
    this.#ownMs = cpuMsOf([process.pid]) - this.#ownMs
  }

  answered(startMs: number): void {
    if (!this.#isOn) return
    this.count += 1
    this.durations.add(performance.now() - startMs)
  }

  failed(text: string): void {
    this.failures.set(text, (this.failures.get(text) ?? 0) + 1)
  }

  /** `valueBytes`: of what was put for each that was counted. */
  result(valueBytes: number): Measured {
    const { durations, count } = this
    const serverMs = this.#serverMs
    return {
      perSecond: (count / this.#tookMs) * 1000,
      p50Ms: durations.percentileMs(0.5),
      p99Ms: durations.percentileMs(0.99),
      p999Ms: durations.percentileMs(0.999),
      longestMs: durations.longestMs,
      failures: Object.fromEntries(this.failures),
      serverMicros: (serverMs * 1000) / count,
      serverCores: serverMs / this.#tookMs,
      generatorCores: this.#ownMs / this.#tookMs,
      writtenPerByte: valueBytes === 0 ? null : this.#writtenBytes / (valueBytes * count),
    }
  }
}

/** Asks again as soon as it is answered. */
class Caller implements CallReceiver {
  readonly #channel: RpcChannel
  readonly #next: () => Request | null
  readonly #meter: Meter
  #startMs = 0
  #finish: () => void = () => {}

  constructor(channel: RpcChannel, next: () => Request | null, meter: Meter) {
    this.#channel = channel
    this.#next = next
    this.#meter = meter
  }

  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#finish = resolve
      this.#call()
    })
  }

  #call(): void {
    const request = this.#next()
    if (request === null) {
      this.#finish()
      return
    }
    this.#startMs = performance.now()
    const { path, bytes } = request
    const message = { bytes, offset: 0, length: bytes.length }
    this.#channel.unary(path, message, this, { waitForReady: true, timeoutMs: CALL_MS_MAX })
  }

  message(): void {}

  ended({ status }: CallEnd): void {
    if (status.code === 0) this.#meter.answered(this.#startMs)
    else this.#meter.failed(`${status.code} ${status.message}`)
    this.#call()
  }

  writable(): void {}
}

async function load({ load, urls, pids, keys, warmMs, measureMs }: Order): Promise<Measured> {
  const meter = new Meter(pids)
  const requests = requestsOf(load, keys)
  let isOver = false
  const next = (): Request | null => (isOver ? null : requests())
  const channels = Array.from({ length: load.connections }, (_, i) =>
    openChannel(urls[i % urls.length] as string),
  )
  const callers = channels.flatMap((channel) =>
    Array.from({ length: load.inFlight }, () => new Caller(channel, next, meter)),
  )
  const running = Promise.all(callers.map((caller) => caller.run()))
  await pause(warmMs)
  meter.begin()
  await pause(measureMs)
  meter.end()
  isOver = true
  await running
  for (const channel of channels) channel.close()
  return meter.result(putBytesOf(load))
}

/** Of the values in an average request. */
function putBytesOf({ kind, valueBytes, readShare = 0 }: Order['load']): number {
  if (kind === 'put') return valueBytes * (1 - readShare)
  return kind === 'txn' ? 4 * valueBytes : 0
}

async function fill({ urls, keys, valueBytes, pids }: FillOrder): Promise<null> {
  const { path, request } = etcd.KV.methods.put
  const value = valueOfLength(valueBytes)
  const meter = new Meter(pids)
  let number = 0
  const next = (): Request | null => {
    if (number === keys) return null
    const message = etcd.PutRequest.create({ key: keyOf(number), value })
    number += 1
    const bytes = new Uint8Array(request.encodedLength(message))
    request.encode(message, bytes, 0)
    return { path, bytes }
  }
  const channels = Array.from({ length: FILL_CONNECTIONS }, (_, i) =>
    openChannel(urls[i % urls.length] as string),
  )
  const callers = channels.flatMap((channel) =>
    Array.from({ length: FILL_IN_FLIGHT }, () => new Caller(channel, next, meter)),
  )
  await Promise.all(callers.map((caller) => caller.run()))
  for (const channel of channels) channel.close()
  const [failure] = meter.failures.keys()
  if (failure !== undefined) throw new Error(`a key could not be put: ${failure}`)
  return null
}

/** Everybody watches everything that is put; what arrives is counted. */
async function fanOut(order: FanOutOrder): Promise<Measured> {
  const { urls, watchers, pids, keys, warmMs, measureMs } = order
  const meter = new Meter(pids)
  const clients = Array.from({ length: Math.min(watchers, WATCH_CONNECTIONS_MAX) }, (_, i) => {
    return new EtcdClient(urls[i % urls.length] as string)
  })
  /** When the put of each key that is under way began. */
  const begun = new Map<string, number>()
  const ready = Array.from({ length: watchers }, (_, i) => {
    const client = clients[i % clients.length] as EtcdClient
    return watchAll(client, (key) => meter.answered(begun.get(key) ?? performance.now()), meter)
  })
  await Promise.all(ready)
  let isOver = false
  const writers = Array.from({ length: FAN_OUT_WRITERS }, async (_, writer) => {
    const client = new EtcdClient(urls[writer % urls.length] as string)
    const value = valueOfLength(256)
    for (let i = 0; !isOver; i++) {
      const key = keyOf((writer + i * FAN_OUT_WRITERS) % keys)
      begun.set(key.toString(), performance.now())
      await client.put({ key, value })
    }
    client.close()
  })
  await pause(warmMs)
  meter.begin()
  await pause(measureMs)
  meter.end()
  isOver = true
  await Promise.all(writers)
  for (const client of clients) client.close()
  return meter.result(0)
}

function watchAll(client: EtcdClient, saw: (key: string) => void, meter: Meter): Promise<void> {
  return new Promise((resolve) => {
    client.watch(
      { key: Buffer.from('bench/'), rangeEnd: Buffer.from('bench0') },
      {
        response: ({ created, events }) => {
          if (created) resolve()
          for (const { kv } of events) saw(Buffer.from(kv?.key ?? []).toString())
        },
        ended: ({ message, code }) => {
          if (!meter.isOver) meter.failed(`${code} ${message}`)
        },
      },
    )
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
