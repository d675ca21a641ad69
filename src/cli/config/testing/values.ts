/** For every setting: what is right, what becomes of it, and what is wrong. */

import { resolve } from 'node:path'
import type { SettingName, Shown } from '../settings.ts'

export interface Sample {
  /** As a variable or a flag says it. */
  readonly text: string
  /** The same as a value of a file; the text when absent. */
  readonly inFile?: unknown
  readonly shown: Shown
  /** What has to be said beside this one. */
  readonly beside?: Besides
}

export type Besides = Readonly<Partial<Record<SettingName, string>>>

export interface Samples {
  /** Two, so that one can be told from the other. */
  readonly right: readonly [Sample, Sample]
  readonly wrong: readonly string[]
  /** What only a file can say. */
  readonly wrongInFile?: readonly unknown[]
  /** What has to be said beside it. */
  readonly beside?: Besides
}

function plain(text: string): Sample {
  return { text, shown: text }
}

function places(one: string, other: string): readonly [Sample, Sample] {
  return [
    { text: one, shown: resolve(one) },
    { text: other, shown: resolve(other) },
  ]
}

function lists(one: readonly string[], other: readonly string[]): readonly [Sample, Sample] {
  return [
    { text: one.join(','), inFile: one, shown: one },
    { text: other.join(', '), inFile: other, shown: other },
  ]
}

const WRONG_LISTENERS = [
  'http://db1.example:2379',
  'http://127.0.0.1',
  '127.0.0.1:2379',
  'ftp://127.0.0.1:2379',
  'http://127.0.0.1:65536',
  'http://127.0.0.1:2379/path',
  'http://127.0.0.1:1,nothing',
  'http://[::g]:2379',
]
const WRONG_MEMBERS = ['db1.example:2380', 'http://db1.example', 'http://a b:1', 'http://a:1/path']
const WRONG_WORDS = [{ a: 1 }, [[1]], true]
const TRUTH: readonly [Sample, Sample] = [
  { text: 'true', inFile: true, shown: true },
  { text: '1', inFile: 'T', shown: true },
]
const WRONG_TRUTH = ['yes', 'maybe', '2']

type Tls = 'client.tls' | 'peer.tls'

function tls(side: Tls): Readonly<Partial<Record<SettingName, string>>> {
  return { [`${side}.certificate`]: '/c.crt', [`${side}.key`]: '/c.key' }
}

export const SAMPLES: Readonly<Record<SettingName, Samples>> = {
  name: {
    right: [plain('m1'), plain('database-7')],
    wrong: ['a,b', 'a=b', 'n'.repeat(257)],
    wrongInFile: [{ a: 1 }, ['m1'], true],
  },
  engine: {
    right: [plain('lmdb'), plain('memory')],
    wrong: ['rocksdb', 'Bitcask', 'bitcask,lmdb', 'constructor'],
    wrongInFile: [5, true],
  },
  'data.directory': {
    right: places('/var/lib/quorate', 'data'),
    wrong: [],
    wrongInFile: [true, ['/a']],
  },
  'data.logDirectory': {
    right: places('/mnt/log', 'elsewhere/log'),
    wrong: ['/d', '/'],
    wrongInFile: [true, ['/a']],
  },
  'client.listen': {
    right: lists(
      ['http://127.0.0.1:8081', 'http://[::1]:8081'],
      ['http://127.0.0.1:0', 'unix:///run/q.sock'],
    ),
    wrong: WRONG_LISTENERS,
    wrongInFile: [5, { host: 'a' }.host, [{}], []],
  },
  'client.listenAlso': {
    right: lists(['http://127.0.0.1:8082'], ['http://127.0.0.1:8083', 'http://127.0.0.1:8084']),
    wrong: WRONG_LISTENERS,
    wrongInFile: [5, [{}]],
  },
  'client.advertise': {
    right: lists(['http://db1.example:2379'], ['https://a:1', 'http://b:2']),
    wrong: WRONG_MEMBERS,
    wrongInFile: [5, true],
  },
  'client.tls.certificate': {
    right: places('/a.crt', 'b.crt'),
    wrong: [],
    wrongInFile: [true, ['/a']],
    beside: { 'client.tls.key': '/c.key' },
  },
  'client.tls.key': {
    right: places('/a.key', 'b.key'),
    wrong: [],
    wrongInFile: [true, ['/a']],
    beside: { 'client.tls.certificate': '/c.crt' },
  },
  'client.tls.authority': {
    right: places('/a.crt', 'b.crt'),
    wrong: [],
    wrongInFile: [true, ['/a']],
    beside: tls('client.tls'),
  },
  'client.tls.requireCertificate': {
    right: TRUTH,
    wrong: WRONG_TRUTH,
    beside: { ...tls('client.tls'), 'client.tls.authority': '/ca.crt' },
  },
  'client.corsOrigins': {
    right: lists(['https://a.example', 'https://b.example'], ['https://c.example']),
    wrong: [],
    wrongInFile: WRONG_WORDS,
  },
  'client.keepaliveInterval': {
    right: [plain('30s'), plain('1h30m')],
    wrong: ['30', '-1s', 'soon', '10 s', '1d'],
  },
  'peer.listen': {
    right: lists(['http://127.0.0.1:9001'], ['http://127.0.0.1:9001', 'http://127.0.0.1:9002']),
    wrong: [...WRONG_LISTENERS, 'http://127.0.0.1:1,https://127.0.0.1:2'],
    wrongInFile: [5, [{}]],
    beside: { ...tls('peer.tls') },
  },
  'peer.advertise': {
    right: lists(['http://db1.example:2380'], ['https://a:1', 'https://b:2']),
    wrong: WRONG_MEMBERS,
    wrongInFile: [5, true],
  },
  'peer.tls.certificate': {
    right: places('/a.crt', 'b.crt'),
    wrong: [],
    wrongInFile: [true, ['/a']],
    beside: { 'peer.tls.key': '/c.key' },
  },
  'peer.tls.key': {
    right: places('/a.key', 'b.key'),
    wrong: [],
    wrongInFile: [true, ['/a']],
    beside: { 'peer.tls.certificate': '/c.crt' },
  },
  'peer.tls.authority': {
    right: places('/a.crt', 'b.crt'),
    wrong: [],
    wrongInFile: [true, ['/a']],
    beside: tls('peer.tls'),
  },
  'peer.tls.requireCertificate': {
    right: TRUTH,
    wrong: WRONG_TRUTH,
    beside: { ...tls('peer.tls'), 'peer.tls.authority': '/ca.crt' },
  },
  'tls.versionMin': {
    right: [plain('TLS1.3'), plain('TLS1.2')],
    wrong: ['TLS1.1', '1.3', 'tls1.3'],
    beside: tls('client.tls'),
  },
  'metrics.listen': {
    right: lists(['http://127.0.0.1:9100'], ['http://127.0.0.1:9101', 'http://[::1]:9101']),
    wrong: WRONG_LISTENERS,
    wrongInFile: [5, [{}]],
  },
  'cluster.members': {
    right: [
      {
        text: 'default=http://a:1,m2=http://b:2',
        inFile: { default: 'http://a:1', m2: ['http://b:2'] },
        shown: { default: ['http://a:1'], m2: ['http://b:2'] },
      },
      {
        text: 'default=http://a:1,default=http://c:1',
        inFile: { default: 'http://a:1,http://c:1' },
        shown: { default: ['http://a:1', 'http://c:1'] },
      },
    ],
    wrong: [
      'default',
      'default=a:1',
      '=http://a:1',
      'default=http://a:1,m2=http://a:1',
      'default=http://a:1,',
      [
        'default=http://x:1',
        ...Array.from({ length: 15 }, (_, i) => `m${i}=http://x${i}:1`),
      ].join(),
    ],
    wrongInFile: [['http://a:1'], { default: 5 }, { 'a,b': 'http://a:1' }, {}],
  },
  'cluster.token': {
    right: [plain('production'), { text: '7', inFile: 7, shown: '7' }],
    wrong: [],
    wrongInFile: [{ a: 1 }, true, ['a']],
  },
  'cluster.state': {
    right: [plain('existing'), plain('new')],
    wrong: ['old', 'New', 'true'],
  },
  'raft.profile': {
    right: [plain('fast'), plain('wan')],
    wrong: ['lan', 'Fast', '1'],
  },
  'raft.heartbeat': {
    right: [
      { text: '100ms', shown: '100ms' },
      { text: '0.02s', shown: '20ms' },
    ],
    wrong: ['0', '51s', '-5', 'quick', '1.5ms', '200ms', '20'],
    wrongInFile: [1.5, true, 20],
  },
  'raft.election': {
    right: [
      { text: '2s', shown: '2s' },
      { text: '750ms', shown: '750ms' },
    ],
    wrong: ['0', '1m', '-5', 'slow', '249ms', '750'],
    wrongInFile: [true, [500], 750],
  },
  'limits.quota': {
    right: [
      { text: '8GiB', shown: '8GiB' },
      { text: '-1', inFile: -1, shown: '-1' },
    ],
    wrong: ['8GB', 'much', '1.0000000001KiB', '9007199254740993'],
    wrongInFile: [true, 1.5],
  },
  'limits.request': {
    right: [
      { text: '1MiB', shown: '1MiB' },
      { text: '4096', inFile: 4096, shown: '4KiB' },
    ],
    wrong: ['2MiB', '1023', '0', '-1', '1 MB'],
  },
  'limits.transactionOperations': {
    right: [
      { text: '512', inFile: 512, shown: 512 },
      { text: '1', inFile: '1', shown: 1 },
    ],
    wrong: ['0', '10001', '1.5', 'many', '-1', '0x10'],
    wrongInFile: [1.5, true],
  },
  'limits.logSegment': {
    right: [plain('32MiB'), plain('1GiB')],
    wrong: ['15MiB', '2GiB', 'small'],
  },
  'limits.readCache': {
    right: [plain('256MiB'), { text: '1048576', inFile: 2 ** 20, shown: '1MiB' }],
    wrong: ['1023KiB', '0', '-1', '4294967297', '5GiB', 'all'],
    wrongInFile: [true, [2 ** 20]],
  },
  'compaction.mode': {
    right: [
      { ...plain('revision'), beside: { 'compaction.retention': '10' } },
      { ...plain('periodic'), beside: { 'compaction.retention': '10h' } },
    ],
    wrong: ['hourly', 'Revision'],
  },
  'compaction.retention': {
    right: [plain('1h30m'), plain('5h')],
    wrong: ['soon', '-1', '1d', '5 h', '5'],
    wrongInFile: [true, ['1h'], 5],
  },
  'watch.progressInterval': {
    right: [plain('1m'), plain('100ms')],
    wrong: ['99ms', '0', 'often', '10'],
  },
  'logging.level': {
    right: [plain('debug'), plain('warn')],
    wrong: ['loud', 'INFO', '5', 'toString'],
  },
  'logging.format': {
    right: [plain('json'), plain('pretty')],
    wrong: ['xml', 'JSON'],
  },
  'logging.outputs': {
    right: lists(['stdout'], ['stderr', '/var/log/quorate.log']),
    wrong: [],
    wrongInFile: WRONG_WORDS,
  },
}
