import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MachineNode } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'
import { badRequestFindings } from './testing/index.ts'

describe('requests that make no sense', () => {
  it('are refused with their code, and change nothing', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const { findings, count } = await badRequestFindings(new HttpClient(context, address))
    assert.deepEqual(findings, [])
    assert.ok(count >= 250, `${count} requests`)
    context.diagnostic(`${count} requests`)
  })
})
