import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, type ErrorSpec } from './index.ts'

describe('the error table', () => {
  for (const [code, { what, advice }] of Object.entries<ErrorSpec>(ERRORS)) {
    it(`tells people what ${code} is and what to do, in whole sentences`, () => {
      for (const text of [what, advice]) {
        assert.match(text, /^[A-Z`][^\n]*[^ .]\.$/)
        assert.doesNotMatch(text, / {2}/)
      }
      assert.notEqual(what, advice)
    })
  }
})
