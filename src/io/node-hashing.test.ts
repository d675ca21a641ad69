import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNodeHashing } from './index.ts'

describe('SHA-256', () => {
  it('of pieces is the hash of the whole (FIPS 180-2, appendix B.1)', () => {
    const hash = createNodeHashing().sha256()
    for (const letter of 'abc') hash.update(new TextEncoder().encode(letter))
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    assert.equal(Buffer.from(hash.digest()).toString('hex'), expected)
  })
})
