/** Brings the state back from what an engine holds. */

import type { Engine } from '../engine/index.ts'
import { StateMachine } from '../state/index.ts'
import { readCheckpoint } from './checkpoint-meta.ts'
import type { MachineOptions } from './replica.ts'

/** Of an engine that was just opened. Fails with `ENGINE_CORRUPT`. */
export async function restoreMachine(
  engine: Engine,
  { limits, seed }: MachineOptions,
): Promise<StateMachine> {
  const machine = new StateMachine({ limits, seed, records: engine })
  const { durable } = engine
  if (durable === null) {
    // There is nothing to tell of, but an engine may have to be asked before it takes anything.
    await engine.scanHeaders(() => {})
    return machine
  }
  machine.restoreMeta(readCheckpoint(durable).state)
  await engine.scanHeaders((main, sub, header, bytes) =>
    machine.restoreRecord(main, sub, header, bytes),
  )
  machine.finishRestore()
  return machine
}
