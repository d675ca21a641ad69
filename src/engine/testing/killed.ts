/**
 * A process that appends, drops and checkpoints until it is killed. It writes a dot for every turn
 * of its event loop while a checkpoint is under way, and a line with the index when it is durable.
 */

import { createNodeClock, createNodeDisk } from '../../io/index.ts'
import { SMALL as BITCASK } from '../bitcask/testing/index.ts'
import { put } from '../contract/records.ts'
import { createBitcask, createLmdb, type EngineFactory } from '../index.ts'
import { SMALL as LMDB } from '../lmdb/testing/index.ts'

export type KilledKind = 'bitcask' | 'lmdb'

export function factoryOf(kind: KilledKind, directory: string): EngineFactory {
  const parts = { disk: createNodeDisk(), clock: createNodeClock(), directory }
  return kind === 'lmdb'
    ? createLmdb({ ...parts, limits: LMDB })
    : createBitcask({ ...parts, limits: BITCASK })
}

/** Entry n appends revision n; every third record is dropped ten entries later. */
export function recordOf(main: number) {
  return put(main, 0, { key: `key-${main % 50}`, valueBytes: (main * 37) % 900 })
}

export function isDropped(main: number, index: number): boolean {
  return main % 3 === 0 && main + 10 <= index
}

const [kind, directory] = process.argv.slice(2)
if (directory !== undefined) await live(kind as KilledKind, directory)

async function live(kind: KilledKind, directory: string): Promise<void> {
  const engine = await factoryOf(kind, directory).open()
  await engine.scanHeaders(() => {})
  let index = engine.durable?.appliedIndex ?? 0
  process.stdout.write(`${index}\n`)
  for (;;) {
    const to = index + 1 + (index % 40)
    while (index < to) {
      index += 1
      engine.append(index, 0, recordOf(index).record)
      if (isDropped(index - 10, index)) engine.drop(index - 10, 0)
    }
    const checkpoint = engine.checkpoint({
      appliedIndex: index,
      meta: Uint8Array.of(index % 256),
    })
    const clock = createNodeClock()
    let isUnderWay = true
    const dot = (): void => {
      if (!isUnderWay) return
      process.stdout.write('.')
      clock.soon(dot)
    }
    dot()
    await checkpoint
    isUnderWay = false
    process.stdout.write(`${index}\n`)
  }
}
