import assert from 'node:assert/strict'
import { test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { play, type Scene } from './testing/index.ts'

/** How many entries were asked for, page by page. */
function limits(scene: Scene): number[] {
  return scene
    .node(1)
    .asked.flatMap(({ operation }) => (operation?.kind === 'range' ? [operation.value.limit] : []))
}

function fill(scene: Scene, count: number, valueBytes: number): string[] {
  const names = Array.from({ length: count }, (_, at) => `key/${String(at).padStart(6, '0')}`)
  for (const name of names) scene.store.values.set(name, 'v'.repeat(valueBytes))
  return names
}

async function keys(scene: Scene, options = {}): Promise<string[]> {
  return (await scene.db.list({ prefix: 'key/', ...options }).all()).map(({ key }) => key)
}

test('small entries come in ever larger pages', async () => {
  await play({ nodes: 1 }, async (scene) => {
    const names = fill(scene, 10_000, 10)
    assert.deepEqual(await keys(scene), names)
    assert.deepEqual(limits(scene), [64, 512, 4096, 4096, 4096])
  })
})

test('pages of large entries are as large as a bound of bytes', async () => {
  await play({ nodes: 1, limits: { pageBytes: 100_000 } }, async (scene) => {
    const names = fill(scene, 300, 10_000)
    assert.deepEqual(await keys(scene), names)
    const [first, ...others] = limits(scene)
    assert.equal(first, 64)
    assert.ok(others.every((limit) => limit === 9))
  })
})

test('a page that is too large for one answer is asked for in smaller ones', async () => {
  await play({ nodes: 1 }, async (scene) => {
    const names = fill(scene, 200, 10)
    scene.node(1).script = ({ operation }) => {
      const isLarge = operation?.kind === 'range' && operation.value.limit > 10
      return isLarge ? { kind: 'refuse', code: 'TOO_LARGE', retry: 'NEVER' } : { kind: 'answer' }
    }
    assert.deepEqual(await keys(scene), names)
    assert.deepEqual(limits(scene).slice(0, 6), [64, 32, 16, 8, 8, 8])
  })
})

test('all pages are read at the revision of the first, and the limit is kept to', async () => {
  await play({ nodes: 1 }, async (scene) => {
    const names = fill(scene, 500, 10)
    scene.node(1).script = () => {
      scene.store.revision += 1
      return { kind: 'answer' }
    }
    assert.deepEqual(await keys(scene, { limit: 150 }), names.slice(0, 150))
    assert.deepEqual(limits(scene), [64, 86])
    const revisions = scene
      .node(1)
      .asked.flatMap(({ operation }) =>
        operation?.kind === 'range' ? [operation.value.revision] : [],
      )
    assert.deepEqual(revisions, [0, 2])
  })
})

test('from the last key on, ranges end before the last one that was seen', async () => {
  await play({ nodes: 1 }, async (scene) => {
    fill(scene, 3, 10)
    await scene.db.list({ prefix: 'key/', reverse: true, limit: 1 }).all()
    const asked = scene.node(1).asked.at(-1)?.operation
    assert.ok(asked?.kind === 'range')
    assert.equal(asked.value.sortOrder, etcd.RangeRequestSortOrder.DESCEND)
  })
})
