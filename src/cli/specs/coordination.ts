/** Leases and locks. */

import { duration, flag, leaseId, optional, spec, withDefault } from '../framework/index.ts'
import {
  ASKING,
  COLOR_OPTION,
  CONNECTION,
  conditionFailed,
  INTERRUPTED,
  JSON_LINES_OPTION,
  JSON_OPTION,
  notFound,
  STATUS,
  TALKING,
} from './shared.ts'

const COMMON = { ...JSON_OPTION, ...COLOR_OPTION, ...CONNECTION } as const
const LEASE = { name: 'LEASE', summary: 'its id, in hexadecimal as it is printed' } as const
const NO_LEASE = notFound('there is no such lease, or it has ended')

export const LEASE_GRANT = spec({
  name: 'lease grant',
  group: 'coordination',
  summary: 'begins a lease and prints its id',
  about: [
    'Keys are put under a lease with "quorate put --lease", and are gone when it ends: when it ' +
      'is revoked, or not kept alive for that time.',
  ],
  arguments: [
    {
      name: 'TIME',
      summary: 'how long it lasts when nobody keeps it alive: 60, or 60s; 1s or more',
    },
  ],
  options: { id: optional(leaseId, 'with this id'), ...COMMON },
  examples: [
    { words: 'quorate lease grant 60s', says: 'for a minute' },
    { words: 'lease=$(quorate lease grant 60s)', says: 'for a script: only the id is printed' },
  ],
  exits: TALKING,
})

export const LEASE_KEEPALIVE = spec({
  name: 'lease keepalive',
  group: 'coordination',
  summary: 'keeps a lease from ending, until Ctrl-C',
  arguments: [LEASE],
  options: {
    once: flag('only once, and prints how long it lasts now'),
    ...JSON_LINES_OPTION,
    ...COLOR_OPTION,
    ...CONNECTION,
  },
  examples: [
    { words: 'quorate lease keepalive 32695410dcc0ca06', says: 'as long as it runs' },
    { words: 'quorate lease keepalive 32695410dcc0ca06 --once', says: 'once' },
  ],
  exits: [...TALKING, NO_LEASE, INTERRUPTED],
})

export const LEASE_REVOKE = spec({
  name: 'lease revoke',
  group: 'coordination',
  summary: 'ends a lease; its keys are gone',
  arguments: [LEASE],
  options: { ...COMMON },
  examples: [{ words: 'quorate lease revoke 32695410dcc0ca06', says: 'at once' }],
  exits: [...TALKING, NO_LEASE],
})

export const LEASE_TTL = spec({
  name: 'lease ttl',
  group: 'coordination',
  summary: 'prints how long a lease still lasts',
  arguments: [LEASE],
  options: { keys: flag('also prints the keys that are gone with it'), ...COMMON },
  examples: [{ words: 'quorate lease ttl 32695410dcc0ca06 --keys', says: 'with its keys' }],
  exits: [...ASKING, NO_LEASE],
})

export const LEASE_LIST = spec({
  name: 'lease list',
  group: 'coordination',
  summary: 'lists leases that were granted',
  about: [
    'A lease that the cluster made by itself, for a key with a time of its own ("quorate put ' +
      '--ttl"), is not among them: "quorate get KEY --long" shows it.',
  ],
  arguments: [],
  options: { ...COMMON },
  examples: [{ words: 'quorate lease list', says: 'an id in each line' }],
  exits: ASKING,
})

export const LOCK = spec({
  name: 'lock',
  group: 'coordination',
  summary: 'runs a program while it holds a lock',
  about: [
    'Waits until nobody else has the lock, runs the program, and gives the lock back. The ' +
      'program is killed when the lock is lost. Its variables QUORATE_LOCK and QUORATE_FENCE ' +
      'hold the name and a number that is higher for every later holder: whatever it writes to ' +
      'can refuse a lower number than it has seen. Without a program the lock is held ' +
      'until Ctrl-C.',
    '--timeout is for a cluster that does not answer. How long it waits for others is what ' +
      '--wait says: for ever without it.',
  ],
  arguments: [{ name: 'NAME', summary: 'of the lock; its keys begin with it' }],
  program: 'COMMAND...',
  options: {
    ttl: withDefault(duration(1000), 'others get it that long after we are gone', {
      fallback: '15s',
    }),
    wait: optional(duration(0), 'gives up when others hold it that long; 0 does not wait at all'),
    json: flag('without a program: one JSON value, for programs'),
    ...COLOR_OPTION,
    ...CONNECTION,
  },
  examples: [
    { words: 'quorate lock nightly -- ./backup.sh', says: 'one at a time, on all machines' },
    {
      words: 'quorate lock nightly --wait 0 -- ./backup.sh',
      says: 'not at all when another runs',
    },
    {
      words: `quorate lock nightly -- sh -c 'echo "$QUORATE_FENCE"'`,
      says: 'prints the number of this holder',
    },
  ],
  exits: [
    ...TALKING,
    conditionFailed('others held the lock as long as --wait says'),
    { code: STATUS.failed, when: 'also: the lock was lost, and the program was killed' },
    INTERRUPTED,
    { code: 127, when: 'there is no such program; else its own exit status' },
  ],
})
