/** docs/reference/errors.md, from the error table. */

import { ERRORS, type ErrorCode, type ErrorSpec } from '../../src/base/index.ts'
import { code, table } from './markdown.ts'

export function make(): string {
  const parts = [
    HEAD,
    ...groups(),
    ...['## For whoever runs a node', ...care()],
    ...[DOORS, etcdTexts(), FORWARDED],
  ]
  return `${parts.join('\n\n')}\n`
}

const HEAD = `# Errors

Everything that can be expected to go wrong has one code, with its HTTP status, its gRPC status
and what a client may do next. Decide by the code, never by the text: the text tells a person what
happened, to what, and what to do, and may change. Failures of the native API and of our client have
a \`retry\` of their own, which knows more of that one request than the table does.

A fault in Quorate itself is no row here. It is a broken assertion (\`BrokenInvariant\`): the
process ends before it can do harm, and its last words name the assertion.

**Retry** says what a client may do with the same request:

- \`never\`: it would fail in the same way again.
- \`at-leader\`: nothing happened; send it to the leader.
- \`later\`: nothing happened; send it again after a pause.
- \`unknown-outcome\`: it may have been carried out, and may still be. Only a request that does no
  harm when carried out twice (a read, or a put that compares first) can be sent again; otherwise
  look first.`

/** Each begins with this code and goes on to the next group, in the order of the table. */
const GROUPS: readonly { readonly first: ErrorCode; readonly title: string }[] = [
  { first: 'NOT_LEADER', title: 'Requests and leadership' },
  { first: 'KEY_EMPTY', title: 'Keys, transactions, leases and sessions' },
  { first: 'ROUTE_UNKNOWN', title: 'Over HTTP' },
  { first: 'MEMBERSHIP_PENDING', title: 'Membership' },
  { first: 'DISK_FAILED', title: 'Disk, log and snapshots' },
  { first: 'UNREACHABLE', title: 'Told by the client itself' },
]

const GRPC_NAMES: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  2: 'UNKNOWN',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  11: 'OUT_OF_RANGE',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  15: 'DATA_LOSS',
  16: 'UNAUTHENTICATED',
}

function groups(): readonly string[] {
  const parts: string[] = []
  let rows: string[][] = []
  const end = (): void => {
    if (rows.length > 0) parts.push(table(COLUMNS, rows))
    rows = []
  }
  for (const [name, spec] of Object.entries(ERRORS)) {
    const group = GROUPS.find(({ first }) => first === name)
    if (group !== undefined) {
      end()
      parts.push(`## ${group.title}`)
    }
    rows.push(row(name, spec))
  }
  end()
  return parts
}

const COLUMNS = ['Code', 'HTTP', 'gRPC', 'Retry', 'What happened', 'What to do']

function row(name: string, { http, grpc, retry, what, advice }: ErrorSpec): string[] {
  return [code(name), String(http), `${GRPC_NAMES[grpc] ?? ''} (${grpc})`, retry, what, advice]
}

/** Longer than a client needs to be told. */
const CARE: Partial<Readonly<Record<ErrorCode, string>>> = {
  DISK_FAILED:
    'After a failed sync nothing written before can be trusted, so the node stops at once and ' +
    'what was under way stays open. Look at the disk, then start the node again: it verifies ' +
    'its log first.',
  DISK_FULL:
    'This node refuses what takes space and goes on reading and deleting. Make room, and it ' +
    'goes on by itself; what was acknowledged is safe. At a start: there is no room to begin.',
  LOG_CORRUPT:
    'A member with peers that meets this while it runs ends; its next start notices and has it ' +
    'repaired by them, as does every start that finds damage. A node without peers refuses to ' +
    'start and changes nothing: `quorate log check` shows where. Restore its directory from a ' +
    'copy, or accept the loss with `quorate log truncate`.',
  LOG_FOREIGN:
    'The directory belongs to another cluster or another node, or to a version that this one ' +
    'cannot read. Correct the configuration, or name another directory; do not edit the files.',
  LOG_MISSING:
    'A node that starts without the votes and entries it had promised to keep can break the ' +
    'cluster, so it refuses. Mount the right directory. A member whose directory is lost cannot ' +
    'be replaced until members can be changed; the others go on without it: see ' +
    '[recovery](../guide/recovery.md).',
  SNAPSHOT_CORRUPT:
    'On its way between nodes another one is written and sent. A start that finds its file ' +
    'damaged takes another way, see `ENGINE_CORRUPT`.',
  ENGINE_CORRUPT:
    'Nothing of what is damaged was handed out. The text names the file, and the offset where ' +
    'there is one. When a start finds it, a member with peers heals by itself: from its log if ' +
    'that has everything, else from a snapshot of the leader ([decision ' +
    '0053](../decision/0053-how-a-replica-begins.md)). When it is found while the node runs, the ' +
    'process ends and leaves a mark beside the file (`NNNNNNNNNN.damaged`): start it again, and ' +
    'that start heals it in the same way. A node without peers whose log was cut refuses to ' +
    'start and changes nothing: restore its directory from a copy. Whoever has none, and can do ' +
    'without what the text names, may remove the mark: the node then serves everything else, and ' +
    'ends when that is asked for.',
  ENGINE_MISSING:
    'The node does not start, and nothing was changed; the text says how to install the package ' +
    '(`npm install lmdb`). Another engine can be chosen for a new directory only.',
  NO_SPACE:
    'Delete and compact, then disarm the alarm ([commands](../guide/operations.md#disks)), or ' +
    'raise `limits.quota`. Reads and deletes go on meanwhile.',
  STATE_CORRUPT:
    'The members do not agree about the data, and an alarm says so; or a record cannot be read ' +
    'as one. Find the member that is wrong before you disarm the alarm.',
  MEMBERSHIP_UNSAFE:
    'The change could cost the group its majority, the leader has not yet committed an entry in ' +
    'its term, or leadership would go to a node that does not answer or is under repair. ' +
    'Repair the nodes that lag or are down, then ask again.',
}

/** The codes of disk, log and engines are in the last lines of a process that ended. */
function care(): readonly string[] {
  return [
    'The codes of disk, log and engines are in the last lines of a process that ended with ' +
      'status 1, or that refused to start. Its clients only see that the connection is gone, and ' +
      'go on at another node.',
    Object.entries(CARE)
      .map(([name, text]) => `- **${code(name)}** ${text}`)
      .join('\n'),
  ]
}

const DOORS = `## What a client of etcd sees

Clients of etcd, over gRPC and over JSON, are told in the words of etcd, because they compare
texts: \`src/api/etcd/errors.ts\` has one for every code. The status is the one of the tables above
but for these:

- \`BAD_REQUEST\`: a message of gRPC that cannot be read is INTERNAL (13), as with etcd. A text
  that is no JSON is INVALID_ARGUMENT. Both say what is wrong.
- \`MEMBERSHIP_PENDING\` and \`MEMBERSHIP_UNSAFE\` are UNAVAILABLE (14).
- \`LOG_FOREIGN\`, \`LOG_MISSING\`, \`LOG_LOCKED\` and \`ENGINE_MISSING\` end a start before
  anybody can ask.

The gateway under \`/v3\` answers \`{"error","message","code"}\` with the status of HTTP that etcd's
gateway has for the gRPC status.`

/** Without `etcdserver:`, with the status of gRPC and of the gateway. */
const ETCD_TEXTS: readonly (readonly [text: string, grpc: string, json: string, codes: string])[] =
  [
    ['no leader', '14', '503', '`NO_LEADER`'],
    ['leader changed', '14', '503', '`NOT_LEADER`, `TRANSFERRING`, `DROPPED`'],
    [
      'request timed out, possibly due to previous leader failure',
      ...(['14', '503'] as const),
      '`LEADERSHIP_LOST`; any write that a leader had when it ceased to lead, or could not be ' +
        'reached any more',
    ],
    ['request timed out', '14', '503', '`TIMED_OUT`; a write of which nothing else is known'],
    ['server stopped', '14', '503', '`STOPPED`, `DISK_FAILED`'],
    ['too many requests', '8', '429', '`OVERLOADED`'],
    ['request is too large', '3', '400', '`TOO_LARGE`'],
    ['mvcc: database space exceeded', '8', '429', '`NO_SPACE`, `DISK_FULL`'],
    ['unhealthy cluster', '14', '503', '`MEMBERSHIP_PENDING`, `MEMBERSHIP_UNSAFE`'],
    ['corrupt cluster', '15', '500', '`STATE_CORRUPT` and what is damaged'],
  ]

function etcdTexts(): string {
  const rows = ETCD_TEXTS.map(([text, ...rest]) => [code(`etcdserver: ${text}`), ...rest])
  return table(['Text', 'gRPC', 'JSON', 'Stands for'], rows)
}

const FORWARDED = `A node that does not lead passes writes on, and holds what nobody has taken yet
until there is a leader, for up to 7 seconds or more with a long election timeout. When that
time is over, whoever asked over REST is told \`NO_LEADER\` if nobody took the request, and
\`TIMED_OUT\` if a leader may have it; the native API says \`TIMED_OUT\`, and by \`retry\` which of
the two it was. So a client hardly ever meets \`NOT_LEADER\`, \`TRANSFERRING\` and \`DROPPED\`. To
clients of etcd "timed out" and "stopped" do not say whether a write took effect
([decision 0055](../decision/0055-forwarded-writes.md)).`
