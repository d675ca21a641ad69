/** As examples/testing, for vitest: one node for all tests of the file. */

import { type LocalNode, startNode } from 'quorate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Visits } from '../testing/visits.ts'

let node: LocalNode
let visits: Visits

beforeAll(async () => {
  node = await startNode()
  visits = new Visits(await node.connect())
})

afterAll(async () => {
  await node.stop()
})

test('every visit counts', async () => {
  expect(await visits.count('home')).toBe(1n)
  expect(await visits.count('home')).toBe(2n)
})

test('of many who come at once one is the first', async () => {
  const all = ['anna', 'bert', 'cleo'].map((visitor) => visits.isFirst('home', visitor))
  expect((await Promise.all(all)).filter(Boolean)).toEqual([true])
})
