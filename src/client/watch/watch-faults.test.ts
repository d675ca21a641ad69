/** Whatever nodes, connections and readers do: each reader is told the history, once, in order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Watch } from '../types.ts'
import { type ModelChange, read, Scene } from './testing/index.ts'

const SEEDS = 8
const WRITES = 150
const PREFIXES = ['', 'a', 'b', 'ab']
const KEYS = ['a1', 'a2', 'ab1', 'ab2', 'b1', 'c1']

interface Reader {
  readonly watch: Watch
  readonly prefix: string
  readonly from: number
  readonly lines: string[]
}

class Storm {
  readonly scene: Scene
  readonly readers: Reader[] = []
  isOver = false

  constructor(seed: number) {
    // Small bounds, so that readers fall behind all the time.
    // Progress is asked for all the time, also while watches come and go.
    const limits = { bufferEventsMax: 6, watchesPerStreamMax: 3, progressMs: 7 }
    this.scene = new Scene({ seed, limits })
  }

  /** Changes of one revision: of some keys, or of many, so that it comes in fragments. */
  write(): void {
    const { chance, store } = this.scene
    const count = chance.below(5) === 0 ? 20 : 1 + chance.below(3)
    const changes: ModelChange[] = []
    for (let at = 0; at < count; at++) {
      const key = KEYS[chance.below(KEYS.length)] as string
      changes.push({ key, value: chance.below(4) === 0 ? null : `${at}` })
    }
    store.write(...changes)
  }

  disturb(): void {
    const { chance, nodes, store } = this.scene
    const node = nodes[chance.below(nodes.length)]
    assert.ok(node !== undefined)
    node.eventsPerAnswer = 1 + chance.below(8)
    const lag = chance.below(20)
    node.knownRevision = chance.below(3) === 0 ? Math.max(1, store.revision - lag) : null
    node.refusal = chance.below(12) === 0 ? 'etcdserver: too many watches' : null
    const what = chance.below(6)
    if (what === 0) node.cutConnections()
    else if (what === 1) node.failStreams()
    else if (what === 2) node.cancelWatches()
    else node.pump()
  }

  settle(): void {
    this.isOver = true
    for (const node of this.scene.nodes) {
      node.knownRevision = null
      node.refusal = null
      node.pump()
    }
  }

  async open(prefix: string): Promise<void> {
    const { scene } = this
    const from = scene.chance.below(2) === 0 ? 1 + scene.chance.below(scene.store.revision) : null
    const watch = scene.watch({ prefix, ...(from === null ? {} : { from }) })
    const reader = { watch, prefix, from: from ?? (await watch.ready) + 1, lines: [] }
    this.readers.push(reader)
  }

  /** Reads with pauses until the reader knows everything. */
  async read({ watch, prefix, from, lines }: Reader): Promise<void> {
    const { scene } = this
    while (!this.isOver || lines.length < scene.store.told(from, prefix).length) {
      if (scene.chance.below(3) === 0) await scene.pass(scene.chance.below(40))
      if (lines.length < scene.store.told(from, prefix).length)
        lines.push(...(await read(watch, 1)))
      else await scene.pass(5)
    }
  }
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`readers are told everything once and in order, seed ${seed}`, async () => {
    const storm = new Storm(seed)
    const { scene } = storm
    await scene.run(async () => {
      storm.write()
      for (const prefix of PREFIXES) await storm.open(prefix)
      const reading = storm.readers.map((reader) => storm.read(reader))
      for (let at = 0; at < WRITES; at++) {
        storm.write()
        if (scene.chance.below(2) === 0) storm.disturb()
        await scene.pass(scene.chance.below(30))
      }
      storm.settle()
      await Promise.all(reading)
      for (const { watch, prefix, from, lines } of storm.readers) {
        assert.deepEqual(lines, scene.store.told(from, prefix))
        watch.close()
      }
      await scene.pass(1000)
      assert.deepEqual(
        scene.nodes.map((node) => node.watches),
        [0, 0, 0],
      )
    })
  })
}

/** Resolves when the node was asked for progress so often: the answer is on its way then. */
async function progressAsked(scene: Scene, count: number): Promise<void> {
  const asked = (): number =>
    scene.nodes
      .flatMap((node) => node.asked)
      .filter(({ requestUnion }) => requestUnion?.kind === 'progressRequest').length
  for (let at = 0; asked() < count; at++) {
    assert.ok(at < 100_000, 'progress is asked for')
    await scene.pass(0.05)
  }
}

test('progress that was asked for before a watch was there says nothing about it', async () => {
  const scene = new Scene({ nodes: 1, limits: { progressMs: 100 } })
  await scene.run(async () => {
    for (let at = 0; at < 5; at++) scene.store.write({ key: 'a', value: `${at}` })
    const first = scene.watch({ key: 'other' })
    await first.ready
    for (let round = 1; round <= 20; round++) {
      await progressAsked(scene, round)
      const late = scene.watch({ key: 'a', from: 2 })
      assert.deepEqual(await read(late, 5), scene.store.told(2, 'a'), `round ${round}`)
      late.close()
    }
    first.close()
  })
})
