import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ErrorCode } from '../../base/index.ts'
import { etcd, native } from '../../wire/index.ts'
import { etcdErrorOf } from '../etcd/index.ts'
import { BAD_INPUTS, MachineNode, ScriptedNode } from '../etcd/testing/index.ts'
import { openDoors } from '../testing/index.ts'
import { OPERATION_KINDS } from './operation-kinds.ts'
import {
  BAD_OPERATIONS,
  badOperationFindings,
  openPipeline,
  setUpNative,
  wrapped,
} from './testing/index.ts'

describe('operations that make no sense', () => {
  it('are refused in a pipeline and in calls of their own, and change nothing', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const { findings, count } = await badOperationFindings(context, address)
    assert.deepEqual(findings, [])
    assert.ok(count >= 200, `${count} were asked`)
    context.diagnostic(`${BAD_OPERATIONS.length} operations, ${count} requests`)
  })

  it('never reach the log nor a read when they cannot be read', () => {
    const { node, client } = setUpNative(new ScriptedNode())
    const unreadable = BAD_OPERATIONS.filter(({ code }) => code === 'BAD_REQUEST')
    for (const { bytes } of unreadable)
      openPipeline(client).answers.sendBytes(wrapped([bytes.slice()]))
    assert.deepEqual([node.writes, node.reads], [[], []])
    assert.ok(unreadable.length >= 70, `${unreadable.length} were sent`)
  })

  it('are those that the door of etcd refuses, and reach the log no more than there', () => {
    const methods = [...Object.values(etcd.KV.methods), ...Object.values(etcd.Lease.methods)]
    let count = 0
    for (const { what, path, bytes, outcome, isPrefix } of BAD_INPUTS) {
      const name = methods.find((method) => method.path === path)?.name
      const kind = OPERATION_KINDS.find(({ request }) => request === uncapitalized(name ?? ''))
      if (kind === undefined) continue
      const { node, client } = setUpNative(new ScriptedNode())
      const answers = client.open(native.KV.methods.execute)
      answers.sendBytes(operationOf(kind.field, bytes))
      // What only the store can tell is refused there.
      if (node.writes.length + node.reads.length > 0) continue
      count += 1
      const code = answers.message.failure?.code as ErrorCode
      const { text } = etcdErrorOf(code)
      assert.ok(isPrefix ? code === 'BAD_REQUEST' : outcome.endsWith(text), `${what}: ${code}`)
    }
    assert.ok(count >= 100, `${count} were refused`)
  })
})

function uncapitalized(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** An operation of a number with any body. */
function operationOf(field: number, body: Uint8Array): Uint8Array {
  const writer: number[] = []
  for (let rest of [field * 8 + 2, body.length]) {
    for (; rest >= 0x80; rest >>>= 7) writer.push((rest & 0x7f) | 0x80)
    writer.push(rest)
  }
  return Buffer.concat([Uint8Array.from(writer), body])
}
