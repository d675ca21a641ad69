/** What metrics are made from that only the whole process knows. */

import { PerformanceObserver } from 'node:perf_hooks'
import {
  durationHistogram,
  type Histogram,
  type MetricsReading,
  type MetricsSource,
  type ProcessReading,
  pauseHistogram,
} from '../api/index.ts'
import type { Engine, EngineFactory } from '../engine/index.ts'
import type { Clock, Timer } from '../io/index.ts'
import type { PeerNetwork } from '../peer/index.ts'
import { DATA_GROUP, type Node } from '../server/index.ts'
import type { ClientPorts } from './client-ports.ts'

/** Ten samples a second cost nothing and see what clients feel. */
const DELAY_SAMPLE_MS = 100

export interface Measured {
  readonly node: Node
  readonly ports: ClientPorts
  readonly network: PeerNetwork
}

export class Measures implements MetricsSource {
  readonly walFsyncSeconds: Histogram = durationHistogram()
  readonly backendCommitSeconds: Histogram = durationHistogram()
  readonly #collectionPauses: Histogram = pauseHistogram()
  #longestPauseSeconds = 0
  readonly #eventLoopDelays: Histogram = pauseHistogram()
  #delayTimer: Timer | null = null
  readonly #clock: Clock
  readonly #startedSeconds: number
  #measured: Measured | null = null
  readonly #collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#paused(duration / 1000)
  })

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedSeconds = clock.wallMs() / 1000 - process.uptime()
  }

  /** From when clients may come: what stands still before is part of the start. */
  watch(measured: Measured): void {
    this.#measured = measured
    this.#collections.observe({ entryTypes: ['gc'] })
    this.#measureDelay()
  }

  /** A timer that comes late waited for a turn of the event loop that was long. */
  #measureDelay(): void {
    const dueMs = this.#clock.monotonicMs() + DELAY_SAMPLE_MS
    this.#delayTimer = this.#clock.after(DELAY_SAMPLE_MS, () => {
      const lateMs = Math.max(0, this.#clock.monotonicMs() - dueMs)
      this.#eventLoopDelays.observe(lateMs / 1000)
      this.#measureDelay()
    })
  }

  /** There may be other nodes in this process, and later ones. */
  end(): void {
    this.#collections.disconnect()
    this.#delayTimer?.cancel()
  }

  #paused(seconds: number): void {
    this.#collectionPauses.observe(seconds)
    this.#longestPauseSeconds = Math.max(this.#longestPauseSeconds, seconds)
  }

  synced(durationMs: number): void {
    this.walFsyncSeconds.observe(durationMs / 1000)
  }

  /** The same engines; their checkpoints are timed. */
  timed(factory: EngineFactory): EngineFactory {
    return {
      name: factory.name,
      open: async () => this.#timedEngine(await factory.open()),
      replace: async (checkpoint, records) =>
        this.#timedEngine(await factory.replace(checkpoint, records)),
    }
  }

  #timedEngine(engine: Engine): Engine {
    const checkpoint = engine.checkpoint.bind(engine)
    engine.checkpoint = async (mark) => {
      const beganMs = this.#clock.monotonicMs()
      await checkpoint(mark)
      this.backendCommitSeconds.observe((this.#clock.monotonicMs() - beganMs) / 1000)
    }
    return engine
  }

  read(): MetricsReading {
    const measured = this.#measured
    if (measured === null) return { process: this.#process() }
    const { node, ports, network } = measured
    const { machine, engine } = node.group(DATA_GROUP)
    const { cache } = engine.stats()
    const { writesPending, writesFailed, readsTimedOut, leasesExpired } = node.counters
    return {
      proposalsPending: writesPending,
      proposalsFailed: writesFailed,
      slowReadIndexes: readsTimedOut,
      leasesExpired,
      keys: machine.keyCount,
      compactRevision: machine.compactRevision,
      ...(cache === undefined ? {} : { cache }),
      connections: ports.connections,
      peers: network.statistics().map(({ peer, connected, bytesSent, bytesReceived }) => ({
        memberId: node.memberIdOf(peer),
        isConnected: connected,
        bytesSent,
        bytesReceived,
      })),
      process: this.#process(),
    }
  }

  #process(): ProcessReading {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage()
    return {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapBytes: heapUsed,
      startedSeconds: this.#startedSeconds,
      collectionPauses: this.#collectionPauses,
      longestPauseSeconds: this.#longestPauseSeconds,
      eventLoopDelays: this.#eventLoopDelays,
      memoryBytes: {
        ...{ resident: rss, heap_used: heapUsed, heap_total: heapTotal },
        ...{ external, array_buffers: arrayBuffers },
      },
    }
  }
}
