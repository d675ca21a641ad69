import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CLIENT_CASES, SERVER_CASES } from './testing/index.ts'
import { OUR_CLIENT } from './testing/our-client.ts'
import { startTarget } from './testing/our-server.ts'
import { runServerCase } from './testing/run.ts'
import { runClientCase } from './testing/run-client.ts'
import type { Target } from './testing/target.ts'

/** What the suite has found and is not corrected yet. A case that passes must leave this list. */
const FOUND: ReadonlySet<string> = new Set([
  // An empty :scheme is no valid value, so the request is malformed; it is served.
  'RFC9113 §8.3.1/scheme-empty',
  // Nor is a :method with a space in it; the request is answered with 405.
  'RFC9113 §8.3.1/method-invalid',
  // A call that waits because no streams are allowed is not begun when they are allowed again.
  'RFC9113 §6.5.2/client-no-streams',
])

async function verdict(id: string, run: () => Promise<void>): Promise<void> {
  if (FOUND.has(id)) await assert.rejects(run, assert.AssertionError, `${id} passes: off the list`)
  else await run()
}

for (const group of ['generic', 'http2', 'hpack'] as const) {
  const cases = SERVER_CASES.filter((one) => one.group === group)
  describe(`${group}: ${cases.length} cases for our server`, () => {
    let shared: Target
    before(async () => {
      shared = await startTarget()
    })
    after(() => shared.close())
    for (const one of cases) {
      it(`${one.id}: ${one.title}`, () =>
        verdict(one.id, () => runServerCase(one, { shared, start: startTarget })))
    }
  })
}

describe(`${CLIENT_CASES.length} cases for our client`, () => {
  for (const one of CLIENT_CASES) {
    it(`${one.id}: ${one.title}`, () => verdict(one.id, () => runClientCase(one, OUR_CLIENT)))
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
