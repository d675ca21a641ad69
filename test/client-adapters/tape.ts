/** As much of `tape` as the test suite of `abstract-level` uses, on the runner of Node.js. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

/** A plan that is not met would hang the file. */
const TEST_MS_MAX = 60_000

/** Of an assertion that says nothing about itself. */
const WORDS = 'as the suite expects'

type Body = (t: TapeTest) => unknown

export function tape(name: string, body: Body): void {
  it(name, { timeout: TEST_MS_MAX }, async () => {
    const t = new TapeTest()
    const result = body(t)
    const isAsync = result instanceof Promise
    await result
    await t.finished(isAsync)
  })
}

class TapeTest {
  readonly #ended = Promise.withResolvers<void>()
  readonly #planMet = Promise.withResolvers<void>()
  #planned: number | null = null
  #count = 0
  #failure: unknown = null

  plan(count: number): void {
    this.#planned = count
    if (count === 0) this.#planMet.resolve()
  }

  end(): void {
    this.#ended.resolve()
  }

  async finished(isAsync: boolean): Promise<void> {
    if (this.#planned !== null) {
      await this.#planMet.promise
      assert.equal(this.#count, this.#planned, 'as many assertions as planned')
    } else if (!isAsync) {
      await this.#ended.promise
    }
    if (this.#failure !== null) throw this.#failure
  }

  // Assertions do not end a test: whoever fails one may be in a callback.

  is(value: unknown, expected: unknown, text = WORDS): void {
    this.#assert(() => assert.equal(value, expected, text))
  }

  isNot(value: unknown, other: unknown, text = WORDS): void {
    this.#assert(() => assert.notEqual(value, other, text))
  }

  ok(value: unknown, text = WORDS): void {
    this.#assert(() => assert.ok(value, text))
  }

  same(value: unknown, expected: unknown, text = WORDS): void {
    this.#assert(() => assert.deepEqual(value, expected, text))
  }

  pass(): void {
    this.#assert(() => {})
  }

  fail(reason?: unknown): void {
    this.#assert(() => assert.fail(reason instanceof Error ? reason : String(reason)))
  }

  throws(work: () => unknown, expected: RegExp, text = WORDS): void {
    this.#assert(() => assert.throws(work, expected, text))
  }

  doesNotThrow(work: () => unknown, text = WORDS): void {
    this.#assert(() => assert.doesNotThrow(work, text))
  }

  #assert(check: () => void): void {
    this.#count += 1
    try {
      check()
    } catch (error) {
      this.#failure ??= error
    }
    if (this.#count === this.#planned) this.#planMet.resolve()
  }
}
