/**
 * While an entry waits for a record, the puts behind are looked through for what they will wait
 * for, so that a batch of puts that ask for previous pairs waits for the disk once, not each time.
 * Whatever is overlooked, or changes meanwhile, is loaded when it is needed.
 */

import { KvError } from '../base/index.ts'
import { BatchReader } from './commands.ts'
import type { Context } from './context.ts'
import { NO_SLOT } from './keys/index.ts'
import { COMMAND } from './kinds.ts'
import { askLatest, latestRecord, liveSlot } from './put-command.ts'
import { PutFields } from './put-fields.ts'

/** Commands that are looked at: about a millisecond of work. */
const COMMANDS_MAX = 1024

export class LookAhead {
  readonly #context: Context
  readonly #reader = new BatchReader()
  readonly #put = new PutFields()

  constructor(context: Context) {
    this.#context = context
  }

  /** From where the reader stands, which stays there. */
  ask(from: BatchReader): void {
    const reader = this.#reader
    reader.copyFrom(from)
    for (let left = COMMANDS_MAX; left > 0 && !this.#context.work.hasAskedEnough; left--) {
      if (!reader.next()) return
      if (reader.kind === COMMAND.put) this.#askFor(reader)
    }
  }

  #askFor({ data, bodyStart, bodyEnd }: BatchReader): void {
    const context = this.#context
    const put = this.#put
    try {
      put.read(data, bodyStart, bodyEnd - bodyStart)
    } catch (error) {
      // It is no put, which is found out again when its turn comes.
      if (error instanceof KvError && error.code === 'BAD_REQUEST') return
      throw error
    }
    if (!put.prevKv && !put.ignoreValue) return
    const slot = liveSlot(context, put)
    if (slot !== NO_SLOT && latestRecord(context, slot) === null) askLatest(context, slot)
  }
}
