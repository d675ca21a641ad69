import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SERVER_CASES } from './testing/index.ts'
import { startNodeTarget } from './testing/kit/target-node.ts'
import { runServerCase } from './testing/run.ts'
import type { Target } from './testing/target.ts'

// Temporary: until src/rpc has a server, the cases run against node:http2, without those that it
// is known not to pass.
const CASES = SERVER_CASES.filter(({ node }) => node === undefined)

for (const group of ['generic', 'http2', 'hpack'] as const) {
  const cases = CASES.filter((one) => one.group === group)
  describe(`${group}: ${cases.length} cases for a server`, () => {
    let target: Target
    before(async () => {
      target = await startNodeTarget()
    })
    after(() => target.close())
    for (const one of cases) it(`${one.id}: ${one.title}`, () => runServerCase(one, target))
  })
}

describe('the suite', () => {
  it('names every case once', () => {
    const ids = SERVER_CASES.map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    )
  })
})
