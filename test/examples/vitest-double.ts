/**
 * Stands in for vitest, whose installation is many times as large as everything else here: what
 * the example asks of it, done by the runner of Node.js.
 */

import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'

export { after as afterAll, before as beforeAll, test } from 'node:test'

export function expect(actual: unknown) {
  return {
    toBe: (expected: unknown) => assert.strictEqual(actual, expected),
    toEqual: (expected: unknown) => assert.deepEqual(actual, expected),
  }
}

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest'
      ? { url: import.meta.url, shortCircuit: true }
      : next(specifier, context),
})
