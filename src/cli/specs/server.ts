/** Commands that run nodes, and that look into what they have left. */

import {
  choice,
  flag,
  many,
  optional,
  spec,
  text,
  wholeNumber,
  withDefault,
} from '../framework/index.ts'
import { COLOR_OPTION, FAILED, FINE, JSON_LINES_OPTION, JSON_OPTION, USAGE } from './shared.ts'

const LOCAL = [FINE, FAILED, USAGE] as const
/** As for those inside a program (`startCluster`). */
const NODES_MAX = 9
const PORT_MAX = 65_535
const ENGINES = ['bitcask', 'memory', 'lmdb'] as const
const PROFILES = ['fast', 'standard', 'wan'] as const

const WISH = {
  nodes: withDefault(wholeNumber(1, NODES_MAX), 'so many nodes', { fallback: '3' }),
  engine: choice(ENGINES, 'where records are kept', { fallback: 'bitcask' }),
  profile: choice(PROFILES, 'how soon a node that says nothing counts as gone', {
    fallback: 'standard',
    variable: 'QUORATE_RAFT_PROFILE',
  }),
  clientPort: withDefault(wholeNumber(1, PORT_MAX), 'of node 1 for clients; the others follow', {
    fallback: '8081',
  }),
  peerPort: withDefault(wholeNumber(1, PORT_MAX), 'of node 1 for other nodes; the others follow', {
    fallback: '9001',
  }),
} as const

export const NODE = spec({
  name: 'node',
  group: 'server',
  summary: 'runs a node that a file, variables and flags describe',
  arguments: [],
  options: {},
  examples: [{ words: 'quorate node --config node-1.yaml', says: 'runs until it is told to stop' }],
  exits: LOCAL,
  isRaw: true,
})

export const ETCD = spec({
  name: 'etcd',
  group: 'server',
  summary: 'runs a node that takes the flags and variables of an etcd',
  arguments: [],
  options: {},
  examples: [{ words: 'quorate etcd --name m1 --data-dir m1.etcd', says: 'as etcd would' }],
  exits: LOCAL,
  isRaw: true,
})

export const START = spec({
  name: 'start',
  group: 'server',
  summary: 'runs a cluster on this machine and keeps its data, as npm start does',
  arguments: [],
  options: {
    ...WISH,
    data: withDefault(text('DIRECTORY'), 'where they keep everything', {
      fallback: '.quorate',
      completes: 'directories',
    }),
    fresh: flag('forgets what an earlier cluster has kept there'),
  },
  examples: [
    { words: 'quorate start', says: 'three nodes' },
    { words: 'quorate start --nodes 5 --engine lmdb --fresh', says: 'five, anew' },
  ],
  exits: LOCAL,
})

export const DEV = spec({
  name: 'dev',
  group: 'server',
  summary: 'runs a cluster on this machine to try things out, and shows how it is',
  about: [
    'Without --data it is in a temporary directory, which is removed in the end. On a terminal ' +
      'there is a live view: k kills a node, r starts it again, q or Ctrl-C quits. Elsewhere ' +
      'there are plain lines.',
  ],
  arguments: [],
  options: {
    ...WISH,
    data: optional(text('DIRECTORY'), 'keeps everything there', { completes: 'directories' }),
    fresh: flag('forgets what an earlier cluster has kept there'),
    plain: flag('plain lines, also on a terminal'),
    ...JSON_LINES_OPTION,
    ...COLOR_OPTION,
  },
  examples: [
    { words: 'quorate dev', says: 'three nodes that leave nothing behind' },
    {
      words: 'quorate dev --nodes 1 --data ./dev-data',
      says: 'one node that keeps what it is told',
    },
  ],
  exits: LOCAL,
})

const DIRECTORY = {
  name: 'DIRECTORY',
  summary: 'of a log: "log" in the data directory of a node that does not run',
  completes: 'directories',
} as const

export const LOG_CHECK = spec({
  name: 'log check',
  group: 'tools',
  summary: 'says what a log holds and whether anything is damaged',
  arguments: [DIRECTORY],
  options: { ...JSON_OPTION },
  examples: [
    { words: 'quorate log check .quorate/node-1/log', says: 'of node 1 of "quorate start"' },
  ],
  exits: [FINE, { code: 1, when: 'damage was found, or it cannot be read' }, USAGE],
})

export const LOG_DUMP = spec({
  name: 'log dump',
  group: 'tools',
  summary: 'prints every record of a log, oldest first',
  arguments: [DIRECTORY],
  options: {
    group: optional(wholeNumber(0), 'of this group only'),
    data: flag('with the data of each entry, in hexadecimal'),
    ...JSON_LINES_OPTION,
  },
  examples: [{ words: 'quorate log dump .quorate/node-1/log --group 1', says: 'one group' }],
  exits: [FINE, { code: 1, when: 'damage was found, or it cannot be read' }, USAGE],
})

export const LOG_TRUNCATE = spec({
  name: 'log truncate',
  group: 'tools',
  summary: 'gives up entries for good, so that a node without peers starts again',
  about: [
    'A copy of what is given up is kept beside the log. Without --yes it only says what ' +
      'it would do. "quorate log check" says whether anything has to be given up, and prints the ' +
      'command for it. Group 1 holds the members of the cluster, group 2 its data.',
    'Who the members are stays as it is: one of three nodes does not serve by itself afterwards.',
  ],
  arguments: [DIRECTORY],
  options: {
    at: many(text('GROUP:INDEX'), "this group's log ends with this entry; may be repeated"),
    atOffset: optional(
      text('SEGMENT:OFFSET'),
      'everything from this record on is given up, of all groups',
    ),
    alone: flag(
      'you promise that no other node votes in these groups: this one counts as whole at once. ' +
        'If another does, votes are cast twice and acknowledged writes are lost. Without it the ' +
        'groups stay under repair until a leader repairs them',
    ),
    yes: flag('really does it'),
    ...JSON_OPTION,
  },
  examples: [
    {
      words: 'quorate log truncate .quorate/node-1/log --at 2:4',
      says: 'says what would be lost if the log of group 2 ended with entry 4',
    },
  ],
  exits: [FINE, { code: 1, when: 'it failed, or --yes is missing: nothing was changed' }, USAGE],
})
