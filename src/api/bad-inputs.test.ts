import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MachineNode } from './etcd/testing/index.ts'
import { badInputFindings, openDoors, realEtcdFindings } from './testing/index.ts'

describe('requests that make no sense', () => {
  it('are refused over gRPC and as JSON, and change nothing', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const { findings, counts } = await badInputFindings(context, address)
    assert.deepEqual(findings, [])
    assert.ok(counts.grpc >= 150 && counts.json >= 150, JSON.stringify(counts))
    context.diagnostic(`${counts.grpc} over gRPC, ${counts.json} as JSON`)
  })

  it('are refused by a real etcd as we say', async (context) => {
    assert.deepEqual((await realEtcdFindings(context)) ?? [], [])
  })
})
