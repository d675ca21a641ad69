import { assert, KvError } from '../../base/index.ts'
import type { Clock, Disk } from '../../io/index.ts'
import { MemoryRecords } from '../records/index.ts'
import type { Checkpoint, Engine, EngineFactory, RevisionRecord } from '../types.ts'
import { CheckpointStore } from './checkpoint-store.ts'
import { MEMORY_LIMITS, type MemoryLimits } from './limits.ts'
import { MemoryEngine } from './memory-engine.ts'

export interface MemoryOptions {
  readonly disk: Disk
  readonly clock: Clock
  /** Of this engine alone; it is made when it is missing. */
  readonly directory: string
  readonly limits?: Partial<MemoryLimits>
}

export function createMemory({
  disk,
  clock,
  directory,
  limits = {},
}: MemoryOptions): EngineFactory {
  const all = { ...MEMORY_LIMITS, ...limits }
  const openStore = (): Promise<CheckpointStore> =>
    CheckpointStore.open({ disk, directory, partBytes: all.partBytes })
  return {
    name: 'memory',

    async open(): Promise<Engine> {
      const store = await openStore()
      const records = new MemoryRecords(all)
      const durable = await store.read((main, sub, record) => records.append(main, sub, record))
      return new MemoryEngine({ clock, limits: all, records, store, durable })
    },

    async replace(
      checkpoint: Checkpoint,
      source: AsyncIterable<readonly RevisionRecord[]>,
    ): Promise<Engine> {
      const store = await openStore()
      const records = new MemoryRecords(all)
      await take(records, source)
      const engine = new MemoryEngine({ clock, limits: all, records, store, durable: null })
      await engine.checkpoint(checkpoint)
      assert(engine.durable !== null, 'what replaces a store is durable')
      return engine
    },
  }
}

/** The order is checked because the records come from another node. */
async function take(
  records: MemoryRecords,
  source: AsyncIterable<readonly RevisionRecord[]>,
): Promise<void> {
  let last = { main: 0, sub: 0 }
  for await (const piece of source) {
    for (const { main, sub, record } of piece) {
      const follows = main > last.main || (main === last.main && sub > last.sub)
      if (!follows) throw new KvError('SNAPSHOT_CORRUPT', 'records of a snapshot are not in order')
      records.append(main, sub, record)
      last = { main, sub }
    }
  }
}
