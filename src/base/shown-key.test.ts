import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shownKey } from './shown-key.ts'

const ENCODER = new TextEncoder()

describe('a key in a message', () => {
  test('is a text in quotes, whether it was given as a text or as bytes', () => {
    for (const text of ['', 'user/1', 'a "b"\n', 'größe/漢字/😀', '\uFEFFmarked']) {
      assert.equal(shownKey(text), JSON.stringify(text))
      assert.equal(shownKey(ENCODER.encode(text)), JSON.stringify(text))
    }
  })

  test('that is no UTF-8 is shown in hexadecimal, so that it can be found again', () => {
    assert.equal(shownKey(Uint8Array.of(0x61, 0xff, 0x00)), '0x61ff00')
    assert.equal(shownKey(new Uint8Array(61).fill(0xff)), `0x${'ff'.repeat(60)}…`)
  })

  test('that is long is cut between two characters', () => {
    const fits = 'k'.repeat(60)
    assert.equal(shownKey(fits), `"${fits}"`)
    for (const [text, shown] of [
      [`${fits}k`, fits],
      [`${'k'.repeat(59)}ö`, 'k'.repeat(59)],
      [`${'k'.repeat(58)}😀`, 'k'.repeat(58)],
      ['😀'.repeat(1000), '😀'.repeat(15)],
    ] as const) {
      assert.equal(shownKey(text), `"${shown}"…`)
      assert.equal(shownKey(ENCODER.encode(text)), `"${shown}"…`)
    }
  })
})
