/** A profiler through the inspector of Node.js, in the process itself; no port is opened. */

import { type HeapProfiler, Session } from 'node:inspector'
import { KvError } from '../base/index.ts'
import type { Profiler } from './profiler-types.ts'
import type { Clock } from './types.ts'

export function createNodeProfiler(clock: Clock): Profiler {
  return new NodeProfiler(clock)
}

class NodeProfiler implements Profiler {
  readonly #clock: Clock
  #isBusy = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  cpuProfile(durationMs: number): Promise<string> {
    return this.#alone(async (session) => {
      await posted(session, 'Profiler.enable')
      await posted(session, 'Profiler.start')
      await new Promise<void>((resolve) => void this.#clock.after(durationMs, resolve))
      const { profile } = (await posted(session, 'Profiler.stop')) as { profile: unknown }
      return JSON.stringify(profile)
    })
  }

  heapSnapshot(piece: (text: string) => void): Promise<void> {
    return this.#alone(async (session) => {
      type Told = { readonly params: HeapProfiler.AddHeapSnapshotChunkEventDataType }
      const take = ({ params }: Told): void => piece(params.chunk)
      session.on('HeapProfiler.addHeapSnapshotChunk', take)
      await posted(session, 'HeapProfiler.takeHeapSnapshot')
    })
  }

  async #alone<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new KvError('OVERLOADED', 'this process is being looked into already')
    this.#isBusy = true
    const session = new Session()
    try {
      session.connect()
      return await work(session)
    } finally {
      session.disconnect()
      this.#isBusy = false
    }
  }
}

function posted(session: Session, method: string): Promise<object | undefined> {
  return new Promise((resolve, reject) => {
    session.post(method, (error: Error | null, result?: object) => {
      if (error === null) resolve(result)
      else reject(error)
    })
  })
}
