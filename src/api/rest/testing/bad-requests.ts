/** Requests that cannot mean anything, or ask for what cannot be, with the code each is told. */

import type { OutgoingHttpHeaders } from 'node:http'
import type { ErrorCode } from '../../../base/index.ts'
import { cursorText } from '../cursor.ts'
import { ALL_KEYS } from '../ranges.ts'

export interface BadRequest {
  readonly method: string
  readonly path: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Uint8Array
  readonly code: ErrorCode
  /** What the text has to say besides. */
  readonly says?: RegExp
  /** Instead of what is advised at each failure of the code. */
  readonly advises?: RegExp
}

export interface Requests {
  ask(
    path: string,
    request?: {
      readonly method?: string
      readonly headers?: OutgoingHttpHeaders
      readonly body?: string | Uint8Array
    },
  ): Promise<{ readonly status: number; readonly text: string }>
}

/** The store that they are tried on: keys `text`, `other`, a lease 1f, and a name that is used. */
export async function prepareForBadRequests(web: Requests): Promise<void> {
  const put = (key: string, body: string): unknown =>
    web.ask(`/api/v1/kv/${key}`, { method: 'PUT', body })
  await put('text', 'words')
  await put('other', '1')
  await web.ask('/api/v1/leases?ttl=1h&id=1f', { method: 'POST' })
  const headers = { 'Idempotency-Key': 'used' }
  await web.ask('/api/v1/kv/text', { method: 'PUT', body: 'words', headers })
}

const FUTURE = { revision: 1000, lastKey: Uint8Array.of(0x61) }
const KEY = '/api/v1/kv/text'
const LIST = '/api/v1/kv'
const LONG_KEY = 'k'.repeat(1025)
const LARGE_VALUE = 'v'.repeat(1_572_865)
const LARGE_JSON = ' '.repeat(4 * 1024 * 1024 + 1)

function put(path: string, code: ErrorCode, rest: Partial<BadRequest> = {}): BadRequest {
  return { method: 'PUT', path, body: 'v', code, ...rest }
}

function get(path: string, code: ErrorCode, rest: Partial<BadRequest> = {}): BadRequest {
  return { method: 'GET', path, code, ...rest }
}

function post(path: string, code: ErrorCode, rest: Partial<BadRequest> = {}): BadRequest {
  return { method: 'POST', path, code, ...rest }
}

function remove(path: string, code: ErrorCode, rest: Partial<BadRequest> = {}): BadRequest {
  return { method: 'DELETE', path, code, ...rest }
}

const ENCODINGS: readonly BadRequest[] = [
  put(`${LIST}/%`, 'PARAMETER_INVALID', { says: /hexadecimal/ }),
  put(`${LIST}/%4`, 'PARAMETER_INVALID'),
  put(`${LIST}/%zz`, 'PARAMETER_INVALID'),
  put(`${LIST}/a%g0`, 'PARAMETER_INVALID'),
  put(`${LIST}/a%0`, 'PARAMETER_INVALID'),
  put(`${LIST}/a%%20`, 'PARAMETER_INVALID'),
  get(`${LIST}/%`, 'PARAMETER_INVALID'),
  remove(`${LIST}/%-1`, 'PARAMETER_INVALID'),
  post(`${LIST}/%/incr`, 'PARAMETER_INVALID'),
  get(`${LIST}?prefix=%`, 'PARAMETER_INVALID', { says: /prefix/ }),
  get(`${LIST}?prefix=a%2`, 'PARAMETER_INVALID'),
  get(`${LIST}?start=%xx`, 'PARAMETER_INVALID'),
  remove(`${LIST}?prefix=%G1`, 'PARAMETER_INVALID'),
  get('/api/v1/watch?prefix=%', 'PARAMETER_INVALID'),
  get('/api/v1/leases/%', 'PARAMETER_INVALID'),
]

const KEYS: readonly BadRequest[] = [
  put(`${LIST}/`, 'KEY_EMPTY'),
  get(`${LIST}/`, 'KEY_EMPTY'),
  remove(`${LIST}/`, 'KEY_EMPTY'),
  post(`${LIST}//incr`, 'KEY_EMPTY'),
  put(`${LIST}/${LONG_KEY}`, 'TOO_LARGE', {
    says: /key has 1025 bytes, at most 1024/,
    advises: /a key or a value that is too long has to become shorter/,
  }),
  get(`${LIST}/${LONG_KEY}`, 'TOO_LARGE'),
  remove(`${LIST}/${LONG_KEY}`, 'TOO_LARGE'),
  post(`${LIST}/${LONG_KEY}/incr`, 'TOO_LARGE'),
  put(KEY, 'TOO_LARGE', { body: LARGE_VALUE, says: /body has 1572865 bytes, at most 1572864/ }),
  get(`${LIST}/missing`, 'KEY_NOT_FOUND', {
    says: /^there is no key "missing"$/,
    advises: /^Look whether its name is right, or put it\.$/,
  }),
  get(`${LIST}/missing?raw`, 'KEY_NOT_FOUND'),
  get(`${LIST}/missing?consistency=stale`, 'KEY_NOT_FOUND'),
  post(`${KEY}/incr`, 'NOT_A_COUNTER', { says: /value of "text" is no whole number/ }),
  post(`${LIST}/other/incr?by=9223372036854775807`, 'NOT_A_COUNTER'),
  post(`${LIST}/none/incr?initial=9223372036854775807`, 'NOT_A_COUNTER'),
]

const PARAMETERS: readonly BadRequest[] = [
  get(`${KEY}?rw`, 'PARAMETER_UNKNOWN', { says: /did you mean raw/ }),
  get(`${KEY}?Raw`, 'PARAMETER_UNKNOWN'),
  get(`${KEY}?ttl=1s`, 'PARAMETER_UNKNOWN', { says: /there are raw/ }),
  get(`${KEY}?=1`, 'PARAMETER_UNKNOWN'),
  get(`${KEY}?raw&raw`, 'PARAMETER_INVALID', { says: /twice/ }),
  get(`${KEY}?raw=1&revision=1&raw=1`, 'PARAMETER_INVALID'),
  get(`${KEY}?raw=yes`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=0`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=-1`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=1.5`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=1e3`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=99999999999999999`, 'PARAMETER_INVALID'),
  get(`${KEY}?revision=9007199254740991`, 'REVISION_FUTURE'),
  get(`${KEY}?revision=1000`, 'REVISION_FUTURE'),
  get(`${KEY}?consistency=eventual`, 'PARAMETER_INVALID', { says: /strong, stale/ }),
  get(`${KEY}?consistency=`, 'PARAMETER_INVALID'),
  get(`${KEY}?redirect=maybe`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=0`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=-1s`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=1w`, 'PARAMETER_INVALID', { says: /500ms, 1.5s, 1h30m or 1d,.*1ms or more/ }),
  put(`${KEY}?ttl=soon`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=1.5ms`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=0.1ms`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=1s1`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=1000000000000d`, 'PARAMETER_INVALID'),
  put(`${KEY}?ttl=9000000001`, 'LEASE_TTL_TOO_LARGE'),
  put(`${KEY}?ttl=1s&lease=1f`, 'LEASE_PROVIDED', { advises: /^Send ttl or lease, not both\.$/ }),
  put(`${KEY}?ttl=1s&ttl=2s`, 'PARAMETER_INVALID'),
  put(`${KEY}?lease=0`, 'PARAMETER_INVALID'),
  put(`${KEY}?lease=`, 'PARAMETER_INVALID'),
  put(`${KEY}?lease=xyz`, 'PARAMETER_INVALID'),
  put(`${KEY}?lease=12345678901234567`, 'PARAMETER_INVALID'),
  put(`${KEY}?lease=2f`, 'LEASE_NOT_FOUND', { says: /^there is no lease 2f$/ }),
  put(`${KEY}?previous=2`, 'PARAMETER_INVALID'),
  put(`${KEY}?raw`, 'PARAMETER_UNKNOWN'),
  remove(`${KEY}?ttl=1s`, 'PARAMETER_UNKNOWN'),
  post(`${LIST}/other/incr?by=`, 'PARAMETER_INVALID'),
  post(`${LIST}/other/incr?by=1.5`, 'PARAMETER_INVALID'),
  post(`${LIST}/other/incr?by=one`, 'PARAMETER_INVALID'),
  post(`${LIST}/other/incr?by=9223372036854775808`, 'PARAMETER_INVALID'),
  post(`${LIST}/other/incr?initial=--1`, 'PARAMETER_INVALID'),
  post(`${LIST}/other/incr?lease=2f`, 'LEASE_NOT_FOUND', { says: /lease 2f$/ }),
  post(`${LIST}/other/incr?b=1`, 'PARAMETER_UNKNOWN', { says: /did you mean by/ }),
]

const LISTS: readonly BadRequest[] = [
  get(`${LIST}?limit=0`, 'PARAMETER_INVALID'),
  get(`${LIST}?limit=10001`, 'PARAMETER_INVALID', { says: /10000/ }),
  get(`${LIST}?limit=many`, 'PARAMETER_INVALID'),
  get(`${LIST}?limit=1&limit=2`, 'PARAMETER_INVALID'),
  get(`${LIST}?prefix=a&start=b`, 'PARAMETER_INVALID'),
  get(`${LIST}?prefix=a&end=b`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=!!`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=AA`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=Bw`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=_____________w`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=gICAgICAgICAgICA`, 'PARAMETER_INVALID'),
  get(`${LIST}?cursor=${cursorText(FUTURE, ALL_KEYS)}`, 'REVISION_FUTURE'),
  get(`${LIST}?keys_only=2`, 'PARAMETER_INVALID'),
  get(`${LIST}?count=2`, 'PARAMETER_INVALID'),
  get(`${LIST}?key=text`, 'PARAMETER_UNKNOWN'),
  get(`${LIST}?prefx=a`, 'PARAMETER_UNKNOWN', { says: /did you mean prefix/ }),
  get(`${LIST}?revision=1000`, 'REVISION_FUTURE'),
  get(`${LIST}?count&revision=1000`, 'REVISION_FUTURE'),
  remove(LIST, 'PARAMETER_INVALID', { says: /prefix/ }),
  remove(`${LIST}?prefix=a&start=b`, 'PARAMETER_INVALID'),
  remove(`${LIST}?key=text`, 'PARAMETER_UNKNOWN'),
  remove(`${LIST}?limit=1`, 'PARAMETER_UNKNOWN'),
]

const CONDITIONS: readonly BadRequest[] = [
  put(KEY, 'PARAMETER_INVALID', { headers: { 'If-Match': 'W/"2"' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'If-Match': '"2", "3"' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'If-Match': '' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'If-Match': '"0"' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'If-Match': '"x"' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'If-None-Match': '-1' } }),
  // A condition that nobody would look at must not be taken for one that holds.
  remove(`${LIST}?prefix=te`, 'PARAMETER_INVALID', { headers: { 'If-Match': '"1000"' } }),
  remove(`${LIST}?prefix=te`, 'PARAMETER_INVALID', { headers: { 'If-None-Match': '*' } }),
  remove(KEY, 'PARAMETER_INVALID', { headers: { 'If-None-Match': '"1000"' } }),
  post('/api/v1/batch', 'PARAMETER_INVALID', {
    headers: { 'If-Match': '"1000"' },
    body: '{"operations":[{"op":"put","key":"new","value":""}]}',
  }),
  post('/api/v1/txn', 'PARAMETER_INVALID', {
    headers: { 'If-Match': '"1000"' },
    body: '{"then":[{"op":"put","key":"new","value":""}]}',
  }),
  post('/api/v1/leases?ttl=1h', 'PARAMETER_INVALID', { headers: { 'If-Match': '"1000"' } }),
  put(KEY, 'CONDITION_FAILED', {
    headers: { 'If-Match': '"1000"' },
    says: /key "text" is not at revision 1000/,
  }),
  put(KEY, 'CONDITION_FAILED', { headers: { 'If-None-Match': '*' }, says: /"text" is there/ }),
  put(`${LIST}/new`, 'CONDITION_FAILED', { headers: { 'If-Match': '*' } }),
  put(`${KEY}?ttl=1s`, 'CONDITION_FAILED', { headers: { 'If-None-Match': '*' } }),
  remove(KEY, 'CONDITION_FAILED', { headers: { 'If-Match': '7000' } }),
  remove(`${LIST}/new`, 'CONDITION_FAILED', { headers: { 'If-Match': '*' }, says: /no key "new"/ }),
  post(`${LIST}/other/incr`, 'CONDITION_FAILED', { headers: { 'If-Match': '"1"' } }),
  post(`${LIST}/other/incr`, 'CONDITION_FAILED', { headers: { 'If-None-Match': '*' } }),
  get(KEY, 'PARAMETER_INVALID', { headers: { 'If-None-Match': '*' } }),
  get(KEY, 'PARAMETER_INVALID', {
    headers: { 'If-Match': '"2"' },
    says: /^If-Match means nothing/,
  }),
  get(LIST, 'PARAMETER_INVALID', { headers: { 'If-Match': '*' } }),
  get(KEY, 'PARAMETER_INVALID', { headers: { 'If-None-Match': 'abc' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'Idempotency-Key': '' } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'Idempotency-Key': 'x'.repeat(201) } }),
  put(KEY, 'PARAMETER_INVALID', { headers: { 'Idempotency-Key': 'caf\u00e9' } }),
  put(KEY, 'IDEMPOTENCY_MISMATCH', { headers: { 'Idempotency-Key': 'used' }, body: 'x' }),
  put(`${KEY}?previous`, 'IDEMPOTENCY_MISMATCH', {
    headers: { 'Idempotency-Key': 'used' },
    body: 'words',
  }),
  remove(KEY, 'IDEMPOTENCY_MISMATCH', { headers: { 'Idempotency-Key': 'used' } }),
  post(`${LIST}/other/incr`, 'IDEMPOTENCY_MISMATCH', { headers: { 'Idempotency-Key': 'used' } }),
  post('/api/v1/leases?ttl=60s', 'IDEMPOTENCY_MISMATCH', {
    headers: { 'Idempotency-Key': 'used' },
  }),
]

const LEASES: readonly BadRequest[] = [
  post('/api/v1/leases', 'PARAMETER_INVALID', { says: /60s/ }),
  post('/api/v1/leases?ttl=never', 'PARAMETER_INVALID'),
  post('/api/v1/leases?ttl=9000000001', 'LEASE_TTL_TOO_LARGE'),
  post('/api/v1/leases?ttl=60s&id=1f', 'LEASE_EXISTS'),
  post('/api/v1/leases?ttl=60s&id=0', 'PARAMETER_INVALID'),
  post('/api/v1/leases?ttl=60s&id=8000000000000001', 'LEASE_EXISTS'),
  post('/api/v1/leases?id=5', 'PARAMETER_INVALID'),
  post('/api/v1/leases?ttl=60s&keys', 'PARAMETER_UNKNOWN'),
  post('/api/v1/leases', 'BAD_REQUEST', {
    body: '{"ttl":5}',
    says: /takes no body here: say it in the query, as in \?ttl=/,
    advises: /^Say it in the query, as in \?ttl=1\.5s; there are ttl, id\.$/,
  }),
  get('/api/v1/leases/2f', 'LEASE_NOT_FOUND', { says: /lease 2f$/ }),
  get('/api/v1/leases/zz', 'PARAMETER_INVALID'),
  get('/api/v1/leases/', 'PARAMETER_INVALID'),
  get('/api/v1/leases/0', 'PARAMETER_INVALID'),
  get('/api/v1/leases/1f?keys=all', 'PARAMETER_INVALID'),
  get('/api/v1/leases?keys', 'PARAMETER_UNKNOWN'),
  post('/api/v1/leases/2f/keepalive', 'LEASE_NOT_FOUND', { says: /lease 2f$/ }),
  post('/api/v1/leases/-1/keepalive', 'PARAMETER_INVALID'),
  remove('/api/v1/leases/2f', 'LEASE_NOT_FOUND', { says: /lease 2f$/ }),
  remove('/api/v1/leases/x', 'PARAMETER_INVALID'),
]

const WATCHES: readonly BadRequest[] = [
  get('/api/v1/watch?from=0', 'PARAMETER_INVALID'),
  get('/api/v1/watch?from=now', 'PARAMETER_INVALID'),
  get('/api/v1/watch?from=1&after=1', 'PARAMETER_INVALID'),
  get('/api/v1/watch?after=', 'PARAMETER_INVALID'),
  get('/api/v1/watch?after=x', 'PARAMETER_INVALID'),
  get('/api/v1/watch?after=1.0', 'PARAMETER_INVALID'),
  get('/api/v1/watch?after=1.2.3', 'PARAMETER_INVALID'),
  get('/api/v1/watch?after=9007199254740991', 'PARAMETER_INVALID'),
  get('/api/v1/watch', 'PARAMETER_INVALID', { headers: { 'Last-Event-ID': 'abc' } }),
  get('/api/v1/watch', 'PARAMETER_INVALID', { headers: { 'Last-Event-ID': '-1' } }),
  get('/api/v1/watch?key=a&prefix=b', 'PARAMETER_INVALID'),
  get('/api/v1/watch?key=', 'KEY_EMPTY'),
  get('/api/v1/watch?start=b&end=a', 'PARAMETER_INVALID'),
  get('/api/v1/watch?events=all', 'PARAMETER_INVALID'),
  get('/api/v1/watch?since=1', 'PARAMETER_UNKNOWN'),
]

/** Everything that has a body of JSON, with what is wrong about it. */
function json(path: string): readonly BadRequest[] {
  const send = (body: string | Uint8Array, says?: RegExp): BadRequest =>
    post(path, 'BAD_REQUEST', { body, ...(says !== undefined && { says }) })
  return [
    send('', /no JSON/),
    send('{', /no JSON/),
    send('[]', /an object/),
    send('"x"'),
    send('null'),
    send('{"a":1}', /means nothing/),
    send(Uint8Array.of(0x7b, 0xff, 0x7d), /UTF-8/),
    post(path, 'TOO_LARGE', { body: LARGE_JSON }),
    post(path, 'BODY_TYPE_UNKNOWN', { body: '{}', headers: { 'Content-Type': 'text/xml' } }),
    post(path, 'BODY_TYPE_UNKNOWN', { body: '{}', headers: { 'Content-Type': 'text/plain' } }),
    post(path, 'BODY_TYPE_UNKNOWN', {
      body: '{}',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    }),
    post(`${path}?x=1`, 'PARAMETER_UNKNOWN', { body: '{}' }),
  ]
}

function batch(operation: string, code: ErrorCode = 'BAD_REQUEST', says?: RegExp): BadRequest {
  const body = `{"operations":[{"op":"put","key":"good","value":""},${operation}]}`
  return post('/api/v1/batch', code, { body, ...(says !== undefined && { says }) })
}

const BATCHES: readonly BadRequest[] = [
  ...json('/api/v1/batch'),
  post('/api/v1/batch', 'BAD_REQUEST', { body: '{}', says: /operations/ }),
  post('/api/v1/batch', 'BAD_REQUEST', { body: '{"operations":{}}', says: /a list/ }),
  post('/api/v1/batch', 'BAD_REQUEST', { body: '{"operations":[1]}', says: /operations\[0\]/ }),
  post('/api/v1/batch', 'TXN_TOO_MANY_OPERATIONS', {
    body: `{"operations":[${Array(1025).fill('{"op":"get","key":"a"}').join(',')}]}`,
  }),
  batch('{}', 'BAD_REQUEST', /operations\[1\]/),
  batch('{"op":"putt","key":"a"}', 'BAD_REQUEST', /did you mean put/),
  batch('{"op":"set","key":"a","value":""}', 'BAD_REQUEST', /did you mean put\?/),
  batch('{"op":"Remove","key":"a"}', 'BAD_REQUEST', /did you mean delete\?/),
  batch('{"op":"txn"}'),
  batch('{"op":"put","key":"a"}', 'BAD_REQUEST', /value/),
  batch('{"op":"put","value":"a"}', 'BAD_REQUEST', /key/),
  batch('{"op":"put","key":"","value":"a"}', 'KEY_EMPTY'),
  batch('{"op":"put","key":5,"value":"a"}', 'BAD_REQUEST', /operations\[1\]\.key/),
  batch('{"op":"put","key":"a","value":null}'),
  batch('{"op":"put","key":"a","value":{"base64":"***"}}', 'BAD_REQUEST', /base64/),
  batch('{"op":"put","key":"a","value":{"base64":"YQ==","x":1}}'),
  batch('{"op":"put","key":{"hex":"00"},"value":""}'),
  batch('{"op":"put","key":"\\ud800","value":""}', 'BAD_REQUEST', /Unicode/),
  batch('{"op":"put","key":"a","value":"","ttl":"x"}'),
  batch('{"op":"put","key":"a","value":"","ttl":0}'),
  batch('{"op":"put","key":"a","value":"","ttl":"1s","lease":"1f"}', 'LEASE_PROVIDED'),
  batch('{"op":"put","key":"a","value":"","lease":7}'),
  batch('{"op":"put","key":"a","value":"","ifRevision":0}'),
  batch('{"op":"put","key":"a","value":"","ifRevision":1,"ifAbsent":true}'),
  batch('{"op":"put","key":"a","value":"","previous":1}'),
  batch('{"op":"put","key":"a","value":"","limit":1}', 'BAD_REQUEST', /limit/),
  batch(`{"op":"put","key":"${LONG_KEY}","value":""}`, 'TOO_LARGE', /key has 1025 bytes/),
  batch('{"op":"get"}', 'BAD_REQUEST', /^body\.operations\[1\] names no keys/),
  batch('{"op":"get","key":"a","prefix":"b"}', 'PARAMETER_INVALID'),
  batch('{"op":"get","key":"a","limit":0}'),
  batch('{"op":"get","key":"a","limit":20000}'),
  batch('{"op":"get","key":"a","revision":0}'),
  batch('{"op":"delete"}'),
  batch('{"op":"delete","prefix":"a","ifRevision":3}', 'BAD_REQUEST', /one key/),
  batch('{"op":"incr"}'),
  batch('{"op":"incr","key":"other","by":1.5}'),
  batch('{"op":"incr","key":"other","by":"x"}'),
  batch('{"op":"incr","key":"other","by":"9223372036854775808"}'),
  batch(
    '{"op":"incr","key":"other","by":9007199254740993}',
    'BAD_REQUEST',
    /\.by is .*, beyond 2\^53 as a text such as "9007199254740993"; it came as a larger number$/,
  ),
  batch('{"op":"put","key":"a","value":"","lease":"2f","ttl":""}', 'BAD_REQUEST', /1h30m/),
]

function txn(body: string, code: ErrorCode = 'BAD_REQUEST', says?: RegExp): BadRequest {
  return post('/api/v1/txn', code, { body, ...(says !== undefined && { says }) })
}

const good = '{"op":"put","key":"good","value":""}'

const TXNS: readonly BadRequest[] = [
  ...json('/api/v1/txn'),
  txn('{"if":{}}', 'BAD_REQUEST', /body\.if/),
  txn('{"if":[{}]}'),
  txn('{"if":[{"field":"version"}]}', 'BAD_REQUEST', /^body\.if\[0\] names no keys: it has a key,/),
  txn(
    '{"if":[{"key":"a"}]}',
    'BAD_REQUEST',
    /^body\.if\[0\]\.field is missing: .* one of value, version, .* body\.if\[0\]\.exists is true/,
  ),
  txn('{"if":[{"key":"a","version":0}]}', 'BAD_REQUEST', /as in \{"key":…,"field":"version","is":/),
  txn('{"if":[{"key":"a","field":"value"}]}', 'BAD_REQUEST', /^body\.if\[0\]\.is is missing: .*!=/),
  txn('{"if":[{"key":"a","field":"size","is":"=","to":1}]}', 'BAD_REQUEST', /one of value/),
  txn(
    '{"if":[{"key":"a","field":"value","is":"==","to":"1"}]}',
    'BAD_REQUEST',
    /did you mean =\?$/,
  ),
  txn('{"if":[{"key":"a","field":"mod","is":"=","to":1}]}', 'BAD_REQUEST', /mean revision\?$/),
  txn(
    '{"if":[{"key":"a","field":"create","is":"=","to":1}]}',
    'BAD_REQUEST',
    /mean createRevision\?$/,
  ),
  txn('{"if":[{"key":"a","field":"value","is":"=","to":1}]}'),
  txn('{"if":[{"key":"a","field":"version","is":"=","to":"1"}]}', 'BAD_REQUEST', /it came as "1"$/),
  txn(`{"then":[{"op":"put","key":"${LONG_KEY}","value":""}]}`, 'TOO_LARGE', /key has 1025 bytes/),
  txn(
    '{"if":[{"key":"a","field":"version","is":"="}]}',
    'BAD_REQUEST',
    /^body\.if\[0\]\.to is missing: it is a whole number from 0$/,
  ),
  txn(
    '{"then":[{"op":"set","key":"a"}]}',
    'BAD_REQUEST',
    /^body\.then\[0\]\.op .*did you mean put\?/,
  ),
  txn('{"if":[{"key":"a","field":"lease","is":"=","to":1}]}'),
  txn('{"if":[{"key":"a","exists":1}]}'),
  txn('{"if":[{"key":"","exists":true}]}', 'KEY_EMPTY'),
  txn('{"if":[{"key":"a","exists":true,"is":"="}]}', 'BAD_REQUEST', /is/),
  txn(`{"then":[${good},{"op":"incr","key":"n"}]}`, 'BAD_REQUEST', /put, get, delete, txn/),
  txn(`{"then":[${good},{"op":"put","key":"x","value":"","ttl":"1s"}]}`, 'BAD_REQUEST', /ttl/),
  txn(`{"then":[${good},${good}]}`, 'TXN_DUPLICATE_KEY'),
  txn(`{"then":[{"op":"delete","prefix":"go"},${good}]}`, 'TXN_DUPLICATE_KEY'),
  txn(`{"then":[${good}],"els":[]}`, 'BAD_REQUEST', /did you mean else/),
  txn(
    `{"then":[${Array(129).fill('{"op":"get","key":"a"}').join(',')}]}`,
    'TXN_TOO_MANY_OPERATIONS',
  ),
  txn(`{"then":[${good},{"op":"put","key":"x","value":"","lease":"2f"}]}`, 'LEASE_NOT_FOUND'),
  txn(`{"then":[${good},{"op":"get","key":"x","revision":1000}]}`, 'REVISION_FUTURE'),
  txn('{"then":[{"op":"get","key":"x","revision":1000}]}', 'REVISION_FUTURE'),
  txn(`${'{"then":[{"op":"txn",'.repeat(10).slice(0, -1)}${'}]}'.repeat(10)}`),
  txn(
    `{"then":[{"op":"put","key":"x","value":"${'v'.repeat(800_000)}"},` +
      `{"op":"put","key":"y","value":"${'v'.repeat(800_000)}"}]}`,
    'TOO_LARGE',
  ),
  post('/api/v1/txn', 'IDEMPOTENCY_MISMATCH', {
    body: `{"then":[${good}]}`,
    headers: { 'Idempotency-Key': 'used' },
  }),
]

const ROUTES: readonly BadRequest[] = [
  get('/api/v1/kvs', 'ROUTE_UNKNOWN', { says: /did you mean \/api\/v1\/kv/ }),
  get('/api/v2/kv/text', 'ROUTE_UNKNOWN', { says: /did you mean \/api\/v1\/kv\/text\?$/ }),
  get('/api/kv/text', 'ROUTE_UNKNOWN', { says: /did you mean \/api\/v1\/kv\/text\?$/ }),
  get('/api/v1/status', 'ROUTE_UNKNOWN', { says: /did you mean \/api\/v1\/cluster\/status\?$/ }),
  get('/api/v1/lease', 'ROUTE_UNKNOWN', { says: /leases/ }),
  get('/api/v1/leases/1f/x', 'ROUTE_UNKNOWN'),
  get('/api/v1/cluster', 'ROUTE_UNKNOWN'),
  get('/openapi.jsonx', 'ROUTE_UNKNOWN', { says: /openapi\.json/ }),
  get('/debug/pprof', 'ROUTE_UNKNOWN'),
  get('/debug/pprof/goroutine', 'ROUTE_UNKNOWN'),
  post(KEY, 'METHOD_NOT_ALLOWED', { body: 'v', says: /PUT/ }),
  { method: 'PATCH', path: KEY, body: 'v', code: 'METHOD_NOT_ALLOWED' },
  put(LIST, 'METHOD_NOT_ALLOWED'),
  post(LIST, 'METHOD_NOT_ALLOWED', { body: '{}' }),
  get('/api/v1/batch', 'METHOD_NOT_ALLOWED', { says: /POST/ }),
  get('/api/v1/txn', 'METHOD_NOT_ALLOWED'),
  post('/api/v1/watch', 'METHOD_NOT_ALLOWED'),
  put('/api/v1/leases/1f', 'METHOD_NOT_ALLOWED'),
  get('/api/v1/leases/1f/keepalive', 'METHOD_NOT_ALLOWED'),
  remove('/api/v1/leases', 'METHOD_NOT_ALLOWED'),
  post('/api/v1/cluster/status', 'METHOD_NOT_ALLOWED'),
  remove('/api/v1/cluster/nodes', 'METHOD_NOT_ALLOWED'),
  post('/openapi.json', 'METHOD_NOT_ALLOWED'),
  remove('/api', 'METHOD_NOT_ALLOWED'),
  put('/debug/pprof/heap', 'METHOD_NOT_ALLOWED'),
  get('/api?x=1', 'PARAMETER_UNKNOWN'),
  get('/openapi.json?pretty', 'PARAMETER_UNKNOWN'),
  get('/api/v1/cluster/status?all', 'PARAMETER_UNKNOWN'),
  get('/debug/pprof/profile?seconds=0', 'PARAMETER_INVALID'),
  get('/debug/pprof/profile?seconds=121', 'PARAMETER_INVALID', { says: /120/ }),
  get('/debug/pprof/heap?seconds=1', 'PARAMETER_UNKNOWN'),
  get('/debug/pprof/heap', 'PERMISSION_DENIED', { headers: { Origin: 'http://evil.example' } }),
  get('/debug/pprof/profile', 'PERMISSION_DENIED', { headers: { Origin: 'null' } }),
  get('/debug/log-level', 'PERMISSION_DENIED', { headers: { Origin: 'http://evil.example' } }),
  get(KEY, 'BAD_REQUEST', {
    body: 'a body',
    headers: { 'Content-Length': 6 },
    says: /no body here$/,
    advises: /^Send it without one\.$/,
  }),
  remove(KEY, 'BAD_REQUEST', {
    body: 'a body',
    headers: { 'Content-Length': 6 },
    advises: /^Send it without one\.$/,
  }),
  post(`${LIST}/other/incr`, 'BAD_REQUEST', {
    body: '5',
    says: /as in \?by=5$/,
    advises: /\?by=5; there are by, initial, lease\.$/,
  }),
]

export const BAD_REQUESTS: readonly BadRequest[] = [
  ...[ENCODINGS, KEYS, PARAMETERS, LISTS, CONDITIONS].flat(),
  ...[LEASES, WATCHES, BATCHES, TXNS, ROUTES].flat(),
]
