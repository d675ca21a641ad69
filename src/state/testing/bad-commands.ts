/** Commands that ask for what cannot be, and what each is refused with. */

import type { ErrorCode } from '../../base/index.ts'
import type { etcd } from '../../wire/index.ts'
import { packCommand } from '../commands.ts'
import { COMMAND } from '../kinds.ts'
import { STATE_LIMITS } from '../limits.ts'
import {
  type Asked,
  ask,
  bytesOf,
  deleteRequest,
  op,
  packed,
  putRequest,
  txnRequest,
  when,
} from './requests.ts'

export interface BadCommand {
  readonly name: string
  readonly code: ErrorCode
  readonly command: Uint8Array
}

const { keyBytesMax, valueBytesMax, requestBytesMax, operationsMax, leaseTtlSecondsMax } =
  STATE_LIMITS

const LONG_KEY = 'k'.repeat(keyBytesMax + 1)
const LONG_VALUE = 'v'.repeat(valueBytesMax + 1)
/** Of puts with a time to live; nobody may name one. */
const ANONYMOUS = -(2n ** 63n) + 2n
const NOBODYS = 404n

/** The store that they are tried on has these revisions, and was compacted at 5. */
export const BAD_REVISIONS = { current: 10, compacted: 5 }

function refused(code: ErrorCode, name: string, asked: Asked): BadCommand {
  return { name, code, command: packed(asked) }
}

function badPuts(): BadCommand[] {
  const put = (key: string, value = '', options = {}): Asked =>
    ask.put(putRequest(key, value, options))
  return [
    refused('KEY_EMPTY', 'a put without a key', put('', 'v')),
    refused('KEY_EMPTY', 'a put of nothing', put('')),
    refused('TOO_LARGE', 'a put of a key that is too long', put(LONG_KEY)),
    refused('TOO_LARGE', 'a put of a value that is too long', put('a', LONG_VALUE)),
    refused(
      'VALUE_PROVIDED',
      'a put that keeps the value and has one',
      put('a', 'v', { ignoreValue: true }),
    ),
    refused(
      'LEASE_PROVIDED',
      'a put that keeps the lease and has one',
      put('a', 'v', { ignoreLease: true, lease: 1n }),
    ),
    refused(
      'LEASE_PROVIDED',
      'a put that keeps the lease and has a wrong one',
      put('a', 'v', { ignoreLease: true, lease: NOBODYS }),
    ),
    refused(
      'KEY_NOT_FOUND',
      'a put that keeps the value of nobody',
      put('none', '', { ignoreValue: true }),
    ),
    refused(
      'KEY_NOT_FOUND',
      'a put that keeps the lease of nobody',
      put('none', 'v', { ignoreLease: true }),
    ),
    refused(
      'KEY_NOT_FOUND',
      'a put that keeps what was deleted',
      put('gone', '', { ignoreValue: true }),
    ),
    refused(
      'LEASE_NOT_FOUND',
      'a put with a lease that is not there',
      put('a', 'v', { lease: NOBODYS }),
    ),
    refused(
      'LEASE_NOT_FOUND',
      'a put with a negative lease that is not there',
      put('a', 'v', { lease: -1n }),
    ),
    refused(
      'LEASE_NOT_FOUND',
      'a put with a lease that nobody granted',
      put('a', 'v', { lease: ANONYMOUS }),
    ),
    refused(
      'LEASE_NOT_FOUND',
      'a put with two mistakes',
      put('none', '', { ignoreValue: true, lease: NOBODYS }),
    ),
    refused('KEY_EMPTY', 'a delete without a key', ask.remove(deleteRequest(''))),
    refused('KEY_EMPTY', 'a delete of a range without a key', ask.remove(deleteRequest('', 'z'))),
    refused(
      'KEY_EMPTY',
      'a delete of everything without a key',
      ask.remove(deleteRequest('', '\0', true)),
    ),
  ]
}

function badLeases(): BadCommand[] {
  return [
    refused('LEASE_NOT_FOUND', 'a grant without an id', ask.grant(0n, 10)),
    refused('LEASE_EXISTS', 'a grant of a lease that is there', ask.grant(1n, 10)),
    refused('LEASE_EXISTS', 'a grant of an id that is kept back', ask.grant(ANONYMOUS, 10)),
    refused('LEASE_EXISTS', 'a grant of the lowest id', ask.grant(-(2n ** 63n), 10)),
    refused('LEASE_TTL_TOO_LARGE', 'a grant for too long', ask.grant(2n, leaseTtlSecondsMax + 1)),
    refused('LEASE_TTL_TOO_LARGE', 'a grant for ever', ask.grant(2n, Number.MAX_SAFE_INTEGER)),
    refused('LEASE_NOT_FOUND', 'a revoke without an id', ask.revoke(0n)),
    refused('LEASE_NOT_FOUND', 'a revoke of a lease that is not there', ask.revoke(NOBODYS)),
    refused('LEASE_NOT_FOUND', 'a revoke of a lease nobody granted', ask.revoke(ANONYMOUS)),
    refused('KEY_EMPTY', 'a timed put of nothing', ask.putWithTtl(null, 1000)),
    refused('KEY_EMPTY', 'a timed put without a key', ask.putWithTtl(putRequest('', ''), 1000)),
    refused('BAD_REQUEST', 'a timed put without a time', ask.putWithTtl(putRequest('a', ''), 0)),
    refused(
      'LEASE_TTL_TOO_LARGE',
      'a timed put for too long',
      ask.putWithTtl(putRequest('a', ''), leaseTtlSecondsMax * 1000 + 1),
    ),
    refused(
      'LEASE_PROVIDED',
      'a timed put with a lease',
      ask.putWithTtl(putRequest('a', '', { lease: 1n }), 1000),
    ),
    refused(
      'LEASE_PROVIDED',
      'a timed put that keeps its lease',
      ask.putWithTtl(putRequest('a', '', { ignoreLease: true }), 1000),
    ),
    refused(
      'KEY_NOT_FOUND',
      'a timed put that keeps the value of nobody',
      ask.putWithTtl(putRequest('none', '', { ignoreValue: true }), 1000),
    ),
    refused(
      'VALUE_PROVIDED',
      'a timed put that keeps the value and has one',
      ask.putWithTtl(putRequest('a', 'v', { ignoreValue: true }), 1000),
    ),
    refused(
      'TOO_LARGE',
      'a timed put of a key that is too long',
      ask.putWithTtl(putRequest(LONG_KEY, ''), 1000),
    ),
  ]
}

function badOthers(): BadCommand[] {
  const { current, compacted } = BAD_REVISIONS
  return [
    refused('COMPACTED', 'a compaction where one was', ask.compact(compacted)),
    refused('COMPACTED', 'a compaction below one', ask.compact(compacted - 1)),
    refused('COMPACTED', 'a compaction at nothing', ask.compact(0)),
    refused('COMPACTED', 'a compaction at a negative revision', ask.compact(-1)),
    refused('REVISION_FUTURE', 'a compaction to come', ask.compact(current + 1)),
    refused('REVISION_FUTURE', 'a compaction never to come', ask.compact(Number.MAX_SAFE_INTEGER)),
    refused('KEY_EMPTY', 'an increment without a key', ask.increment('')),
    refused('TOO_LARGE', 'an increment of a key that is too long', ask.increment(LONG_KEY)),
    refused('NOT_A_COUNTER', 'an increment of a text', ask.increment('text')),
    refused('NOT_A_COUNTER', 'an increment over the end', ask.increment('max')),
    refused(
      'NOT_A_COUNTER',
      'an increment that begins over the end',
      ask.increment('none', { initial: 2n ** 63n - 1n }),
    ),
    refused(
      'LEASE_NOT_FOUND',
      'an increment with a lease that is not there',
      ask.increment('n', { lease: NOBODYS }),
    ),
    refused('BAD_REQUEST', 'an alarm of an unknown kind', ask.alarm(1, 7n, 3)),
    refused('BAD_REQUEST', 'an alarm of a negative kind', ask.alarm(1, 7n, -1)),
    refused('BAD_REQUEST', 'an alarm to do something unknown with', ask.alarm(3, 7n, 1)),
    refused('BAD_REQUEST', 'an alarm to ask for of an unknown kind', ask.alarm(0, 0n, 9)),
    ...[14, 15, 77, 128, 255].map((kind) => ({
      name: `a command of kind ${kind}`,
      code: 'BAD_REQUEST' as const,
      command: packCommand(kind, new Uint8Array(0)),
    })),
    { name: 'a command of no bytes', code: 'BAD_REQUEST', command: new Uint8Array(0) },
    {
      name: 'a command whose session is cut off',
      code: 'BAD_REQUEST',
      command: Uint8Array.of(1, 0x80),
    },
    { name: 'a command without a sequence', code: 'BAD_REQUEST', command: Uint8Array.of(1, 1) },
    {
      name: 'a command of a session that is no number',
      code: 'BAD_REQUEST',
      command: Uint8Array.of(1, ...Array<number>(9).fill(0xff), 0),
    },
    ...[
      { session: 99, sequence: 1 },
      { session: Number.MAX_SAFE_INTEGER, sequence: 1 },
      { session: 1, sequence: 0 },
    ].map((origin) => ({
      name: `a command of session ${origin.session}, sequence ${origin.sequence}`,
      code: 'SESSION_EXPIRED' as const,
      command: packed(ask.put(putRequest('a', 'again')), origin),
    })),
  ]
}

/** An operation that is wrong in itself, wherever it stands. */
function badOperations(): (readonly [ErrorCode, string, etcd.RequestOp])[] {
  const { current, compacted } = BAD_REVISIONS
  return [
    ['KEY_NOT_FOUND', 'nothing', op.nothing],
    ['KEY_EMPTY', 'a put without a key', op.put('', '')],
    ['TOO_LARGE', 'a put of a key that is too long', op.put(LONG_KEY, '')],
    [
      'VALUE_PROVIDED',
      'a put that keeps the value and has one',
      op.put('x', 'v', { ignoreValue: true }),
    ],
    [
      'LEASE_PROVIDED',
      'a put that keeps the lease and has one',
      op.put('x', '', { ignoreLease: true, lease: 1n }),
    ],
    [
      'LEASE_NOT_FOUND',
      'a put with a lease that is not there',
      op.put('x', '', { lease: NOBODYS }),
    ],
    ['LEASE_NOT_FOUND', 'a put with a lease nobody granted', op.put('x', '', { lease: ANONYMOUS })],
    [
      'KEY_NOT_FOUND',
      'a put that keeps the value of nobody',
      op.put('none', '', { ignoreValue: true }),
    ],
    [
      'KEY_NOT_FOUND',
      'a put that keeps the lease of nobody',
      op.put('none', '', { ignoreLease: true }),
    ],
    ['KEY_EMPTY', 'a delete without a key', op.remove('')],
    ['KEY_EMPTY', 'a range without a key', op.range('')],
    ['SORT_INVALID', 'a range in an unknown order', op.range('a', '', { sortOrder: 3 })],
    ['SORT_INVALID', 'a range by an unknown target', op.range('a', '', { sortTarget: 5 })],
    ['SORT_INVALID', 'a range in a negative order', op.range('a', '', { sortOrder: -1 })],
    ['REVISION_FUTURE', 'a range to come', op.range('a', '', { revision: current + 1 })],
    ['COMPACTED', 'a range that was compacted', op.range('a', '', { revision: compacted - 1 })],
    ['COMPACTED', 'a range of a negative revision', op.range('a', '', { revision: -1 })],
    [
      'TXN_DUPLICATE_KEY',
      'two puts of a key',
      op.txn({ success: [op.put('x', ''), op.put('x', '')] }),
    ],
    [
      'TXN_DUPLICATE_KEY',
      'a put of what is deleted',
      op.txn({ success: [op.remove('w', 'z'), op.put('x', '')] }),
    ],
    [
      'KEY_EMPTY',
      'a compare without a key',
      op.txn({ compare: [when.mod({ key: '', is: '=' }, 1)] }),
    ],
  ]
}

function badTxns(): BadCommand[] {
  const good = [op.put('good', '1'), op.remove('a'), op.range('a')]
  const never = [when.version({ key: 'a', is: '=' }, 99)]
  const txns = badOperations().flatMap(([code, name, bad]) => {
    const places: (readonly [string, etcd.TxnRequest])[] = [
      ['alone', txnRequest({ success: [bad] })],
      ['behind good ones', txnRequest({ success: [...good, bad] })],
      ['otherwise', txnRequest({ compare: never, failure: [bad, ...good] })],
      [
        'within',
        txnRequest({ success: [...good, op.txn({ success: [op.txn({ success: [bad] })] })] }),
      ],
    ]
    return places.map(([where, txn]) => refused(code, `${name}, ${where}`, ask.txn(txn)))
  })
  const many = (count: number): etcd.RequestOp[] =>
    Array.from({ length: count }, (_, i) => op.put(`many${i}`, ''))
  const tooMany: (readonly [string, Partial<etcd.TxnRequest>])[] = [
    ['puts', { success: many(operationsMax + 1) }],
    ['puts otherwise', { failure: many(operationsMax + 1) }],
    [
      'compares',
      { compare: Array<etcd.Compare>(operationsMax + 1).fill(when.mod({ key: 'a', is: '=' }, 1)) },
    ],
    ['operations within', { success: [op.txn({ success: many(operationsMax) })] }],
    ['operations in what is not done', { success: [op.txn({ failure: many(operationsMax) })] }],
  ]
  return [
    ...txns,
    ...tooMany.map(([name, txn]) =>
      refused('TXN_TOO_MANY_OPERATIONS', `too many ${name}`, ask.txn(txnRequest(txn))),
    ),
    refused(
      'KEY_EMPTY',
      'a compare without a key',
      ask.txn(txnRequest({ compare: [when.value({ key: '', is: '=' }, '')], success: good })),
    ),
  ]
}

/** Bodies that are no message of their kind. */
function brokenBodies(): BadCommand[] {
  const bodies = {
    'a field with the number 0': '\0',
    'a field that is cut off': '\x0a\x05ab',
    'a number that never ends': `\x18${'\xff'.repeat(11)}`,
    'a wire type that is none': '\x0f',
    'the end of a group that never began': '\x0c',
  }
  return Object.entries(COMMAND).flatMap(([kind, number]) =>
    Object.entries(bodies).map(([name, body]) => ({
      name: `${kind} of ${name}`,
      code: 'BAD_REQUEST' as const,
      command: packCommand(number, bytesOf(body)),
    })),
  )
}

function tooLarge(): BadCommand[] {
  const body = new Uint8Array(requestBytesMax + 1)
  return Object.entries(COMMAND).map(([kind, number]) => ({
    name: `${kind} that is too large`,
    code: 'TOO_LARGE' as const,
    command: packCommand(number, body),
  }))
}

export function badCommands(): BadCommand[] {
  return [
    ...badPuts(),
    ...badLeases(),
    ...badOthers(),
    ...badTxns(),
    ...brokenBodies(),
    ...tooLarge(),
  ]
}
