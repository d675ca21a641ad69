/** Calls that are made one after the other, as fast as they are answered or at a given rate. */

import {
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../src/io/index.ts'
import { type CallEnd, type CallReceiver, RpcChannel } from '../../src/rpc/index.ts'
import type { Meter } from './meter.ts'
import type { Request } from './requests.ts'

const CALL_MS_MAX = 60_000
/** How often a steady load looks at what is due. */
const DUE_MS = 1

export type Next = () => Request | null

export function openChannel(url: string): RpcChannel {
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

/** Has one call under way at a time. */
export class Caller implements CallReceiver {
  /** Told when a call has ended. */
  onIdle: (caller: Caller) => void = () => {}
  readonly #channel: RpcChannel
  readonly #meter: () => Meter
  #startMs = 0

  constructor(channel: RpcChannel, meter: () => Meter) {
    this.#channel = channel
    this.#meter = meter
  }

  call({ path, bytes }: Request, startMs: number): void {
    this.#startMs = startMs
    const message = { bytes, offset: 0, length: bytes.length }
    this.#channel.unary(path, message, this, { waitForReady: true, timeoutMs: CALL_MS_MAX })
  }

  message(): void {}

  ended({ status }: CallEnd): void {
    const meter = this.#meter()
    if (status.code === 0) meter.answered(this.#startMs)
    else meter.failed(`${status.code} ${status.message}`)
    this.onIdle(this)
  }

  writable(): void {}
}

/** Each asks again as soon as it is answered, until there is nothing next. */
export function closedLoop(callers: readonly Caller[], next: Next): Promise<void> {
  return new Promise((resolve) => {
    let busy = callers.length
    const ask = (caller: Caller): void => {
      const request = next()
      if (request !== null) {
        caller.call(request, performance.now())
        return
      }
      busy -= 1
      if (busy === 0) resolve()
    }
    for (const caller of callers) {
      caller.onIdle = ask
      ask(caller)
    }
  })
}

/**
 * So many begin in a second, whether others were answered or not. How long one takes counts from
 * when it was due: what waits because all callers are busy waits as a user would.
 */
export function openLoop(callers: readonly Caller[], next: Next, perSecond: number): Promise<void> {
  const idle = [...callers]
  const beganMs = performance.now()
  let sent = 0
  let isOver = false
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = ((performance.now() - beganMs) / 1000) * perSecond
      while (sent < due && !isOver) {
        const caller = idle.pop()
        if (caller === undefined) break
        const request = next()
        if (request === null) {
          isOver = true
          idle.push(caller)
        } else {
          caller.call(request, beganMs + (sent / perSecond) * 1000)
          sent += 1
        }
      }
      if (!isOver || idle.length < callers.length) return
      clearInterval(timer)
      resolve()
    }, DUE_MS)
    for (const caller of callers) caller.onIdle = (one) => idle.push(one)
  })
}
