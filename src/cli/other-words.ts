/**
 * Words that people try who know etcd's tools or other databases, for which there is no command:
 * what does it, or why there is nothing to do. None of them is ever taken for a command that is
 * spelled alike: somebody who wants to restore has nothing to put.
 */

const ETCDCTL = 'etcdctl --endpoints HOST:PORT'
const NO_USERS = [
  'there are no users and roles: who may come in is decided by certificates (client.tls in the',
  '  configuration of a node)',
]
const NO_CHANGES = [
  'the members of a cluster cannot be changed while it runs yet;',
  '  docs/guide/recovery.md says what can be done',
]
const COMPACT = [
  `etcd's tool does it: ${ETCDCTL} compact REVISION`,
  '  ("quorate status" shows the revision); compaction.mode in the configuration of the nodes',
  '  lets them do it by themselves',
]
const SNAPSHOT = [
  `etcd's tool does it: ${ETCDCTL} snapshot save FILE`,
  '  (a format of our own, docs/format/backup.md; it cannot be restored yet)',
]
const STOP = [
  'a node stops in order on SIGTERM and on SIGINT (Ctrl-C): kill -TERM PROCESS,',
  '  where PROCESS is the pid in the first line of its log',
]

const LINES: ReadonlyMap<string, readonly string[]> = new Map([
  ['compact', COMPACT],
  ['compaction', COMPACT],
  [
    'alarm',
    [
      `etcd's tool does it: ${ETCDCTL} alarm list, and alarm disarm`,
      '  once there is room again; "quorate doctor" shows alarms, too',
    ],
  ],
  ['snapshot', SNAPSHOT],
  ['backup', SNAPSHOT],
  [
    'restore',
    [
      'a backup cannot be restored yet; docs/guide/recovery.md says what to do when a directory,',
      '  a node or a majority is lost',
    ],
  ],
  [
    'endpoint',
    [
      '"quorate status" shows every node, and "quorate doctor" whether each is well',
      `  (or ${ETCDCTL} endpoint status)`,
    ],
  ],
  [
    'move-leader',
    [
      'etcd\'s tool does it, at the node that leads ("quorate status" shows which):',
      `  ${ETCDCTL} move-leader ID, with an id of "quorate members"`,
    ],
  ],
  ['elect', [`etcd's tool does it: ${ETCDCTL} elect NAME PROPOSAL`]],
  ['defrag', ['there is nothing to run: space that a compaction frees comes back by itself']],
  ['user', NO_USERS],
  ['role', NO_USERS],
  ['auth', NO_USERS],
  ['member add', NO_CHANGES],
  ['member remove', NO_CHANGES],
  ['member update', NO_CHANGES],
  ['member promote', NO_CHANGES],
  ['join', NO_CHANGES],
  ['init', ['"quorate config init" writes a configuration to begin with']],
  ['stop', STOP],
  ['kill', STOP],
])

/** The words themselves, for those who mistype them. */
export const OTHER_WORDS: readonly string[] = [...LINES.keys()].filter(
  (word) => !word.includes(' '),
)

/** Null for words that say nothing to us. */
export function otherWordLines(words: readonly string[]): readonly string[] | null {
  const [word = '', second = ''] = words
  return LINES.get(`${word} ${second}`) ?? LINES.get(word) ?? null
}
