import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { floatingNumber, wholeNumber } from './json-number.ts'

describe('whole numbers in JSON', () => {
  it('are exact in every form that a number has', () => {
    const cases: readonly [string, bigint][] = [
      ['0', 0n],
      ['-0', 0n],
      ['0e5', 0n],
      ['0.000', 0n],
      ['18446744073709551615', 2n ** 64n - 1n],
      ['-9223372036854775808', -(2n ** 63n)],
      ['1e3', 1000n],
      ['1.5e1', 15n],
      ['100e-2', 1n],
      ['-1.20E+2', -120n],
      ['9007199254740993', 2n ** 53n + 1n],
    ]
    for (const [text, value] of cases) assert.equal(wholeNumber(text), value, text)
  })

  it('are none with a fraction, too many digits, or anything else', () => {
    const texts = [
      '1.5',
      '1e-1',
      '1e20',
      '1e999999999',
      '1e9999999999',
      '',
      ' 1',
      '0x1',
      '1n',
      '--1',
    ]
    for (const text of texts) assert.equal(wholeNumber(text), null, text)
    assert.equal(wholeNumber(`1${'0'.repeat(20)}`), null)
    assert.equal(wholeNumber(`0.${'0'.repeat(40)}1`), null)
  })
})

describe('other numbers in JSON', () => {
  it('have the names that proto3 gives to those JSON does not have', () => {
    assert.ok(Number.isNaN(floatingNumber('NaN', 'double')))
    assert.equal(floatingNumber('Infinity', 'float'), Number.POSITIVE_INFINITY)
    assert.equal(floatingNumber('-Infinity', 'float'), Number.NEGATIVE_INFINITY)
    assert.equal(floatingNumber('-0', 'double'), -0)
    assert.equal(floatingNumber('1e3', 'float'), 1000)
  })

  it('are refused beyond what the type holds', () => {
    for (const text of ['1e39', '-1e39']) assert.equal(floatingNumber(text, 'float'), null)
    for (const text of ['1e309', '', 'inf', '0x1', ' 1']) {
      assert.equal(floatingNumber(text, 'double'), null, text)
    }
  })
})
