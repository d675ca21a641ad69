/** Every parameter that may stand behind the question mark of a path, and how a query is read. */

import { KvError } from '../../base/index.ts'
import { type KindValues, type Parameter, readValue, shown } from './query-kinds.ts'
import { suggestion } from './suggestion.ts'

/** Pages of a list; more keys than that are asked for with a cursor. */
const LIST_LIMIT_MAX = 10_000
/** Longer than anybody waits for, and bounded all the same. */
const PROFILE_SECONDS_MAX = 120

export const QUERY = {
  raw: {
    kind: 'flag',
    what: 'Answer with the bytes of the value as they are, and tell about it in headers.',
    example: '1',
  },
  revision: {
    kind: 'number',
    min: 1,
    what: 'Answer as of this revision of the store.',
    example: '7',
    preset: 'the present',
  },
  consistency: {
    kind: 'choice',
    choices: ['strong', 'stale'],
    what:
      '`strong`: nothing that was acknowledged before is missing. `stale`: what this node knows, ' +
      'without asking the others; it may be behind, and works without a leader.',
    example: 'stale',
    preset: 'strong',
  },
  redirect: {
    kind: 'flag',
    what:
      'Answer with 307 and the URL of the leader instead of passing the request on, when this ' +
      'node does not lead.',
    example: '1',
  },
  ttl: {
    kind: 'duration',
    what:
      'How long it lives: `500ms`, `1.5s`, `2m`, `1h30m`, `1d`, or a number of seconds; whole ' +
      'milliseconds, 1 ms or more.',
    example: '1.5s',
  },
  lease: {
    kind: 'lease',
    what: 'The lease that the key goes with, in hexadecimal digits.',
    example: '694d8a2f1c3b5e07',
  },
  previous: {
    kind: 'flag',
    what: 'Tell what was there before, too.',
    example: '1',
  },
  by: {
    kind: 'integer',
    what: 'What is added; it may be negative.',
    example: '5',
    preset: '1',
  },
  initial: {
    kind: 'integer',
    what: 'What is added to when the key is not there.',
    example: '100',
    preset: '0',
  },
  prefix: {
    kind: 'bytes',
    what: 'Keys that begin with this; empty: all keys.',
    example: 'config/',
  },
  start: { kind: 'bytes', what: 'The first key.', example: 'a' },
  end: { kind: 'bytes', what: 'The key behind the last one.', example: 'b' },
  key: { kind: 'bytes', what: 'This key alone.', example: 'greeting' },
  limit: {
    kind: 'number',
    min: 1,
    max: LIST_LIMIT_MAX,
    what: 'How many entries there may be in one answer.',
    example: '100',
    preset: '1000',
  },
  cursor: {
    kind: 'text',
    what:
      'Where the answer before this one ended, as it said. All pages are of one revision; ask ' +
      'with the same other parameters.',
    example: 'B6Xvw-Jh',
  },
  keys_only: { kind: 'flag', what: 'Leave out the values.', example: '1' },
  count: { kind: 'flag', what: 'Tell only how many there are.', example: '1' },
  from: {
    kind: 'number',
    min: 1,
    what: 'The revision to begin with; what has happened since then is told first.',
    example: '7',
    preset: 'what happens from now on',
  },
  after: {
    kind: 'text',
    what: 'The id of the last event that was seen, for whoever cannot send `Last-Event-ID`.',
    example: '7',
  },
  events: {
    kind: 'choice',
    choices: ['put', 'delete'],
    what: 'Only events of this kind.',
    example: 'put',
    preset: 'all of them',
  },
  id: {
    kind: 'lease',
    what: 'The id that the lease is to have, in hexadecimal digits.',
    example: '1f',
    preset: 'one is chosen',
  },
  keys: { kind: 'flag', what: 'List the keys that go with the lease.', example: '1' },
  seconds: {
    kind: 'number',
    min: 1,
    max: PROFILE_SECONDS_MAX,
    what: 'How long to look.',
    example: '1',
    preset: '10',
  },
} as const satisfies Readonly<Record<string, Parameter>>

export type QueryName = keyof typeof QUERY

/** What a query comes to; what was not sent is absent. */
export type QueryValues = {
  readonly [Name in QueryName]?: KindValues[(typeof QUERY)[Name]['kind']]
}

const NOTHING: QueryValues = {}

/** Fails with `PARAMETER_UNKNOWN` or `PARAMETER_INVALID`. */
export function readQuery(query: string, allowed: readonly QueryName[]): QueryValues {
  if (query === '') return NOTHING
  const values: Record<string, unknown> = {}
  for (let at = 0; at <= query.length; ) {
    const next = query.indexOf('&', at)
    const end = next < 0 ? query.length : next
    if (end > at) readPair(query.slice(at, end), allowed, values)
    at = end + 1
  }
  return values
}

function readPair(
  pair: string,
  allowed: readonly QueryName[],
  values: Record<string, unknown>,
): void {
  const mark = pair.indexOf('=')
  const written = mark < 0 ? pair : pair.slice(0, mark)
  const name = allowed.find((one) => one === written)
  if (name === undefined) {
    const hint = suggestion(written, allowed) ?? listed(allowed)
    throw new KvError('PARAMETER_UNKNOWN', `${shown(written)} is no parameter here${hint}`)
  }
  if (Object.hasOwn(values, name)) {
    throw new KvError('PARAMETER_INVALID', `${name} is there twice; send it once`)
  }
  values[name] = readValue(name, QUERY[name], mark < 0 ? '' : pair.slice(mark + 1))
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '; there are none' : `; there are ${names.join(', ')}`
}
