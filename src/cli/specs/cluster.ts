/** Commands about the cluster as a whole. */

import {
  choice,
  duration,
  optional,
  size,
  spec,
  text,
  wholeNumber,
  withDefault,
} from '../framework/index.ts'
import {
  ASKING,
  COLOR_OPTION,
  CONNECTION,
  INTERRUPTED,
  JSON_OPTION,
  STATUS,
  TALKING,
} from './shared.ts'

const COMMON = { ...JSON_OPTION, ...COLOR_OPTION, ...CONNECTION } as const

export const STATUS_COMMAND = spec({
  name: 'status',
  group: 'cluster',
  summary: 'shows role, log and size of each node',
  about: [
    'AS ETCD is the version of etcd that a node behaves as; which Quorate it is stands in the ' +
      'first line of its log. BEHIND counts entries of the log that it has not applied yet.',
  ],
  arguments: [],
  options: { ...COMMON },
  examples: [{ words: 'quorate status', says: 'a line for each node' }],
  exits: [
    ...ASKING,
    { code: STATUS.failed, when: 'also: a node does not answer, or nobody leads' },
  ],
})

export const MEMBERS = spec({
  name: 'members',
  group: 'cluster',
  summary: 'lists the nodes that the cluster consists of',
  about: [
    'Without a majority it lists what a node that answers knows by itself, and says so on ' +
      'standard error.',
  ],
  arguments: [],
  options: { ...COMMON },
  examples: [{ words: 'quorate members', says: 'names and addresses' }],
  exits: ASKING,
})

export const DOCTOR = spec({
  name: 'doctor',
  group: 'cluster',
  summary: 'looks for what is wrong, and says what to do',
  about: [
    'Asks every node for itself: is it reached, does it know the same leader, is it behind, has ' +
      'it an alarm, is there a majority, do clocks and versions agree. Where a node knows no ' +
      'leader it looks again two seconds later, when an election is over. With --data it also ' +
      'looks at the directory of a node of this machine: space, lock, and the log when no node ' +
      'runs there.',
  ],
  arguments: [],
  options: {
    data: optional(text('DIRECTORY'), 'of a node of this machine', { completes: 'directories' }),
    ...COMMON,
  },
  examples: [
    { words: 'quorate doctor', says: 'the cluster' },
    { words: 'quorate doctor --data .quorate/node-1', says: 'and the directory of a node' },
  ],
  exits: [
    { code: STATUS.fine, when: 'nothing is wrong; there may be advice' },
    { code: STATUS.failed, when: 'something is wrong' },
    { code: STATUS.usage, when: 'wrong usage' },
    { code: STATUS.unavailable, when: 'no node is reached' },
  ],
})

const VALUE_MAX = 1024 * 1024

export const BENCH = spec({
  name: 'bench',
  group: 'cluster',
  summary: 'measures writes and reads of a cluster',
  about: [
    'Writes keys that begin with --prefix, reads them, and deletes them in the end. A cluster ' +
      'that others use becomes slower meanwhile.',
  ],
  arguments: [],
  options: {
    clients: withDefault(wholeNumber(1, 256), 'connections', { fallback: '4' }),
    pipeline: withDefault(wholeNumber(1, 4096), 'operations under way on each', { fallback: '32' }),
    seconds: withDefault(wholeNumber(1, 3600), 'how long', { fallback: '5' }),
    value: withDefault(size(VALUE_MAX), 'bytes of a value', { fallback: '100' }),
    keys: withDefault(wholeNumber(1, 10_000_000), 'different keys', { fallback: '10000' }),
    mix: choice(['write', 'read', 'mixed'], 'mixed: one write for nine reads', {
      fallback: 'write',
    }),
    prefix: withDefault(text('PREFIX'), 'of its keys', { fallback: 'quorate-bench/' }),
    warmup: withDefault(duration(0), 'not counted', { fallback: '500ms' }),
    ...COMMON,
  },
  examples: [
    { words: 'quorate bench', says: 'writes for five seconds' },
    { words: 'quorate bench --mix read --clients 16 --seconds 30', says: 'reads' },
    {
      words: 'quorate bench --pipeline 1 --value 1KiB --json',
      says: 'one at a time, for programs',
    },
  ],
  exits: [...TALKING, INTERRUPTED],
})
