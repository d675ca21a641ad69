import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, type ErrorCode, KvError } from '../../base/index.ts'
import {
  isStatusCode,
  parseStatus,
  STATUS,
  statusName,
  statusOfFailure,
  statusOfHttp,
  statusOfReset,
} from './status.ts'

describe('a status', () => {
  it('has one of 17 codes, each with its name', () => {
    const codes = Object.values(STATUS)
    assert.deepEqual(
      codes,
      Array.from({ length: 17 }, (_, code) => code),
    )
    for (const [name, code] of Object.entries(STATUS)) assert.equal(statusName(code), name)
    for (const code of [-1, 17, 1.5, Number.NaN]) assert.equal(isStatusCode(code), false)
  })

  it('is read from its decimal digits, and is UNKNOWN when it is anything else', () => {
    for (const code of Object.values(STATUS)) assert.equal(parseStatus(String(code)), code)
    for (const text of ['', '17', '-1', '01', '1.0', ' 1', '1 ', '0x1', 'OK', '99999999999']) {
      assert.equal(parseStatus(text), STATUS.UNKNOWN, text)
    }
  })

  it('of an expected failure is the one in the error table', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const status = statusOfFailure(new KvError(code, 'a reason'))
      assert.deepEqual(status, { code: ERRORS[code].grpc, message: 'a reason' })
    }
    assert.equal(statusOfFailure(new KvError('NOT_LEADER', '')).code, STATUS.UNAVAILABLE)
  })

  it('follows from the HTTP status when an answer has none of its own', () => {
    assert.equal(statusOfHttp(404), STATUS.UNIMPLEMENTED)
    assert.equal(statusOfHttp(503), STATUS.UNAVAILABLE)
    assert.equal(statusOfHttp(401), STATUS.UNAUTHENTICATED)
    assert.equal(statusOfHttp(200), STATUS.UNKNOWN)
    assert.equal(statusOfHttp(500), STATUS.UNKNOWN)
  })

  it('follows from the code of a reset', () => {
    assert.equal(statusOfReset(0), STATUS.INTERNAL)
    assert.equal(statusOfReset(7), STATUS.UNAVAILABLE)
    assert.equal(statusOfReset(8), STATUS.CANCELLED)
    assert.equal(statusOfReset(11), STATUS.RESOURCE_EXHAUSTED)
    assert.equal(statusOfReset(12), STATUS.PERMISSION_DENIED)
    assert.equal(statusOfReset(0xffff_ffff), STATUS.INTERNAL)
  })
})
