/** What is asked of the JSON gateway. Keys and values are base64: Zm9v is foo, YmFy is bar. */

import { curl, post, type Step, startPost, stop, wait } from './step.ts'

const HEADER = { newer: 'the answer has a header' }

const KV: readonly Step[] = [
  post('/v3/kv/put', '{"key":"Zm9v","value":"YmFy"}'),
  post('/v3/kv/put', '{"key":"Zm9v","value":"YmFyMg==","prev_kv":true}'),
  post('/v3/kv/put', '{"key":"Zm9v","value":"YmFyMw==","prevKv":true}'),
  post('/v3/kv/put', '{"key":"Zm9vMQ==","value":""}'),
  post('/v3/kv/put', '{"key":"Zm9vMg==","value":"YmFy","unknown":{"a":[1,2]}}'),
  post('/v3/kv/put', '{"key":"Zm9v","ignore_value":true}'),
  post('/v3/kv/put', '{"key":"bm9uZQ==","ignore_value":true}'),
  post('/v3/kv/put', '{"key":"Zm9v","value":"YQ==","ignore_value":true}'),
  post('/v3/kv/put', '{"key":"Zm9v","value":"YQ==","lease":"77"}'),
  post('/v3/kv/put', '{"key":"Zm9v","value":"YQ==","lease":77}'),
  post('/v3/kv/put', '{"value":"YQ=="}'),
  post('/v3/kv/put', '{}'),
  post('/v3/kv/put', ''),
  post('/v3/kv/put', '{"key":'),
  post('/v3/kv/put', '[]'),
  post('/v3/kv/put', '{"key":"not base64!"}'),
  post('/v3/kv/put', '{"key":5}'),
  post('/v3/kv/range', '{"key":"Zm9v"}'),
  post('/v3/kv/range', '{"key":"bm9uZQ=="}'),
  post('/v3/kv/range', '{"key":"Zm9v","range_end":"Zm9w"}'),
  post('/v3/kv/range', '{"key":"Zm9v","rangeEnd":"Zm9w","limit":"1"}'),
  post('/v3/kv/range', '{"key":"Zm9v","range_end":"Zm9w","limit":1,"count_only":true}'),
  post('/v3/kv/range', '{"key":"Zm9v","range_end":"Zm9w","keys_only":true}'),
  post(
    '/v3/kv/range',
    '{"key":"AA==","range_end":"AA==","sort_order":"DESCEND","sort_target":"MOD"}',
  ),
  post('/v3/kv/range', '{"key":"AA==","range_end":"AA==","sort_order":2,"sort_target":3}'),
  post('/v3/kv/range', '{"key":"AA==","range_end":"AA==","sort_order":"SIDEWAYS"}'),
  post('/v3/kv/range', '{"key":"AA==","range_end":"AA==","sort_order":9}', {
    newer: 'an order that does not exist is refused',
  }),
  post('/v3/kv/range', '{"key":"AA==","range_end":"AA==","min_mod_revision":"3"}'),
  post('/v3/kv/range', '{"key":"AA==","range_end":"AA==","max_create_revision":"3"}'),
  post('/v3/kv/range', '{"key":"Zm9v","revision":"2"}'),
  post('/v3/kv/range', '{"key":"Zm9v","revision":"1000000"}'),
  post('/v3/kv/range', '{"key":"Zm9v","revision":"-1"}'),
  post('/v3/kv/range', '{"key":"Zm9v","revision":"x"}'),
  post('/v3/kv/range', '{"key":"Zm9v","serializable":true}'),
  post('/v3/kv/range', '{"key":""}'),
  post('/v3/kv/range', '{}'),
  post('/v3/kv/range', '{"key":"Zm9v","limit":1.5}'),
  post('/v3/kv/range', '{"key":null}'),
  post('/v3alpha/kv/range', '{"key":"Zm9v"}', { newer: 'older clients are still answered' }),
  post('/v3beta/kv/range', '{"key":"Zm9v"}'),
  post('/v3/kv/deleterange', '{"key":"Zm9vMQ=="}'),
  post('/v3/kv/deleterange', '{"key":"Zm9vMQ=="}'),
  post('/v3/kv/deleterange', '{"key":"Zm9vMg==","prev_kv":true}'),
  post('/v3/kv/deleterange', '{}'),
]

const PUT_OP = '{"requestPut":{"key":"dA==","value":"MQ=="}}'
const RANGE_OP = '{"requestRange":{"key":"dA=="}}'
const DELETE_OP = '{"request_delete_range":{"key":"dA==","prev_kv":true}}'
const TXN_OP = `{"request_txn":{"success":[${PUT_OP},${RANGE_OP}]}}`
const VALUE_DIFFERS = '{"key":"dA==","target":"VALUE","result":"NOT_EQUAL","value":"MQ=="}'
const IS_THERE = '{"key":"dA==","target":"VERSION","result":"GREATER","version":"0"}'
const IS_NOT_THERE = '{"key":"dA==","target":"CREATE","create_revision":"0"}'

const TXN: readonly Step[] = [
  post('/v3/kv/txn', `{"success":[${PUT_OP}]}`),
  post('/v3/kv/txn', `{"success":[${PUT_OP},${PUT_OP}]}`),
  post(
    '/v3/kv/txn',
    `{"compare":[{"key":"dA==","target":"VALUE","value":"MQ=="}],"success":[${RANGE_OP}]}`,
  ),
  post('/v3/kv/txn', `{"compare":[${VALUE_DIFFERS}],"failure":[${RANGE_OP}]}`),
  post('/v3/kv/txn', `{"compare":[${IS_THERE}],"success":[${DELETE_OP}]}`),
  post('/v3/kv/txn', `{"compare":[${IS_NOT_THERE}],"success":[${TXN_OP}]}`),
  post('/v3/kv/txn', '{}'),
  post('/v3/kv/txn', '{"success":[{}]}'),
  post('/v3/kv/txn', '{"compare":[{}]}'),
  post('/v3/kv/txn', `{"compare":[{"key":"dA==","target":"MOD","mod_revision":"1"}]}`),
]

const LEASE: readonly Step[] = [
  post('/v3/lease/grant', '{"TTL":"100","ID":"7587"}'),
  post('/v3/lease/grant', '{"TTL":"100","ID":"7587"}'),
  post('/v3/lease/grant', '{"TTL":"99999999999"}'),
  post('/v3/kv/put', '{"key":"bGVhc2Vk","value":"MQ==","lease":"7587"}'),
  post('/v3/lease/timetolive', '{"ID":"7587","keys":true}'),
  post('/v3/kv/lease/timetolive', '{"ID":"7587"}'),
  post('/v3/lease/timetolive', '{"ID":"1"}'),
  post('/v3/lease/leases', '{}', { unordered: true }),
  post('/v3/kv/lease/leases', '{}', { unordered: true }),
  post('/v3/lease/keepalive', '{"ID":"7587"}'),
  post('/v3/lease/keepalive', '{"ID":"1"}'),
  post('/v3/lease/revoke', '{"ID":"7587"}'),
  post('/v3/kv/lease/revoke', '{"ID":"7587"}'),
  post('/v3/kv/range', '{"key":"bGVhc2Vk"}'),
]

const WATCH: readonly Step[] = [
  startPost('past', '/v3/watch', '{"create_request":{"key":"Zm9v","start_revision":"2"}}'),
  wait('past', 2),
  stop('past'),
  startPost(
    'previous',
    '/v3/watch',
    '{"create_request":{"key":"Zm9v","start_revision":"2","prev_kv":true,"filters":["NODELETE"]}}',
  ),
  wait('previous', 2),
  stop('previous'),
  startPost('range', '/v3/watch', '{"create_request":{"key":"Zm9w","range_end":"Zm9v"}}'),
  wait('range', 1),
  stop('range'),
  startPost(
    'two',
    '/v3/watch',
    '{"create_request":{"key":"Zm9v"}}\n{"create_request":{"key":"dA=="}}',
  ),
  wait('two', 2),
  stop('two'),
]

const REST: readonly Step[] = [
  post('/v3/lock/unlock', '{"key":"bm9uZQ=="}'),
  post('/v3/election/leader', '{"name":"bm9ib2R5"}'),
  post('/v3/election/proclaim', '{"value":"MQ=="}'),
  post('/v3/election/resign', '{}'),
  post('/v3/kv/compaction', '{"revision":"3"}'),
  post('/v3/kv/compaction', '{"revision":"3"}'),
  post('/v3/kv/compaction', '{"revision":"100000"}'),
  post('/v3/kv/range', '{"key":"Zm9v","revision":"2"}'),
  post('/v3/maintenance/status', '{}'),
  post('/v3/maintenance/alarm', '{}', HEADER),
  post('/v3/maintenance/alarm', '{"action":"ACTIVATE","memberID":"5","alarm":"NOSPACE"}', HEADER),
  post('/v3/kv/put', '{"key":"Zm9v","value":"YmFy"}'),
  post('/v3/maintenance/alarm', '{"action":"DEACTIVATE","memberID":"5","alarm":"NOSPACE"}', HEADER),
  post('/v3/maintenance/hash', '{}'),
  post('/v3/maintenance/defragment', '{}'),
  post('/v3/cluster/member/list', '{}', { unordered: true }),
  post('/v3/auth/authenticate', '{"name":"a","password":"b"}'),
  post('/v3/nothing', '{}'),
  post('/v3/kv/nothing', '{}'),
  curl(['{url}/health'], { newer: 'the answer has a reason' }),
  curl(['{url}/version'], { newer: 'the version of the storage is told' }),
  curl(['{url}/v3/kv/range']),
  curl(['{url}/nothing']),
  curl(['--request', 'PUT', '--data', '{}', '{url}/v3/kv/range']),
  // At the end: its lease, which nobody renews, takes a key along when it is over.
  post('/v3/lock/lock', '{"name":"bXV0ZXg="}'),
]

export const CURL_STEPS: readonly Step[] = [...KV, ...TXN, ...LEASE, ...WATCH, ...REST]
