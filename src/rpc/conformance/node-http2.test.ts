import { after, before, describe, it } from 'node:test'
import { CLIENT_CASES, SERVER_CASES } from './testing/index.ts'
import { NODE_CLIENT } from './testing/kit/client-node.ts'
import { startNodeTarget } from './testing/kit/target-node.ts'
import { runServerCase } from './testing/run.ts'
import { runClientCase } from './testing/run-client.ts'
import type { Target } from './testing/target.ts'

// The cases themselves are tried on an implementation that is not ours. Where it does not pass, the
// case says how it deviates, and what the RFC demands.
const FOR_SERVERS = SERVER_CASES.filter(({ node }) => node === undefined)
const FOR_CLIENTS = CLIENT_CASES.filter(({ node }) => node === undefined)

describe(`${FOR_SERVERS.length} of ${SERVER_CASES.length} cases, on a server of Node.js`, () => {
  let shared: Target
  before(async () => {
    shared = await startNodeTarget()
  })
  after(() => shared.close())
  for (const one of FOR_SERVERS)
    it(`${one.id}: ${one.title}`, () => runServerCase(one, { shared, start: startNodeTarget }))
})

describe(`${FOR_CLIENTS.length} of ${CLIENT_CASES.length} cases, on a client of Node.js`, () => {
  for (const one of FOR_CLIENTS)
    it(`${one.id}: ${one.title}`, () => runClientCase(one, NODE_CLIENT))
})
