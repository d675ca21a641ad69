/** Everybody watches everything that is put; what arrives is counted. */

import type { RpcChannel } from '../../src/rpc/index.ts'
import { etcd, WireReader } from '../../src/wire/index.ts'
import { EtcdClient } from '../../test/cluster/index.ts'
import { openChannel } from './caller.ts'
import { during, Meter, pause } from './meter.ts'
import type { FanOutOrder, Measured } from './order.ts'
import { keyOf, valueOfLength } from './requests.ts'

/** How many watchers share a connection, when there are many. */
const WATCH_CONNECTIONS_MAX = 100
/** Puts under way while events are counted. */
const FAN_OUT_WRITERS = 10
/** What was put last may still be on its way to watchers. */
const ARRIVE_MS_MAX = 15_000
const ARRIVE_LOOK_MS = 20
const VALUE_BYTES = 256

export async function fanOut(order: FanOutOrder): Promise<Measured> {
  const { urls, watchers, pids, keys } = order
  const meter = new Meter(pids)
  const connections = Math.min(watchers, WATCH_CONNECTIONS_MAX)
  const channels = Array.from({ length: connections }, (_, i) =>
    openChannel(urls[i % urls.length] as string),
  )
  const tally = { puts: 0, events: 0 }
  const saw = (startMs: number): void => {
    tally.events += 1
    meter.answered(startMs)
  }
  const ready = Array.from({ length: watchers }, (_, i) =>
    watchAll(channels[i % connections] as RpcChannel, { meter, saw }),
  )
  await Promise.all(ready)
  let isOver = false
  const writers = Array.from({ length: FAN_OUT_WRITERS }, async (_, writer) => {
    const client = new EtcdClient(urls[writer % urls.length] as string)
    const value = valueOfLength(VALUE_BYTES)
    const start = new DataView(value.buffer)
    for (let i = 0; !isOver; i++) {
      start.setFloat64(0, performance.now(), true)
      await client.put({ key: keyOf((writer + i * FAN_OUT_WRITERS) % keys), value })
      tally.puts += 1
    }
    client.close()
  })
  try {
    await during(meter, order)
    isOver = true
    await Promise.all(writers)
    await arrived(tally, watchers)
    const off = tally.events - tally.puts * watchers
    if (off !== 0) meter.failed(`${off} events more than watchers should have seen`)
  } finally {
    isOver = true
    for (const channel of channels) channel.close()
  }
  return meter.result(0)
}

/** A rate is worth nothing when events were lost. */
async function arrived(
  tally: { readonly puts: number; readonly events: number },
  watchers: number,
): Promise<void> {
  const giveUpMs = performance.now() + ARRIVE_MS_MAX
  while (tally.events < tally.puts * watchers && performance.now() < giveUpMs) {
    await pause(ARRIVE_LOOK_MS)
  }
}

/** Resolves when it is created. */
function watchAll(
  channel: RpcChannel,
  { meter, saw }: { readonly meter: Meter; readonly saw: (startMs: number) => void },
): Promise<void> {
  const { path, request: codec } = etcd.Watch.methods.watch
  const key = Buffer.from('bench/')
  const value = etcd.WatchCreateRequest.create({ key, rangeEnd: Buffer.from('bench0') })
  const request: etcd.WatchRequest = { requestUnion: { kind: 'createRequest', value } }
  const bytes = new Uint8Array(codec.encodedLength(request))
  codec.encode(request, bytes, 0)
  return new Promise((resolve) => {
    const reader = new EventReader(saw)
    let isSent = false
    const call = channel.stream(path, {
      message: (from, offset, length) => {
        if (reader.read(from, offset, length)) resolve()
      },
      ended: ({ status }) => {
        if (!meter.isOver) meter.failed(`${status.code} ${status.message}`)
        resolve()
      },
      // Told for the first time when there is a connection.
      writable: () => {
        if (!isSent) call.write(bytes, 0, bytes.length, false)
        isSent = true
      },
    })
  })
}

/** Field numbers of etcd's WatchResponse, Event and KeyValue, with their wire types. */
const CREATED = (3 << 3) | 0
const EVENTS = (11 << 3) | 2
const EVENT_KV = (2 << 3) | 2
const KV_VALUE = (5 << 3) | 2

/**
 * Finds when each event of an answer began, which is at the beginning of its value. To decode
 * events whole would take more of the machine than the servers have.
 */
export class EventReader {
  readonly #began: (startMs: number) => void
  readonly #reader = new WireReader(new Uint8Array(0), 0, 0)
  readonly #copy = new Uint8Array(8)
  readonly #startMs = new Float64Array(this.#copy.buffer)

  constructor(began: (startMs: number) => void) {
    this.#began = began
  }

  /** Whether the answer says that the watch was created. */
  read(bytes: Uint8Array, offset: number, length: number): boolean {
    const reader = this.#reader
    let isCreated = false
    reader.restart(bytes, offset, length)
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === CREATED) isCreated = reader.bool()
      else if (tag === EVENTS) this.#event(bytes)
      else reader.skip(tag)
    }
    return isCreated
  }

  #event(bytes: Uint8Array): void {
    const reader = this.#reader
    const outer = reader.enter()
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === EVENT_KV) this.#keyValue(bytes)
      else reader.skip(tag)
    }
    reader.leave(outer)
  }

  #keyValue(bytes: Uint8Array): void {
    const reader = this.#reader
    const outer = reader.enter()
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === KV_VALUE) {
        const at = reader.span()
        for (let i = 0; i < 8; i++) this.#copy[i] = bytes[at + i] as number
        this.#began(this.#startMs[0] as number)
      } else reader.skip(tag)
    }
    reader.leave(outer)
  }
}
