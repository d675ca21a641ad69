import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, type ErrorCode, KvError } from '../../base/index.ts'
import { STATUS } from '../../rpc/index.ts'
import { ETCD_ERRORS, etcdErrorOf, etcdErrorOfThrown, etcdErrorOfUnknown } from './errors.ts'

const CODES = Object.keys(ERRORS) as ErrorCode[]

describe('the errors of etcd', () => {
  it('have one meaning for each text', () => {
    const texts = Object.values(ETCD_ERRORS).map(({ text }) => text)
    assert.equal(new Set(texts).size, texts.length)
  })

  it('never tell of success', () => {
    for (const { status, text } of Object.values(ETCD_ERRORS)) {
      assert.notEqual(status, STATUS.OK)
      assert.notEqual(text, '')
    }
  })

  it('never tell an unknown outcome as a failure', () => {
    const open = new Set([
      'etcdserver: request timed out',
      'etcdserver: request timed out, possibly due to previous leader failure',
      'etcdserver: server stopped',
    ])
    for (const code of CODES) {
      const { status, text } = etcdErrorOfUnknown(code)
      assert.ok(open.has(text), `${code}: ${text}`)
      assert.equal(status, STATUS.UNAVAILABLE)
    }
  })

  it('tell what is wrong with a message, and of other failures nothing that is ours', () => {
    const malformed = etcdErrorOfThrown(new KvError('BAD_REQUEST', 'protobuf: cut off'))
    assert.deepEqual(malformed, {
      status: STATUS.INTERNAL,
      text: 'grpc: error unmarshalling request: protobuf: cut off',
    })
    const failure = new KvError('LEASE_NOT_FOUND', 'lease 5 of the state')
    assert.deepEqual(etcdErrorOfThrown(failure), ETCD_ERRORS.leaseNotFound)
    assert.deepEqual(etcdErrorOf('LEASE_NOT_FOUND'), ETCD_ERRORS.leaseNotFound)
    assert.equal(etcdErrorOfThrown(new TypeError('a mistake')), null)
  })
})
