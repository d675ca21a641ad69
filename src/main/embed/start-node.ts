import { assert } from '../../base/index.ts'
import { Household } from './household.ts'
import { checkOptions, checkRuntime } from './options.ts'
import type { LocalNode, LocalNodeOptions } from './types.ts'

/**
 * One node inside this program, which serves when it resolves.
 *
 * ```ts
 * await using node = await startNode()
 * const db = await node.connect()
 * await db.put('greeting', 'hello')
 * ```
 */
export async function startNode(options: LocalNodeOptions = {}): Promise<LocalNode> {
  checkRuntime()
  checkOptions(options, 'port')
  const { port = 0 } = options
  const { nodes } = await Household.open({ options, nodes: 1, isAlone: true, port })
  const [node] = nodes
  assert(node !== undefined, 'a household of one has a node')
  return node
}
