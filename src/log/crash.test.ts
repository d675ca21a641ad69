import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DiskFaults, OperationMoment } from '../../sim/world/index.ts'
import { SeededChance } from '../base/index.ts'
import { checkEntries, sameOutline } from './testing/compare.ts'
import { nextStep } from './testing/history.ts'
import { LogMachine } from './testing/log-machine.ts'

const STEPS = 60

/** A run that writes, rotates, replaces, cuts, installs and drops. Ends when its life does. */
async function work(machine: LogMachine, seed: number): Promise<void> {
  const chance = new SeededChance(seed, 'history')
  await machine.openHere()
  const under: Promise<void>[] = []
  for (let i = 0; i < STEPS; i++) {
    under.push(machine.take(nextStep(machine.model, chance)))
    // Sometimes alone, sometimes several in one turn, sometimes while a write is under way.
    if (chance.happens(0.5)) await Promise.all(under.splice(0))
    else if (chance.happens(0.3)) await under.shift()
  }
  await Promise.all(under)
  await machine.log.close()
}

/** The state the log came up with must be one of those from the last acknowledged one on. */
async function comesUp(machine: LogMachine, label: string): Promise<void> {
  const { opened } = machine
  assert.ok(opened !== null)
  let found = -1
  for (let state = machine.durable; state < machine.states.length && found < 0; state++) {
    const model = machine.states[state]
    if (model !== undefined && sameOutline(opened, model)) found = state
  }
  assert.ok(found >= 0, `${label}: a state with all that was acknowledged`)
  assert.notEqual(opened.report.verdict, 'damaged', label)
  machine.settleOn(found)
  await machine.run(() => checkEntries(machine.log, machine.model))
}

interface CrashRun {
  readonly seed: number
  /** The operation of the disk at which the power fails. */
  readonly at: number
  readonly phase: OperationMoment['phase']
  readonly faults: Partial<DiskFaults>
}

/** False when the run ended before the crash. */
async function crashOnce({ seed, at, phase, faults }: CrashRun): Promise<boolean> {
  const machine = new LogMachine({ seed: seed * 100_003 + at, faults })
  let crashed = false
  machine.disk.onOperation = (moment) => {
    if (crashed || moment.number < at || moment.phase !== phase) return
    crashed = true
    machine.life.end('powerLost')
  }
  // A promise of a life that has ended never settles: the world stops instead.
  void work(machine, seed)
  await machine.world.run({ stop: () => crashed })
  if (!crashed) return false
  machine.restart('powerLost')
  const label = `seed ${seed}, crash at operation ${at} (${phase})`
  await crashWhileOpening(machine, at)
  await machine.open()
  await comesUp(machine, label)
  await goesOn(machine, label)
  return true
}

/** Every third time the power fails again, somewhere in the recovery. */
async function crashWhileOpening(machine: LogMachine, at: number): Promise<void> {
  if (at % 3 !== 0) return
  const start = machine.disk.operations
  let crashed = false
  machine.disk.onOperation = (moment) => {
    if (crashed || moment.number < start + (at % 23)) return
    crashed = true
    machine.life.end('powerLost')
  }
  void machine.openHere()
  await machine.world.run({ stop: () => crashed })
  machine.disk.onOperation = null
  machine.restart('powerLost')
}

/** What came up can be written to, closed, and comes up again. */
async function goesOn(machine: LogMachine, label: string): Promise<void> {
  const chance = new SeededChance(machine.world.seed, 'after the crash')
  await machine.run(async () => {
    const steps = Array.from({ length: 5 }, () => machine.take(nextStep(machine.model, chance)))
    await Promise.all(steps)
    await machine.log.close()
  })
  machine.restart('powerLost')
  await machine.open()
  assert.ok(sameOutline(machine.opened as never, machine.model), `${label}: after it went on`)
  await machine.run(() => checkEntries(machine.log, machine.model))
}

describe('a log whose machine loses its power', () => {
  for (const [name, faults] of Object.entries({
    'sectors that keep what was synced': {},
    'sectors that are lost whole': { crashGarbage: 0.2, crashZero: 0.3, powersafeOverwrite: false },
  })) {
    it(`comes up by itself after a crash at every operation (${name})`, async () => {
      let runs = 0
      for (let seed = 1; seed <= 2; seed++) {
        for (const phase of ['started', 'done'] as const) {
          for (let at = 1; await crashOnce({ seed, at, phase, faults }); at++) runs += 1
        }
      }
      assert.ok(runs > 400, 'the run has many operations')
    })
  }
})
