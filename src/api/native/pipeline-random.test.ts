import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { etcd } from '../../wire/index.ts'
import { ScriptedNode } from '../etcd/testing/index.ts'
import { openPipeline, operation, putOf, rangeOf, setUpNative } from './testing/index.ts'

describe('a pipeline, whatever happens', () => {
  it('begins operations in their order, and answers each once with its own answer', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ send: fc.nat(9), reads: fc.boolean() }) },
      { weight: 4, arbitrary: fc.record({ settle: fc.nat(5), at: fc.nat(100) }) },
      { weight: 2, arbitrary: fc.constant('turn' as const) },
      { weight: 1, arbitrary: fc.constant('deaf' as const) },
      { weight: 1, arbitrary: fc.constant('listening' as const) },
    )
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const life = new Life()
      for (const one of steps) {
        if (one === 'turn') await life.turn()
        else if (one === 'deaf') life.listens(false)
        else if (one === 'listening') life.listens(true)
        else if ('send' in one) life.send(one.send, one.reads)
        else life.settle(one.settle, one.at)
        life.look()
      }
      await life.end()
    })
    await fc.assert(property, { numRuns: 150 })
  })
})

const NARROW = { operationsMax: 7, readsMax: 3, resultsBytes: 300, unreadBytesMax: 1e9 }

/** A pipeline whose operations have their ids as keys, and are done at revisions of their own. */
class Life {
  readonly #setup = opened()
  #sent = 0
  readonly #begun: number[] = []

  async turn(): Promise<void> {
    await this.#setup.turn()
  }

  listens(reads: boolean): void {
    const { answers } = this.#setup.stream
    answers.reads = reads
    if (reads) answers.call.writable()
  }

  send(count: number, reads: boolean): void {
    const operations = Array.from({ length: count }, () => {
      this.#sent += 1
      const key = `${this.#sent}`
      return operation(this.#sent, reads ? rangeOf(key) : putOf(key))
    })
    this.#setup.stream.send(...operations)
  }

  settle(count: number, at: number): void {
    const { node } = this.#setup
    for (let left = count; left > 0 && node.writes.length + node.reads.length > 0; left--) {
      const isWrite = node.reads.length === 0 || (node.writes.length > 0 && at % 2 === 0)
      const waiting: { body: Uint8Array }[] = isWrite ? node.writes : node.reads
      // The node settles its first one.
      const [one = assert.fail()] = waiting.splice(at % waiting.length, 1)
      waiting.unshift(one)
      const revision = 1000 + idOf(one)
      if (isWrite) node.applied(undefined, revision)
      else node.answered(undefined, revision)
    }
  }

  look(): void {
    const { writes, reads } = this.#setup.node
    const ids = [...writes, ...reads].map(idOf)
    this.#begun.push(...ids.filter((id) => !this.#begun.includes(id)).toSorted(ascending))
    assert.ok(ids.length <= NARROW.operationsMax && reads.length <= NARROW.readsMax)
  }

  async end(): Promise<void> {
    const { stream } = this.#setup
    stream.answers.call.sendEnd()
    while (stream.answers.outcome === undefined) {
      this.listens(true)
      await this.turn()
      this.look()
      this.settle(1, 0)
    }
    assert.equal(stream.answers.outcome, 'OK')
    const all = Array.from({ length: this.#sent }, (_, at) => at + 1)
    assert.deepEqual(this.#begun, all)
    assert.deepEqual(stream.ids.toSorted(ascending), all)
    for (const { id, result } of stream.results) {
      assert.ok(result?.kind === 'put' || result?.kind === 'range')
      assert.equal(result.value.header?.revision, 1000 + id)
    }
  }
}

function opened() {
  const setup = setUpNative(new ScriptedNode(), NARROW)
  return { ...setup, stream: openPipeline(setup.client) }
}

function idOf({ body }: { readonly body: Uint8Array }): number {
  return Number(Buffer.from(etcd.PutRequest.decodeBytes(body).key).toString())
}

function ascending(one: number, other: number): number {
  return one - other
}
