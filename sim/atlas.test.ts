/**
 * The atlas decides what a run may destroy. Were it too free, runs would fail for want of what no
 * system can keep; were its memory short, a change of members would do the same.
 */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { SeededChance } from '../src/base/index.ts'
import type { Configuration, NodeId } from '../src/raft/index.ts'
import { Atlas } from './atlas.ts'
import * as faults from './faults.ts'
import { DATA_DIRECTORY, type Machine } from './machine.ts'
import { createSimulation } from './scenario.ts'
import { checkpointEvery, SMALL_SEGMENTS } from './scenarios/testing/settings.ts'
import type { Simulation } from './simulation.ts'

function configuration(voters: readonly NodeId[], more: Partial<Configuration> = {}) {
  return { voters, outgoing: [], learners: [], ...more }
}

function newAtlas(initial: Configuration, { hostile = false } = {}): Atlas {
  return new Atlas({ config: { hostile } } as Simulation, initial)
}

/** Asks for each in turn; those it was given. */
function taken(atlas: Atlas, ids: readonly NodeId[]): NodeId[] {
  return ids.filter((id) => atlas.takeDamage({ id } as Machine))
}

function hasIntactMajority(voters: readonly NodeId[], damaged: ReadonlySet<NodeId>): boolean {
  const intact = voters.filter((id) => !damaged.has(id)).length
  return voters.length === 0 || intact > voters.length / 2
}

suite('damage', () => {
  const losses = [0, 0, 1, 1, 2, 2, 3]
  for (const [at, loss] of losses.entries()) {
    test(`of ${at + 1} voters ${loss} may lose data`, () => {
      const voters = Array.from({ length: at + 1 }, (_, i) => i + 1)
      const atlas = newAtlas(configuration(voters))
      assert.deepEqual(taken(atlas, voters), voters.slice(0, loss))
      assert.equal(atlas.damaged.size, loss)
    })
  }

  test('a machine that was damaged once may be damaged again, and others still may not', () => {
    const atlas = newAtlas(configuration([1, 2, 3]))
    assert.deepEqual(taken(atlas, [2, 1, 2, 3, 2]), [2, 2, 2])
  })

  test('machines that do not vote may all lose everything', () => {
    const atlas = newAtlas(configuration([1, 2, 3], { learners: [4, 5] }))
    assert.deepEqual(taken(atlas, [4, 5, 6, 7]), [4, 5, 6, 7])
    assert.deepEqual(taken(atlas, [1, 2, 3]), [1])
  })

  test('in the hostile mode every machine may lose everything', () => {
    const atlas = newAtlas(configuration([1, 2, 3]), { hostile: true })
    assert.deepEqual(taken(atlas, [1, 2, 3]), [1, 2, 3])
    assert.equal(atlas.allowMembers(configuration([1, 2])), true)
  })

  test('a machine that others can repair must start, however damaged', () => {
    const atlas = newAtlas(configuration([1, 2, 3]))
    taken(atlas, [1, 2])
    atlas.expectDamage({ id: 3 } as Machine)
    const machines = [1, 2, 3].map((id) => ({ id }) as Machine)
    assert.deepEqual(
      machines.map((machine) => atlas.isDamaged(machine)),
      [true, false, true],
    )
    assert.deepEqual(
      machines.map((machine) => atlas.mayRefuse(machine)),
      [false, false, true],
    )
  })

  test('in the hostile mode nobody may be left to repair it', () => {
    const atlas = newAtlas(configuration([1, 2, 3]), { hostile: true })
    assert.ok(atlas.mayRefuse({ id: 1 } as Machine))
  })
})

suite('members', () => {
  test('those that were voters once count for ever', () => {
    const atlas = newAtlas(configuration([1, 2, 3]))
    assert.equal(atlas.allowMembers(configuration([3, 4, 5], { outgoing: [1, 2, 3] })), true)
    assert.equal(atlas.allowMembers(configuration([3, 4, 5])), true)
    // One of 1 to 3 and one of 3 to 5: 3 is in both.
    assert.deepEqual(taken(atlas, [1, 2, 4, 5, 3]), [1, 4])
  })

  test('the old half of a joint configuration needs its majority too', () => {
    const atlas = newAtlas(configuration([1]))
    assert.equal(atlas.allowMembers(configuration([1, 2, 3], { outgoing: [4, 5, 6] })), true)
    assert.deepEqual(taken(atlas, [4, 5, 6, 1, 2, 3]), [4, 2])
  })

  test('too many damaged machines do not become voters', () => {
    const atlas = newAtlas(configuration([1, 2, 3], { learners: [4, 5] }))
    taken(atlas, [4, 5])
    assert.equal(atlas.allowMembers(configuration([1, 4, 5])), false)
    assert.equal(atlas.allowMembers(configuration([1, 2, 3], { outgoing: [1, 4] })), false)
    assert.equal(atlas.allowMembers(configuration([1, 2, 3, 4, 5])), true)
  })

  test('what was refused is not remembered', () => {
    const atlas = newAtlas(configuration([1, 2, 3], { learners: [4, 5] }))
    taken(atlas, [4])
    assert.equal(atlas.allowMembers(configuration([4])), false)
    assert.deepEqual(taken(atlas, [1, 2]), [1])
  })

  test('an intact majority of all that was ever allowed remains, whatever is asked for', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 })
    const step = fc.oneof(
      fc.record({ kind: fc.constant('damage' as const), id: fc.integer({ min: 1, max: 7 }) }),
      fc.record({ kind: fc.constant('members' as const), voters: ids, outgoing: ids }),
    )
    const property = fc.property(ids, fc.array(step, { maxLength: 20 }), (initial, steps) => {
      const atlas = newAtlas(configuration(initial))
      const halves = [initial]
      const mine = new Set<NodeId>()
      for (const asked of steps) {
        if (asked.kind === 'damage') {
          const granted = atlas.takeDamage({ id: asked.id } as Machine)
          const wanted = new Set([...mine, asked.id])
          assert.equal(
            granted,
            halves.every((half) => hasIntactMajority(half, wanted)),
          )
          if (granted) mine.add(asked.id)
        } else {
          const { voters, outgoing } = asked
          const granted = atlas.allowMembers(configuration(voters, { outgoing }))
          const both = [voters, outgoing]
          assert.equal(
            granted,
            both.every((half) => hasIntactMajority(half, mine)),
          )
          if (granted) halves.push(...both)
        }
        assert.deepEqual([...atlas.damaged].sort(), [...mine].sort())
        assert.ok(halves.every((half) => hasIntactMajority(half, atlas.damaged)))
      }
    })
    fc.assert(property, { numRuns: 500, seed: 30 })
  })
})

suite('what destroys data asks the atlas', () => {
  const destroyers = {
    rotLog: faults.rotLog,
    misdirectWrite: faults.misdirectWrite,
    rotSnapshot: faults.rotSnapshot,
    rotEngine: faults.rotEngine,
    rotValue: faults.rotValue,
    wipeOne: faults.wipeOne,
    restoreOldCopy: faults.restoreOldCopy,
    swapDisks: faults.swapDisks,
  }

  for (const [name, destroy] of Object.entries(destroyers)) {
    test(`${name} harms no more than a minority of disks`, async () => {
      for (const voters of [3, 5]) {
        const simulation = await worked(voters)
        const chance = new SeededChance(1, name)
        if (name === 'restoreOldCopy') await copyAndGoOn(simulation, chance)
        if (name === 'rotSnapshot') addSnapshots(simulation)
        const before = prints(simulation)
        const harmed = new Set<number>()
        for (let i = 0; i < 40; i++) {
          if (!destroy(simulation, chance)) continue
          prints(simulation).forEach((print, at) => {
            if (print !== before[at]) harmed.add(at)
          })
        }
        const minority = (voters - 1) / 2
        // An exchange harms two at once, which only five disks can bear.
        const due = name === 'swapDisks' && minority === 1 ? 0 : minority
        assert.equal(harmed.size, due, `${voters} voters`)
      }
    })
  }

  test('a change of members that the damage forbids is not proposed', async () => {
    const scenario = createSimulation({ seed: 5, spares: 3 })
    const { simulation } = scenario
    await scenario.lead(1)
    for (const id of [2, 4, 5]) simulation.atlas.expectDamage(simulation.machine(id))
    const chance = new SeededChance(1, 'members')
    for (let i = 0; i < 200; i++) {
      faults.changeMembers(simulation, chance)
      await scenario.run(20)
      for (const group of simulation.groups) {
        const { voters } = simulation.oracle.configuration(group)
        assert.ok(hasIntactMajority(voters, simulation.atlas.damaged), `voters ${voters}`)
      }
    }
    assert.ok(scenario.marks('jointConfiguration') > 0, 'other changes are made')
  })
})

suite('a node that needs repair', () => {
  const lose = async (told: boolean): Promise<void> => {
    const simulation = await worked(3)
    const machine = simulation.machine(2)
    const [path, size] = [...machine.disk.files('durable')].find(([name]) => isLog(name)) ?? ['', 0]
    if (told) simulation.atlas.expectDamage(machine)
    machine.disk.rot(path, 0, { length: size })
    machine.crash('killed')
    machine.restart()
    await simulation.run(2000)
    assert.ok(simulation.faults.has('start under repair'))
  }

  test('has lost something to a disk that was damaged', () => lose(true))

  test('is a violation when nothing has damaged its disk', async () => {
    await assert.rejects(lose(false), { name: 'Violation', invariant: 'I18' })
  })
})

function isLog(path: string): boolean {
  return path.endsWith('.log')
}

/** Logs of many segments, and engines with a checkpoint, on every disk. */
async function worked(voters: number): Promise<Simulation> {
  const checkpoints = checkpointEvery(20, { trailingEntries: 40 })
  const config = { ...SMALL_SEGMENTS, ...checkpoints, engine: 'bitcask' as const }
  const scenario = createSimulation({ seed: 5, nodes: voters, config })
  const leader = await scenario.untilLeader()
  await scenario.entries(leader.id, 45, { bytes: 1000 })
  return scenario.simulation
}

async function copyAndGoOn(simulation: Simulation, chance: SeededChance): Promise<void> {
  for (let i = 0; i < 60; i++) faults.copyDisk(simulation, chance)
  await simulation.run(1000)
}

/** A file with the name of a snapshot on every disk: they are there only while one is sent. */
function addSnapshots(simulation: Simulation): void {
  for (const { disk } of simulation.machines.values()) {
    const image = disk.copyOf(DATA_DIRECTORY)
    const [first] = image.files
    assert.ok(first !== undefined)
    const files = [...image.files, { ...first, name: 'any.snap' }]
    disk.restore(DATA_DIRECTORY, { ...image, files })
  }
}

function prints(simulation: Simulation): string[] {
  return [...simulation.machines.values()].map(({ disk }) => disk.fingerprint())
}
