import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, type ErrorCode, KvError } from '../../base/index.ts'
import { STATUS, statusName } from '../../rpc/index.ts'
import { ETCD_ERRORS, etcdErrorOf, etcdErrorOfThrown, etcdErrorOfUnknown } from './errors.ts'

const CODES = Object.keys(ERRORS) as ErrorCode[]

/** Everything in etcd's own table (v3.7, `rpctypes/error.go`), without the prefix of the texts. */
const OF_ETCD: Readonly<Record<string, readonly string[]>> = {
  INVALID_ARGUMENT: [
    'key is not provided',
    'key not found',
    'value is provided',
    'lease is provided',
    'too many operations in txn request',
    'duplicate key given in txn request',
    'invalid client api version',
    'invalid sort option',
    'given member URLs are invalid',
    'request is too large',
    'user name is empty',
    'role name is empty',
    'authentication failed, invalid user ID or password',
    'permission not given',
    'invalid auth management',
    'revision of auth store is old',
    'wrong downgrade target version format',
    'invalid downgrade target version',
  ],
  OUT_OF_RANGE: [
    'mvcc: required revision has been compacted',
    'mvcc: required revision is a future revision',
    'too large lease TTL',
  ],
  RESOURCE_EXHAUSTED: ['mvcc: database space exceeded', 'too many requests'],
  NOT_FOUND: ['requested lease not found', 'member not found'],
  FAILED_PRECONDITION: [
    'lease already exists',
    'member ID already exist',
    'Peer URLs already exists',
    're-configuration failed due to not enough started members',
    'can only promote a learner member',
    'can only promote a learner member which is in sync with leader',
    'too many learner members in cluster',
    'cluster ID mismatch',
    'root user does not exist',
    'root user does not have root role',
    'user name already exists',
    'user name not found',
    'role name already exists',
    'role name not found',
    'role is not granted to the user',
    'permission is not granted to the role',
    'authentication is not enabled',
    'not leader',
    'not capable',
    'rpc not supported for learner',
    'bad leader transferee',
    'cluster version not found during downgrade',
    'cluster has a downgrade job in progress',
    'no inflight downgrade job',
  ],
  CANCELLED: ['watch canceled', 'request canceled'],
  PERMISSION_DENIED: ['permission denied'],
  UNAUTHENTICATED: ['invalid auth token'],
  UNAVAILABLE: [
    'no leader',
    'leader changed',
    'server stopped',
    'request timed out',
    'request timed out, possibly due to previous leader failure',
    'request timed out, possibly due to connection lost',
    'request timed out, waiting for the applied index took too long',
    'unhealthy cluster',
  ],
  DATA_LOSS: ['corrupt cluster'],
  DEADLINE_EXCEEDED: ['context deadline exceeded'],
}

describe('the table of errors', () => {
  it('has every one of etcd, word for word and with its status', () => {
    const ours = new Map(
      Object.values(ETCD_ERRORS).map(({ status, text }): [string, string] => [
        text,
        statusName(status),
      ]),
    )
    for (const [code, texts] of Object.entries(OF_ETCD)) {
      for (const text of texts) assert.equal(ours.get(`etcdserver: ${text}`), code, text)
    }
  })
})

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
