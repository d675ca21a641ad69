import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SeededChance } from '../base/index.ts'
import { checkEntries, sameOutline } from './testing/compare.ts'
import { HISTORY, nextStep } from './testing/history.ts'
import { LogMachine } from './testing/log-machine.ts'
import { firstOf, lastOf } from './testing/model.ts'

type Event = 'step' | 'burst' | 'wait' | 'read' | 'release' | 'close' | 'kill' | 'powerFailure'

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Event>('step') },
  { weight: 6, arbitrary: fc.constant<Event>('burst') },
  { weight: 2, arbitrary: fc.constant<Event>('wait') },
  { weight: 3, arbitrary: fc.constant<Event>('read') },
  { weight: 3, arbitrary: fc.constant<Event>('release') },
  { weight: 1, arbitrary: fc.constant<Event>('close') },
  { weight: 1, arbitrary: fc.constant<Event>('kill') },
  { weight: 1, arbitrary: fc.constant<Event>('powerFailure') },
)

async function happen(machine: LogMachine, event: Event, chance: SeededChance): Promise<void> {
  if (event === 'step') {
    await machine.run(() => machine.take(nextStep(machine.model, chance)))
  } else if (event === 'burst') {
    await machine.run(async () => {
      const steps = Array.from({ length: 8 }, () => machine.take(nextStep(machine.model, chance)))
      await Promise.all(steps)
    })
  } else if (event === 'wait') {
    await machine.run(() => new Promise<void>((resolve) => machine.clock.after(60, resolve)))
  } else if (event === 'read') {
    await machine.run(() => readSome(machine, chance))
  } else if (event === 'release') {
    for (const [id, group] of machine.model.groups) {
      machine.log.release(id, firstOf(group) + chance.below(group.entries.length + 1))
    }
  } else {
    if (event === 'close') await machine.run(() => machine.log.close())
    machine.restart(event === 'powerFailure' ? 'powerLost' : 'killed')
    await comesUp(machine)
  }
}

/** Whatever part is asked for, from memory or from disk, is what the model holds. */
async function readSome(machine: LogMachine, chance: SeededChance): Promise<void> {
  for (const [id, group] of machine.model.groups) {
    const [first, last] = [firstOf(group), lastOf(group)]
    if (last < first) continue
    const from = first + chance.below(last - first + 1)
    const to = from + chance.below(last - from + 1)
    const loaded = await machine.log.load(id, from, to, chance.below(2000))
    const expected = group.entries.slice(from - first, from - first + loaded.length)
    assert.ok(loaded.length >= 1 && loaded.length <= to - from + 1)
    assert.deepEqual(
      loaded.map(({ index, term, data }) => [index, term, [...data]]),
      expected.map(({ index, term, data }) => [index, term, [...data]]),
    )
  }
}

async function comesUp(machine: LogMachine): Promise<void> {
  const opened = await machine.open()
  let state = machine.states.length - 1
  while (state >= machine.durable && !sameOutline(opened, machine.states[state] as never))
    state -= 1
  assert.ok(state >= machine.durable, 'nothing that was acknowledged is lost')
  machine.settleOn(state)
}

describe('the log, compared with plain lists in memory', () => {
  it('is the same under any history of appends, replacements, cuts and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(EVENT, { maxLength: 60 }),
        fc.record({
          segmentBytes: fc.constantFrom(8192, 20_480, 65_536),
          batchBytesMax: fc.constantFrom(500, 5000, 100_000),
          cacheBytesMax: fc.constantFrom(0, 3000, 1_000_000),
          recycledSegmentsMax: fc.constantFrom(0, 2),
          alignmentBytes: fc.constantFrom(8, 512, 4096),
        }),
        async (seed, events, limits) => {
          const machine = new LogMachine({ seed, limits })
          const chance = new SeededChance(seed, 'property')
          await machine.open()
          for (const event of events) await happen(machine, event, chance)
          await machine.run(() => checkEntries(machine.log, machine.model))
          await machine.run(() => machine.log.close())
          machine.restart('powerLost')
          const opened = await machine.open()
          assert.ok(sameOutline(opened, machine.model))
          await machine.run(() => checkEntries(machine.log, machine.model))
        },
      ),
      { numRuns: 120 },
    )
  })

  it('keeps its memory of places small, whatever is cut and replaced', async () => {
    const machine = new LogMachine({ limits: { cacheBytesMax: 0 } })
    const chance = new SeededChance(7, 'long')
    await machine.open()
    const shape = { ...HISTORY, groups: 2, cuts: 30, entryBytesMax: 1000 }
    await machine.run(async () => {
      for (let i = 0; i < 400; i++) await machine.take(nextStep(machine.model, chance, shape))
      await checkEntries(machine.log, machine.model)
    })
    const logs = [...machine.disk.files().keys()].filter((name) => name.endsWith('.log'))
    assert.ok(logs.length < 40, `${logs.length} segments`)
  })
})
