import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KvError, SeededChance } from '../base/index.ts'
import type { GroupId } from '../raft/index.ts'
import type { OpenedLog } from './index.ts'
import { ALONE, damage, live, PEERS } from './testing/damaged-log.ts'
import { SmallLog } from './testing/small-log.ts'
import { checkOpened, lostIn, modelOf } from './testing/what-was.ts'

const LIVING = { aloneOfFour: 0, groups: 3, batchesMax: 40 }

/** Null: a node without peers refuses, and may do so wherever something is lost. */
async function openDamaged(log: SmallLog, options: typeof PEERS): Promise<OpenedLog | null> {
  try {
    return await log.open(options)
  } catch (error) {
    if (options.repairable || !(error instanceof KvError) || error.code !== 'LOG_CORRUPT')
      throw error
    return null
  }
}

describe('a log that is damaged anywhere, again and again', () => {
  it('keeps a group as it was, or has it repaired with its promises fenced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const chance = new SeededChance(seed, 'damage')
        const options = chance.happens(0.7) ? PEERS : ALONE
        let log = new SmallLog()
        await log.open()
        const lost = new Set<GroupId>()
        for (let rounds = 1 + chance.below(3); rounds > 0; rounds--) {
          const { disk, model } = await live(log, { ...LIVING, chance, options, lost })
          const damaged = new SmallLog(disk.copy())
          await damage(damaged, chance)
          const found = await openDamaged(damaged, options)
          if (found === null) return
          checkOpened(found, model)
          // What it made of that is what the next start finds.
          log = new SmallLog(damaged.disk)
          const opened = await log.open(options)
          for (const id of lostIn(found, model)) lost.add(id)
          checkOpened(opened, model, lost)
          log.states = [modelOf(opened, model)]
        }
      }),
      { numRuns: 150 },
    )
  })
})
