import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RPC_TIMEOUT_MS_MAX } from '../../base/index.ts'
import { formatTimeout, parseTimeout } from './timeout.ts'

describe('a timeout', () => {
  it('is read in every unit', () => {
    assert.equal(parseTimeout('1H'), 3_600_000)
    assert.equal(parseTimeout('2M'), 120_000)
    assert.equal(parseTimeout('3S'), 3000)
    assert.equal(parseTimeout('4m'), 4)
    assert.equal(parseTimeout('500u'), 0.5)
    assert.equal(parseTimeout('1000000n'), 1)
    assert.equal(parseTimeout('00000001S'), 1000)
    assert.equal(parseTimeout('99999999m'), 99_999_999)
  })

  it('of zero has passed already', () => {
    assert.equal(parseTimeout('0n'), 0)
  })

  it('is at most a year', () => {
    assert.equal(parseTimeout('99999999H'), RPC_TIMEOUT_MS_MAX)
  })

  it('is refused when it is anything but up to eight digits and a unit', () => {
    const texts = [
      '',
      'S',
      '1',
      '10',
      '1s',
      '1h',
      '1 S',
      ' 1S',
      '1S ',
      '-1S',
      '+1S',
      '1.5S',
      '1e3S',
    ]
    for (const text of [...texts, '123456789S', '1SS', '0x1S', '1µ', '１S', 'NaNm', '1\0']) {
      assert.equal(parseTimeout(text), null, JSON.stringify(text))
    }
  })

  it('is written in the finest unit that holds it', () => {
    assert.equal(formatTimeout(0), '0m')
    assert.equal(formatTimeout(1500), '1500m')
    assert.equal(formatTimeout(0.25), '250u')
    assert.equal(formatTimeout(0.0001), '1u')
    assert.equal(formatTimeout(99_999_999), '99999999m')
    assert.equal(formatTimeout(100_000_000), '100000S')
    assert.equal(formatTimeout(100_000_001), '100001S')
    assert.equal(formatTimeout(RPC_TIMEOUT_MS_MAX), '31622400S')
  })

  it('never comes back shorter than it was, and at most a thousandth longer', () => {
    const timeouts = fc.oneof(
      fc.double({ min: 0, max: RPC_TIMEOUT_MS_MAX, noNaN: true }),
      fc.nat(RPC_TIMEOUT_MS_MAX),
      fc.double({ min: 0, max: 10, noNaN: true }),
    )
    fc.assert(
      fc.property(timeouts, (ms) => {
        const text = formatTimeout(ms)
        assert.match(text, /^\d{1,8}[umSMH]$/)
        const back = parseTimeout(text)
        assert.ok(back !== null && back >= Math.min(ms, RPC_TIMEOUT_MS_MAX))
        assert.ok(back <= Math.max(ms * 1.001, ms + 0.0011))
      }),
    )
  })

  it('made of any text is refused or within its bounds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,9}[HMSmunx]$/)), (text) => {
        const ms = parseTimeout(text)
        assert.ok(ms === null || (ms >= 0 && ms <= RPC_TIMEOUT_MS_MAX))
        assert.equal(ms !== null, /^[0-9]{1,8}[HMSmun]$/.test(text))
      }),
    )
  })
})
