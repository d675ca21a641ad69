/** What scenarios ask of doors, and what came of it. */

import assert from 'node:assert/strict'
import type { NodeId } from '../../../src/raft/index.ts'
import type { CommandResult } from '../../../src/state/index.ts'
import { etcd } from '../../../src/wire/index.ts'
import { type Ask, keepAliveAsk, rangeAsk, timeToLiveAsk } from '../../check/index.ts'
import type { Scenario } from '../../scenario.ts'
import type { ScenarioNode } from '../../scenario-node.ts'

/** It is answered, one way or the other. */
export async function resultOf(scenario: Scenario, id: NodeId, ask: Ask): Promise<CommandResult> {
  const asked = await scenario.ask(id, ask)
  const answer = asked?.operation.answer ?? null
  assert.ok(answer !== null, `node ${id} answers: ${JSON.stringify(asked?.outcome)}`)
  return answer
}

/** The body of what was done. */
export async function done(scenario: Scenario, id: NodeId, ask: Ask): Promise<Uint8Array> {
  const result = await resultOf(scenario, id, ask)
  assert.equal(result.kind, 'done', JSON.stringify(result))
  return result.kind === 'done' ? result.body : new Uint8Array(0)
}

/** Seconds that a lease has left after it was renewed; 0: it is gone. */
export async function renewed(scenario: Scenario, id: NodeId, lease: bigint): Promise<number> {
  return etcd.LeaseKeepAliveResponse.decodeBytes(await done(scenario, id, keepAliveAsk(lease))).TTL
}

/** Seconds that are left of a lease; -1: it is gone. */
export async function left(scenario: Scenario, id: NodeId, lease: bigint): Promise<number> {
  const body = await done(scenario, id, timeToLiveAsk(lease))
  return etcd.LeaseTimeToLiveResponse.decodeBytes(body).TTL
}

/** Every key with its value, as the node reads it. */
export async function everything(
  scenario: Scenario,
  id: NodeId,
): Promise<ReadonlyMap<string, string>> {
  const all = { rangeEnd: Uint8Array.of(0) }
  const { kvs } = etcd.RangeResponse.decodeBytes(await done(scenario, id, rangeAsk('\0', all)))
  const decoder = new TextDecoder()
  return new Map(kvs.map(({ key, value }) => [decoder.decode(key), decoder.decode(value)]))
}

/** Its state is the one that all nodes have at the index it names (I4). */
export function stateIsSound(scenario: Scenario, node: ScenarioNode): void {
  const { appliedIndex } = node.state
  if (appliedIndex === 0) return
  assert.equal(node.state.hash(), scenario.log[appliedIndex - 1]?.stateHash)
}

export async function back(scenario: Scenario, id: NodeId): Promise<ScenarioNode> {
  const node = scenario.node(id)
  node.disk.onOperation = null
  if (node.condition !== 'up') node.restart()
  await scenario.until(() => node.up, 'it starts again')
  return node
}
