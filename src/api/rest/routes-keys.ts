/** Routes about keys and values, and watching them. */

import type { Route } from './route.ts'

const KEY_WHAT =
  'The key. Whatever is not a letter, a digit or one of `-._~/` is percent-encoded; `%2F` and ' +
  '`/` are the same, and any bytes may be in it, `%00` for instance. Many clients change a part ' +
  'that is `.` or `..`: for such a key use a batch.'

const KEY = '/api/v1/kv/{key}'

export const KEY_ROUTES = {
  putKey: {
    method: 'PUT',
    path: KEY,
    group: 'keys',
    title: 'Write one key',
    what: 'The body is the value, byte for byte, whatever its content type.',
    pathWhat: KEY_WHAT,
    query: ['ttl', 'lease', 'previous', 'redirect'],
    headers: ['If-Match', 'If-None-Match', 'Idempotency-Key'],
    body: 'bytes',
    answers: [{ status: 200, what: 'It is written, and durable.', schema: 'Written' }],
    errors: ['CONDITION_FAILED', 'LEASE_NOT_FOUND', 'TOO_LARGE', 'NO_SPACE', 'KEY_EMPTY'],
    examples: [
      {
        what: 'Write a value',
        curl: '-X PUT "$URL/api/v1/kv/greeting" -d hello',
        prints: '{"revision":…}',
      },
      {
        what: 'For one and a half seconds, and only if nobody else was first',
        curl: '-X PUT -H "If-None-Match: *" "$URL/api/v1/kv/leader?ttl=1.5s" -d me',
        prints: '{"revision":…}',
      },
      {
        what: 'Once, however often it is sent',
        curl: '-X PUT -H "Idempotency-Key: 7f3a" "$URL/api/v1/kv/order/1" -d paid',
        prints: '{"revision":…}',
      },
      {
        what: 'A key of any bytes',
        curl: '-X PUT "$URL/api/v1/kv/%00%FF" --data-binary @-',
        prints: '{"revision":…}',
      },
    ],
  },
  getKey: {
    method: 'GET',
    path: KEY,
    group: 'keys',
    title: 'Read one key',
    what:
      'As JSON, or the bytes as they are with `?raw` or `Accept: application/octet-stream`. HEAD ' +
      'tells only the headers. Headers of raw answers: `Quorate-Revision`, ' +
      '`Quorate-Create-Revision`, `Quorate-Version`, `Quorate-Lease`; of both kinds: `ETag`, the ' +
      'revision of the key, and `Quorate-Store-Revision`.',
    pathWhat: KEY_WHAT,
    query: ['raw', 'revision', 'consistency', 'redirect'],
    headers: ['Accept', 'If-None-Match'],
    answers: [
      { status: 200, what: 'The key is there.', schema: 'Entry' },
      { status: 304, what: 'It still has the revision of `If-None-Match`.' },
    ],
    errors: ['KEY_NOT_FOUND', 'KEY_EMPTY', 'COMPACTED', 'REVISION_FUTURE'],
    examples: [
      {
        what: 'Read it as JSON',
        curl: '"$URL/api/v1/kv/greeting"',
        prints:
          '{"key":"greeting","value":"hello","encoding":"text","revision":…,' +
          '"createRevision":…,"version":1}',
      },
      { what: 'Only the value', curl: '"$URL/api/v1/kv/greeting?raw"', prints: 'hello' },
    ],
  },
  deleteKey: {
    method: 'DELETE',
    path: KEY,
    group: 'keys',
    title: 'Delete one key',
    pathWhat: KEY_WHAT,
    query: ['previous', 'redirect'],
    headers: ['If-Match', 'Idempotency-Key'],
    answers: [{ status: 200, what: 'It is not there any more.', schema: 'Deleted' }],
    errors: ['CONDITION_FAILED', 'KEY_EMPTY'],
    examples: [
      {
        what: 'Delete it',
        curl: '-X DELETE "$URL/api/v1/kv/greeting"',
        prints: '{"deleted":1,"revision":…}',
      },
    ],
  },
  incrementKey: {
    method: 'POST',
    path: `${KEY}/incr`,
    group: 'keys',
    title: 'Count',
    what: 'Adds to the number that the key holds in decimal digits, at once and exactly.',
    pathWhat: KEY_WHAT,
    query: ['by', 'initial', 'lease', 'redirect'],
    headers: ['If-Match', 'If-None-Match', 'Idempotency-Key'],
    answers: [{ status: 200, what: 'What the key holds now.', schema: 'Counter' }],
    errors: ['NOT_A_COUNTER', 'CONDITION_FAILED', 'KEY_EMPTY', 'LEASE_NOT_FOUND'],
    examples: [
      {
        what: 'Count a visit',
        curl: '-X POST "$URL/api/v1/kv/visits/incr?by=5"',
        prints: '{"value":"5","revision":…}',
      },
    ],
  },
  listKeys: {
    method: 'GET',
    path: '/api/v1/kv',
    group: 'keys',
    title: 'List keys',
    what:
      'In the order of their bytes; all keys, or those with a `prefix`, or from `start` to ' +
      'before `end`. A page ends at `limit` entries or about 4 MiB; ask with its `cursor` for ' +
      'the next one, which is of the same revision whatever has changed meanwhile. To hear of ' +
      'every change since then, watch with `after` and that revision.',
    query: [
      ...(['prefix', 'start', 'end', 'limit', 'cursor', 'keys_only', 'count'] as const),
      ...(['revision', 'consistency', 'redirect'] as const),
    ],
    answers: [{ status: 200, what: 'A page.', schema: 'Entries' }],
    errors: ['COMPACTED', 'REVISION_FUTURE'],
    examples: [
      {
        what: 'Those with a prefix',
        curl: '"$URL/api/v1/kv?prefix=order/&keys_only"',
        prints:
          '{"revision":…,"entries":[{"key":"order/1","revision":…,"createRevision":…,"version":1}' +
          '],"count":1}',
      },
      {
        what: 'How many there are',
        curl: '"$URL/api/v1/kv?count"',
        prints: '{"revision":…,"count":…}',
      },
    ],
  },
  deleteKeys: {
    method: 'DELETE',
    path: '/api/v1/kv',
    group: 'keys',
    title: 'Delete many keys',
    what: 'All of them at one revision. `prefix=` deletes everything.',
    query: ['prefix', 'start', 'end', 'redirect'],
    headers: ['Idempotency-Key'],
    answers: [{ status: 200, what: 'None of them is there any more.', schema: 'Deleted' }],
    examples: [
      {
        what: 'Those with a prefix',
        curl: '-X DELETE "$URL/api/v1/kv?prefix=order/"',
        prints: '{"deleted":1,"revision":…}',
      },
    ],
  },
  batch: {
    method: 'POST',
    path: '/api/v1/batch',
    group: 'many',
    title: 'Many operations in one request',
    what:
      'Each by itself and all at the same time, so one may fail and others not, and nothing is ' +
      'said about their order. For all or nothing use a transaction.',
    query: ['consistency', 'redirect'],
    headers: ['Idempotency-Key'],
    body: 'json',
    bodySchema: 'Batch',
    answers: [{ status: 200, what: 'What became of each.', schema: 'Results' }],
    errors: ['TXN_TOO_MANY_OPERATIONS'],
    examples: [
      {
        what: 'Two writes and a read',
        curl:
          '"$URL/api/v1/batch" --json \'{"operations":[{"op":"put","key":"a","value":"1"},' +
          '{"op":"incr","key":"n","by":2},{"op":"get","key":"missing"}]}\'',
        prints:
          '{"results":[{"revision":…},{"value":"2","revision":…},{"revision":…,"entries":[],' +
          '"count":0}]}',
      },
    ],
  },
  transaction: {
    method: 'POST',
    path: '/api/v1/txn',
    group: 'many',
    title: 'A transaction',
    what:
      'If all conditions hold, `then` is done, otherwise `else`: all of it at one revision. Keys ' +
      'and values are texts, or `{"base64":"…"}`.',
    query: ['consistency', 'redirect'],
    headers: ['Idempotency-Key'],
    body: 'json',
    bodySchema: 'Transaction',
    answers: [{ status: 200, what: 'Which way it went.', schema: 'TransactionResult' }],
    errors: ['TXN_TOO_MANY_OPERATIONS', 'TXN_DUPLICATE_KEY', 'TOO_LARGE', 'NO_SPACE'],
    examples: [
      {
        what: 'Replace a value only if nobody has changed it',
        curl:
          '"$URL/api/v1/txn" --json \'{"if":[{"key":"a","field":"value","is":"=","to":"1"}],' +
          '"then":[{"op":"put","key":"a","value":"2"}],"else":[{"op":"get","key":"a"}]}\'',
        prints: '{"succeeded":true,"revision":…,"results":[{"revision":…}]}',
      },
    ],
  },
  watch: {
    method: 'GET',
    path: '/api/v1/watch',
    group: 'watch',
    title: 'Watch keys change',
    what:
      'Server-sent events, or JSON, a line each, with `Accept: application/x-ndjson` (or ' +
      '`application/json`): look at the `type` of a line first, for not each is an event. Every ' +
      'event has an id: whoever comes back with it in `Last-Event-ID` (browsers do so by ' +
      'themselves) or `after`, to whatever node, is told everything that came after it, each ' +
      'once. The id is the revision; within a transaction of several changes all but the last ' +
      'have a number behind it, as in `7.1`. What has to be told of a revision that was ' +
      'compacted away ends with `COMPACTED`: list the keys, and watch from there. A revision ' +
      'that has not come yet is waited for in silence; the id at the beginning, of `ready`, is ' +
      'the one that was asked for. Every 15 seconds of silence comes a sign of life, which moves ' +
      'the id on when nothing has happened: a comment, or a line of `progress`. ' +
      'Who reads slower than events come is told them later; who reads nothing for a minute is ' +
      'dropped.',
    query: ['prefix', 'key', 'start', 'end', 'from', 'after', 'previous', 'events', 'redirect'],
    headers: ['Last-Event-ID', 'Accept'],
    answers: [
      {
        status: 200,
        what: 'Goes on until somebody ends it.',
        schema: 'WatchEvent',
        type: 'text/event-stream',
      },
      {
        status: 200,
        what: 'The same, a line each.',
        schema: 'WatchLine',
        type: 'application/x-ndjson',
      },
    ],
    errors: ['COMPACTED', 'OVERLOADED'],
    examples: [
      {
        what: 'What has happened since the beginning, and goes on (for three seconds here)',
        curl: '-N --max-time 3 "$URL/api/v1/watch?key=visits&from=1" || true',
        prints:
          'retry: 1000\nid: 0\n\nid: …\nevent: put\n' +
          'data: {"type":"put","id":"…","entry":{"key":"visits","value":"5",…\n…',
      },
      {
        what: 'The same as JSON, a line each',
        curl:
          '-N --max-time 3 -H "Accept: application/x-ndjson" ' +
          '"$URL/api/v1/watch?key=visits&from=1" || true',
        prints:
          '{"type":"ready","id":"0"}\n' +
          '{"type":"put","id":"…","entry":{"key":"visits","value":"5",…\n…',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Route>>
