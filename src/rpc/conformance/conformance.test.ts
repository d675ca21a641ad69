import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CLIENT_CASES, SERVER_CASES } from './testing/index.ts'
import { OUR_CLIENT } from './testing/our-client.ts'
import { startTarget } from './testing/our-server.ts'
import { runServerCase } from './testing/run.ts'
import { runClientCase } from './testing/run-client.ts'
import type { Target } from './testing/target.ts'

for (const group of ['generic', 'http2', 'hpack'] as const) {
  const cases = SERVER_CASES.filter((one) => one.group === group)
  describe(`${group}: ${cases.length} cases for our server`, () => {
    let shared: Target
    before(async () => {
      shared = await startTarget()
    })
    after(() => shared.close())
    for (const one of cases) {
      it(`${one.id}: ${one.title}`, () => runServerCase(one, { shared, start: startTarget }))
    }
  })
}

describe(`${CLIENT_CASES.length} cases for our client`, () => {
  for (const one of CLIENT_CASES) {
    it(`${one.id}: ${one.title}`, () => runClientCase(one, OUR_CLIENT))
  }
})

describe('the suite', () => {
  it('names every case once, by document and section', () => {
    const ids = [...SERVER_CASES, ...CLIENT_CASES].map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at || !/^RFC(9113|7541) §[\d.]+\//.test(id)),
      [],
    )
  })
})
