/**
 * All watches of a client. They share as few streams as a server takes them on; when a stream ends,
 * its watches go on with another one, at another node, each from where it stands.
 */

import { assert } from '../../base/index.ts'
import type { Timer } from '../../io/index.ts'
import { type CallEnd, STATUS, type StatusCode } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import { clientClosed, QuorateError } from '../errors.ts'
import { pauseMs } from '../limits.ts'
import type { Link } from '../link.ts'
import { WATCH_LIMITS, type WatchLimits } from './limits.ts'
import { WatchStream, type WatchStreamListener } from './watch-stream.ts'
import { Watcher, type WatcherHost, type WatchSpec } from './watcher.ts'

/** Any key does: what is asked for is the revision. */
const ANY_KEY = new Uint8Array([0])

export class WatchHub implements WatcherHost, WatchStreamListener {
  readonly limits: WatchLimits
  readonly #link: Link
  readonly #streams = new Set<WatchStream>()
  readonly #waiting = new Set<Watcher>()
  readonly #watchers = new Set<Watcher>()
  /** Streams in a row that ended before they worked. */
  #failures = 0
  /** While it runs, nothing new is opened. */
  #pause: Timer | null = null
  #isPlacing = false
  #progress: Timer | null = null

  constructor(link: Link, limits: WatchLimits = WATCH_LIMITS) {
    this.#link = link
    this.limits = limits
    link.closed.addEventListener('abort', () => this.#close(), { once: true })
  }

  get isClosed(): boolean {
    return this.#link.closed.aborted
  }

  /** Watches that are not over. */
  get watches(): number {
    return this.#watchers.size
  }

  /** From the given revision on; without one, from after everything that is known by now. */
  open(spec: WatchSpec, from: number | null): Watcher {
    const watcher = new Watcher(this, spec)
    this.#watchers.add(watcher)
    if (this.#link.closed.aborted) watcher.fail(clientClosed())
    else if (from !== null) watcher.start(from)
    else void this.#startNow(watcher)
    return watcher
  }

  /**
   * A node that lags behind would begin in its own past. So the revision is asked of the cluster;
   * a node that has not got there yet waits with the watch until it has.
   */
  async #startNow(watcher: Watcher): Promise<void> {
    try {
      const request = etcd.RangeRequest.create({ key: ANY_KEY, countOnly: true })
      const { header } = await this.#link.range(request, {})
      assert(header !== null, 'an answer has a header')
      watcher.start(header.revision + 1)
    } catch (error) {
      watcher.fail(error)
    }
  }

  // What watches tell.

  waits(watcher: Watcher): void {
    this.#waiting.add(watcher)
    this.#placeSoon()
  }

  leaves(watcher: Watcher): void {
    this.#waiting.delete(watcher)
    if (watcher.state === 'over') this.#watchers.delete(watcher)
    for (const stream of this.#streams) {
      if (!stream.remove(watcher)) continue
      if (stream.isEmpty) this.#placeSoon()
      break
    }
  }

  waitsLater(watcher: Watcher, refusals: number): void {
    this.#link.clock.after(this.#backoffMs(refusals), () => watcher.lost())
  }

  // What streams tell.

  worked(_stream: WatchStream): void {
    this.#failures = 0
  }

  ended(stream: WatchStream, { status }: CallEnd): void {
    this.#streams.delete(stream)
    const error = finalError(status.code, status.message)
    for (const watcher of stream.watchers) {
      if (error === null) watcher.lost()
      else watcher.fail(error)
    }
    this.#failures += 1
    // The first time it is more likely that one node has gone than that none is there.
    if (this.#failures > 1) this.#takePause()
  }

  #takePause(): void {
    this.#pause?.cancel()
    this.#pause = this.#link.clock.after(this.#backoffMs(this.#failures - 2), () => {
      this.#pause = null
      this.#placeSoon()
    })
  }

  #backoffMs(failures: number): number {
    const { backoffMsMin: min, backoffMsMax: max } = this.limits
    return pauseMs(failures, { min, max, chance: this.#link.chance })
  }

  /** Once for all that happens in a turn: watches come and go together. */
  #placeSoon(): void {
    if (this.#isPlacing) return
    this.#isPlacing = true
    this.#link.clock.soon(() => {
      this.#isPlacing = false
      if (this.#pause === null) this.#place()
    })
  }

  #place(): void {
    if (this.#link.closed.aborted) return
    for (const watcher of [...this.#waiting]) {
      // A stream may fail at once, and then nothing is opened for a while.
      if (this.#pause !== null) break
      this.#waiting.delete(watcher)
      this.#streamWithRoom().add(watcher)
    }
    for (const stream of [...this.#streams]) {
      if (stream.isEmpty) this.#drop(stream)
    }
    this.#watchProgress()
  }

  #streamWithRoom(): WatchStream {
    for (const stream of this.#streams) {
      if (stream.hasRoom) return stream
    }
    const stream = new WatchStream(this.#link, this.limits, this)
    this.#streams.add(stream)
    return stream
  }

  #drop(stream: WatchStream): void {
    this.#streams.delete(stream)
    stream.close()
  }

  #watchProgress(): void {
    if (this.#streams.size === 0) {
      this.#progress?.cancel()
      this.#progress = null
      return
    }
    this.#progress ??= this.#link.clock.after(this.limits.progressMs, () => {
      this.#progress = null
      for (const stream of this.#streams) stream.askProgress()
      this.#watchProgress()
    })
  }

  #close(): void {
    this.#pause?.cancel()
    this.#progress?.cancel()
    for (const watcher of [...this.#watchers]) watcher.abort(clientClosed())
    for (const stream of [...this.#streams]) this.#drop(stream)
  }
}

/** What another node would say as well; null for everything else. */
function finalError(code: StatusCode, message: string): QuorateError | null {
  const isFinal =
    code === STATUS.UNIMPLEMENTED ||
    code === STATUS.UNAUTHENTICATED ||
    code === STATUS.PERMISSION_DENIED
  return isFinal ? new QuorateError('BAD_REQUEST', `the server refuses watches: ${message}`) : null
}
