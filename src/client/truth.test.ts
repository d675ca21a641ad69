import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { STATUS } from '../rpc/index.ts'
import { QuorateError } from './errors.ts'
import { play, type Scene, type Verdict } from './testing/index.ts'

/** What became of an increment, as its caller was told. */
interface Told {
  readonly done: Set<bigint>
  unknown: number
  failed: number
}

const FATES: readonly Verdict[] = [
  { kind: 'lose' },
  { kind: 'ignore' },
  { kind: 'answer', afterMs: 40 },
  { kind: 'answer', afterMs: 400 },
  { kind: 'refuse', code: 'LEADERSHIP_LOST', retry: 'UNKNOWN_OUTCOME', isCarriedOut: true },
  { kind: 'refuse', code: 'TIMED_OUT', retry: 'UNKNOWN_OUTCOME' },
  { kind: 'refuse', code: 'TIMED_OUT', retry: 'LATER' },
  { kind: 'refuse', code: 'NO_SPACE', retry: 'LATER' },
  { kind: 'refuse', code: 'OVERLOADED', retry: 'LATER' },
  { kind: 'end', status: STATUS.UNAVAILABLE, isCarriedOut: true },
  { kind: 'end', status: STATUS.INTERNAL },
]

function stir(scene: Scene, chance: SeededChance): void {
  const script = (): Verdict => {
    scene.leads(chance.below(scene.nodes.length + 1))
    return chance.happens(0.15)
      ? (FATES[chance.below(FATES.length)] as Verdict)
      : { kind: 'answer' }
  }
  for (const node of scene.nodes) node.script = script
}

async function increment(scene: Scene, chance: SeededChance, told: Told): Promise<void> {
  const controller = new AbortController()
  const isImpatient = chance.happens(0.1)
  if (isImpatient) scene.clock.after(chance.below(200), () => controller.abort('enough'))
  const options = { timeoutMs: 5 + chance.below(3000), signal: controller.signal }
  try {
    const value = await scene.db.incr('a', 1, options)
    assert.ok(!told.done.has(value), `${value} is told once`)
    told.done.add(value)
  } catch (error) {
    const mayHaveEffect =
      error === 'enough' || (error instanceof QuorateError && error.retry === 'unknown-outcome')
    if (mayHaveEffect) told.unknown += 1
    else {
      assert.ok(error instanceof QuorateError, String(error))
      told.failed += 1
    }
  }
}

async function disturb(scene: Scene, chance: SeededChance): Promise<void> {
  const victim = scene.node(1 + chance.below(scene.nodes.length))
  await scene.pass(chance.below(600))
  const kind = chance.below(4)
  if (kind === 0) {
    victim.freeze()
    await scene.pass(chance.below(4000))
    victim.thaw()
  } else if (kind === 1) {
    scene.store.forgetSessions()
  } else {
    victim.kill()
    await scene.pass(chance.below(500))
    await victim.restart()
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`what callers are told about their writes is true, seed ${seed}`, async () => {
    await play({ seed }, async (scene) => {
      const chance = new SeededChance(seed, 'truth')
      stir(scene, chance)
      const told: Told = { done: new Set(), unknown: 0, failed: 0 }
      let isOver = false
      const worker = async (): Promise<void> => {
        for (let at = 0; at < 60; at++) {
          await increment(scene, chance, told)
          await scene.pass(chance.below(60))
        }
      }
      const workers = Promise.all(Array.from({ length: 20 }, worker)).then(() => {
        isOver = true
      })
      while (!isOver) await disturb(scene, chance)
      await workers
      // What is still under way somewhere has its effect, or never.
      await scene.pass(10_000)
      const count = Number(scene.store.values.get('a') ?? '0')
      assert.ok(count >= told.done.size, `${count} of ${told.done.size} that are done`)
      assert.ok(count <= told.done.size + told.unknown, `${count}, ${told.unknown} unknown`)
      const { unknown, failed } = told
      assert.ok(told.done.size > 100 && unknown > 0, `${told.done.size}, ${unknown}, ${failed}`)
    })
  })
}
