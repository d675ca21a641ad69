import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QuorateError } from '../../client/index.ts'
import { type Looked, lookTwice } from './look.ts'

const away = { isReachable: false, error: new QuorateError('UNREACHABLE', 'no') } as const

/** What two looks give, and what happens in which order. */
async function lookAtBoth(names: readonly string[], wanted: string) {
  const steps: string[] = []
  const looked = await lookTwice(
    async () => {
      const endpoint = names[steps.filter((step) => step !== 'wait').length] ?? ''
      steps.push(endpoint)
      return { nodes: [{ ...away, endpoint }], members: [] }
    },
    {
      mayPass: ({ nodes }: Looked) => nodes[0]?.endpoint !== wanted,
      wait: async () => {
        steps.push('wait')
      },
    },
  )
  return { steps, endpoint: looked.nodes[0]?.endpoint }
}

test('what may pass is looked at once more, after a while', async () => {
  const once = await lookAtBoth(['well'], 'well')
  assert.deepEqual(once, { steps: ['well'], endpoint: 'well' })
  const twice = await lookAtBoth(['electing', 'well'], 'well')
  assert.deepEqual(twice, { steps: ['electing', 'wait', 'well'], endpoint: 'well' })
  const never = await lookAtBoth(['lost', 'lost', 'well'], 'well')
  assert.deepEqual(never, { steps: ['lost', 'wait', 'lost'], endpoint: 'lost' })
})
