/** Group "http2": requests and their fields (RFC 9113 §8). */

import assert from 'node:assert/strict'
import type { ServerCase } from './case.ts'
import { BODY, malformed, malformedFields, served, streamError } from './case-makers.ts'
import { data, headers } from './kit/frames.ts'
import { block, type Field, literal } from './kit/hpack-writer.ts'

const EXCHANGE: readonly ServerCase[] = [
  malformed('RFC9113 §8.1/second-headers', 'a second HEADERS that does not end the stream', {
    send: (peer) => [
      peer.opening(1),
      data(1, BODY),
      headers(1, block([['x-more', 'more']])),
      data(1, '', { end: true }),
    ],
  }),
  malformed('RFC9113 §8.1/second-request', 'a second request on the same stream', {
    send: (peer) => [peer.opening(1), headers(1, peer.block()), data(1, BODY, { end: true })],
  }),
  streamError('RFC9113 §8.1/data-after-trailers', 'DATA after trailers', {
    // The trailers end the stream; the server may have answered by then, which closes it.
    codes: ['STREAM_CLOSED'],
    send: (peer) => [
      peer.opening(1),
      headers(1, block([['x-checksum', '42']]), { end: true }),
      data(1, BODY, { end: true }),
    ],
  }),
  ...[':path', ':method', ':status', ':unheard-of'].map((name) =>
    malformed(`RFC9113 §8.1/trailers${name.replace(':', '-')}`, `${name} in trailers`, {
      send: (peer) => [
        peer.opening(1),
        data(1, BODY),
        headers(1, literal(name, '/'), { end: true }),
      ],
    }),
  ),
  malformed('RFC9113 §8.1/trailers-of-a-request', 'trailers that are the request once more', {
    send: (peer) => [peer.opening(1), data(1, BODY), headers(1, peer.block(), { end: true })],
  }),
  ...(
    [
      ['connection', 'close'],
      ['transfer-encoding', 'chunked'],
      ['te', 'gzip'],
    ] as const
  ).map(([name, value]) =>
    malformed(`RFC9113 §8.2.2/trailers-${name}`, `${name} in trailers`, {
      send: (peer) => [
        peer.opening(1),
        data(1, BODY),
        headers(1, block([[name, value]]), { end: true }),
      ],
    }),
  ),
  served('RFC9113 §8.1/headers-only-trailers', 'trailers may be empty', {
    send: (peer) => [peer.opening(1), data(1, BODY), headers(1, Buffer.alloc(0), { end: true })],
  }),
]

const HALF = BODY.subarray(0, 4)
const REST = BODY.subarray(4)

const NODE_GENERIC_CODE =
  'Node.js resets with INTERNAL_ERROR, which §5.4 allows in place of any code; we want what ' +
  '§8.1.1 names.'

const LENGTHS: readonly ServerCase[] = [
  served('RFC9113 §8.1.1/content-length', 'a content-length that is right', {
    send: (peer) => [
      peer.opening(1, ['content-length', String(BODY.length)]),
      data(1, HALF),
      data(1, REST, { end: true }),
    ],
  }),
  served('RFC9113 §8.1.1/content-length-padded', 'padding is no part of the content-length', {
    send: (peer) => [
      peer.opening(1, ['content-length', String(BODY.length)]),
      data(1, HALF, { padding: 10 }),
      data(1, REST, { padding: 20, end: true }),
    ],
  }),
  malformed('RFC9113 §8.1.1/content-length-less', 'less content than the content-length says', {
    send: (peer) => [
      peer.opening(1, ['content-length', String(BODY.length + 1)]),
      data(1, BODY, { end: true }),
    ],
  }),
  malformed('RFC9113 §8.1.1/content-length-more', 'more content than the content-length says', {
    send: (peer) => [
      peer.opening(1, ['content-length', String(BODY.length - 1)]),
      data(1, BODY, { end: true }),
    ],
    node: NODE_GENERIC_CODE,
  }),
  malformed('RFC9113 §8.1.1/content-length-sum', 'DATA frames that add up to more', {
    send: (peer) => [
      peer.opening(1, ['content-length', String(HALF.length)]),
      data(1, HALF),
      data(1, REST, { end: true }),
    ],
    node: NODE_GENERIC_CODE,
  }),
  malformed('RFC9113 §8.1.1/content-length-none', 'a content-length without content', {
    send: (peer) => [headers(1, peer.block({}, ['content-length', '5']), { end: true })],
  }),
  malformed('RFC9113 §8.1.1/content-length-trailers', 'trailers before the content is complete', {
    send: (peer) => [
      peer.opening(1, ['content-length', String(BODY.length)]),
      data(1, HALF),
      headers(1, block([['x-checksum', '1']]), { end: true }),
    ],
  }),
  malformedFields('RFC9113 §8.1.1/content-length-word', 'a content-length that is no number', {
    extra: [['content-length', 'nine']],
  }),
  malformedFields('RFC9113 §8.1.1/content-length-sign', 'a content-length with a sign', {
    extra: [['content-length', '-9']],
  }),
  malformedFields('RFC9113 §8.1.1/content-length-huge', 'a content-length beyond all numbers', {
    extra: [['content-length', '99999999999999999999999999']],
  }),
  malformedFields('RFC9113 §8.1.1/content-length-twice', 'two content-lengths that differ', {
    extra: [
      ['content-length', String(BODY.length)],
      ['content-length', String(BODY.length + 1)],
    ],
  }),
]

/** RFC 9113 §8.2.1, the minimal validation that is a MUST. */
const BAD_NAMES: readonly (readonly [id: string, what: string, name: string])[] = [
  ['uppercase', 'an uppercase letter', 'X-Upper'],
  ['uppercase-one', 'one uppercase letter at its end', 'x-uppeR'],
  ['space', 'a space', 'x space'],
  ['nul', 'NUL', 'x\u0000nul'],
  ['newline', 'a line feed', 'x\nline'],
  ['control', 'a control character', 'x\u0001control'],
  ['delete', 'DEL', 'x\u007fdel'],
  ['high', 'an octet above 0x7f', 'x\u0080high'],
  ['highest', 'the octet 0xff', 'x\u00ffhigh'],
  ['colon', 'a colon', 'x:colon'],
  ['empty', 'nothing at all', ''],
]

const BAD_VALUES: readonly (readonly [id: string, what: string, value: string])[] = [
  ['nul', 'NUL', 'a\u0000b'],
  ['line-feed', 'a line feed', 'a\nb'],
  ['carriage-return', 'a carriage return', 'a\rb'],
  ['request-splitting', 'a whole second field', 'a\r\nx-other: b'],
  ['leading-space', 'a space at its start', ' a'],
  ['trailing-space', 'a space at its end', 'a '],
  ['leading-tab', 'a tab at its start', '\ta'],
  ['trailing-tab', 'a tab at its end', 'a\t'],
]

const NODE_DROPS =
  'nghttp2 drops the field and serves the request without it; §8.2.1 makes the request malformed.'

const FIELDS: readonly ServerCase[] = [
  ...BAD_NAMES.map(([id, what, name]) =>
    malformedFields(`RFC9113 §8.2.1/name-${id}`, `a field name with ${what}`, {
      extra: [[name, 'value']],
      // Of all of them, nghttp2 refuses only uppercase letters.
      ...(id.startsWith('uppercase') ? {} : { node: NODE_DROPS }),
    }),
  ),
  ...BAD_VALUES.map(([id, what, value]) =>
    malformedFields(`RFC9113 §8.2.1/value-${id}`, `a field value with ${what}`, {
      extra: [['x-value', value]],
      node: NODE_DROPS,
    }),
  ),
  malformed('RFC9113 §8.2.1/trailers-name', 'an uppercase name in trailers', {
    send: (peer) => [
      peer.opening(1),
      data(1, BODY),
      headers(1, literal('X-Checksum', '1'), { end: true }),
    ],
  }),
  malformed('RFC9113 §8.2.1/trailers-value', 'a line feed in a value of the trailers', {
    send: (peer) => [
      peer.opening(1),
      data(1, BODY),
      headers(1, literal('x-checksum', '1\n2'), { end: true }),
    ],
    node: NODE_DROPS,
  }),
  malformed('RFC9113 §8.2.1/huffman-name', 'an uppercase name in Huffman code', {
    send: (peer) => [
      headers(1, Buffer.concat([peer.block(), literal('X-Upper', 'v', { huffman: true })])),
      data(1, BODY, { end: true }),
    ],
  }),
  malformed('RFC9113 §8.2.1/indexed-name', 'an uppercase name that was put into the table', {
    send: (peer) => {
      const inserted = literal('X-Upper', 'v', { kind: 'incremental' })
      return [
        headers(1, Buffer.concat([peer.block(), inserted, Buffer.from([0xbe])])),
        data(1, BODY, { end: true }),
      ]
    },
  }),
  {
    id: 'RFC9113 §8.2.1/bad-field-again',
    title: 'a bad field in the table is as bad when it is used again',
    node: NODE_DROPS,
    run: async (peer) => {
      const inserted = literal('x-value', 'a\nb', { kind: 'incremental' })
      peer.send(headers(1, Buffer.concat([peer.block(), inserted])), data(1, BODY, { end: true }))
      await peer.expectMalformed(1)
      if (peer.over) return
      const again = Buffer.concat([peer.block(), Buffer.from([0xbe])])
      peer.send(headers(3, again), data(3, BODY, { end: true }))
      await peer.expectMalformed(3)
    },
  },
  malformedFields('RFC9113 §8.2.1/pseudo-value', 'a line feed in :path', {
    replaced: { ':path': '/a\nb' },
  }),
  ...(
    [
      ['value-empty', 'an empty value', ['x-empty', '']],
      ['value-inner-space', 'spaces and tabs within a value', ['x-spaces', 'a \t b']],
      ['value-high', 'octets above 0x7f in a value', ['x-high', 'gr\u00fc\u00df']],
      ['name-symbols', 'every symbol a name may have', ["x!#$%&'*+-.^_`|~09", 'v']],
      ['name-long', 'a name of 200 octets', ['x'.repeat(200), 'v']],
    ] as readonly (readonly [string, string, Field])[]
  ).map(([id, title, field]) =>
    served(`RFC9113 §8.2.1/${id}`, `${title} is allowed`, {
      send: (peer) => [peer.opening(1, field), data(1, BODY, { end: true })],
    }),
  ),
]

const CONNECTION_SPECIFIC: readonly ServerCase[] = [
  ...(
    [
      ['connection', 'keep-alive'],
      ['connection', 'close'],
      ['proxy-connection', 'keep-alive'],
      ['keep-alive', 'timeout=5'],
      ['transfer-encoding', 'chunked'],
      ['upgrade', 'websocket'],
    ] as const
  ).map(([name, value]) =>
    malformedFields(`RFC9113 §8.2.2/${name}-${value.replace('=', '-')}`, `the field ${name}`, {
      extra: [[name, value]],
    }),
  ),
  ...['gzip', 'trailers, deflate', ''].map((value) =>
    malformedFields(
      `RFC9113 §8.2.2/te-${value.replace(', ', '-') || 'empty'}`,
      `te with the value "${value}"`,
      { replaced: { te: value } },
    ),
  ),
  served('RFC9113 §8.2.2/te-trailers', 'te may say trailers', {
    send: (peer) => [peer.request(1)],
  }),
]

const PSEUDO: readonly ServerCase[] = [
  ...(
    [
      ['unknown', 'an unknown pseudo-header field', [':unheard-of', 'x']],
      ['response', 'a pseudo-header field of responses', [':status', '200']],
      ['empty-name', 'a pseudo-header field without a name', [':', 'x']],
      ['protocol', ':protocol that was not negotiated (RFC 8441)', [':protocol', 'websocket']],
    ] as readonly (readonly [string, string, Field])[]
  ).map(([id, title, field]) =>
    malformed(`RFC9113 §8.3/${id}`, `${title} in a request`, {
      send: (peer) => [headers(1, block([field, ...peer.fields()])), data(1, BODY, { end: true })],
    }),
  ),
  ...[':method', ':scheme', ':path', ':authority'].map((name) =>
    malformed(`RFC9113 §8.3/late${name.replace(':', '-')}`, `${name} after a regular field`, {
      send: (peer) => {
        const all = peer.fields()
        const late = all.filter((field) => field[0] === name)
        const others = all.filter((field) => field[0] !== name)
        return [headers(1, block([...others, ...late])), data(1, BODY, { end: true })]
      },
    }),
  ),
  ...[':method', ':scheme', ':path', ':authority'].map((name) =>
    malformed(`RFC9113 §8.3/twice${name.replace(':', '-')}`, `${name} twice`, {
      send: (peer) => {
        const all = peer.fields()
        const again = all.filter((field) => field[0] === name)
        return [headers(1, block([...again, ...all])), data(1, BODY, { end: true })]
      },
    }),
  ),
  ...[':method', ':scheme', ':path'].map((name) =>
    malformedFields(`RFC9113 §8.3.1/without${name.replace(':', '-')}`, `no ${name}`, {
      replaced: { [name]: null },
    }),
  ),
  malformedFields('RFC9113 §8.3.1/nothing', 'no pseudo-header field at all', {
    replaced: { ':method': null, ':scheme': null, ':path': null, ':authority': null },
  }),
  malformed('RFC9113 §8.3.1/empty-block', 'a request without any field', {
    send: () => [headers(1, Buffer.alloc(0), { end: true })],
  }),
  malformedFields('RFC9113 §8.3.1/path-empty', 'an empty :path', { replaced: { ':path': '' } }),
  malformedFields('RFC9113 §8.3.1/path-relative', 'a :path that does not start with /', {
    replaced: { ':path': 'relative/path' },
  }),
  malformedFields('RFC9113 §8.3.1/path-asterisk', 'the :path * without OPTIONS', {
    replaced: { ':path': '*' },
  }),
  malformedFields('RFC9113 §8.3.1/method-empty', 'an empty :method', {
    replaced: { ':method': '' },
  }),
  malformedFields('RFC9113 §8.3.1/method-invalid', 'a :method that is no token', {
    replaced: { ':method': 'PO ST' },
  }),
  malformedFields('RFC9113 §8.3.1/scheme-empty', 'an empty :scheme', {
    replaced: { ':scheme': '' },
  }),
  malformedFields('RFC9113 §8.3.1/host-differs', 'a host that differs from :authority', {
    extra: [['host', 'another.example']],
    node: 'Node.js does not compare the two; §8.3.1 says that a server should.',
  }),
  {
    id: 'RFC9113 §8.3.1/host-same',
    title: 'a host that is the same as :authority is allowed',
    run: async (peer) => {
      const { host, port } = peer.target.address
      peer.send(peer.opening(1, ['host', `${host}:${port}`]), data(1, BODY, { end: true }))
      await peer.expectEcho(1)
    },
  },
  {
    id: 'RFC9113 §8.3.1/host-alone',
    title: 'a host in place of :authority is allowed',
    run: async (peer) => {
      const { host, port } = peer.target.address
      const fields = peer.block({ ':authority': null }, ['host', `${host}:${port}`])
      peer.send(headers(1, fields), data(1, BODY, { end: true }))
      await peer.expectEcho(1)
    },
  },
]

const CONNECT = { ':method': 'CONNECT' } as const

const TUNNELS: readonly ServerCase[] = [
  malformedFields('RFC9113 §8.5/scheme', 'CONNECT with :scheme', {
    replaced: { ...CONNECT, ':path': null },
  }),
  malformedFields('RFC9113 §8.5/path', 'CONNECT with :path', {
    replaced: { ...CONNECT, ':scheme': null },
  }),
  malformedFields('RFC9113 §8.5/authority', 'CONNECT without :authority', {
    replaced: { ...CONNECT, ':scheme': null, ':path': null, ':authority': null },
  }),
  {
    id: 'RFC9113 §8.5/refused',
    title: 'CONNECT as it should be is refused by who is no proxy, and by no connection error',
    run: async (peer) => {
      const fields = peer.block({ ...CONNECT, ':scheme': null, ':path': null })
      peer.send(headers(1, fields))
      for (;;) {
        const item = await peer.next('a refusal')
        if (item.kind === 'goaway' || item.kind === 'closed') peer.fail('only the stream ends')
        if (item.kind === 'reset') return
        if (item.kind !== 'headers') continue
        const status = item.fields.find(([name]) => name === ':status')?.[1] ?? ''
        return assert.match(status, /^[45]\d\d$/)
      }
    },
  },
]

export const MESSAGE_CASES: readonly ServerCase[] = [
  ...EXCHANGE,
  ...LENGTHS,
  ...FIELDS,
  ...CONNECTION_SPECIFIC,
  ...PSEUDO,
  ...TUNNELS,
]
