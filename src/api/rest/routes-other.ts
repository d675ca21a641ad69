/** Routes about leases, the cluster, and one node. */

import type { Route } from './route.ts'

const LEASE = '/api/v1/leases/{id}'
const LEASE_WHAT = 'The id of the lease in hexadecimal digits.'
const NODES_WHAT = 'As this node knows them, so it is answered without a leader, too.'

export const OTHER_ROUTES = {
  grantLease: {
    method: 'POST',
    path: '/api/v1/leases',
    group: 'leases',
    title: 'Grant a lease',
    what:
      'Keys that are put with it are deleted when it ends. Its time is in whole seconds, rounded ' +
      'up, and at least what the node allows (two, if nothing else is configured). For one key ' +
      'alone `?ttl=` of a PUT is simpler, and takes milliseconds.',
    query: ['ttl', 'id', 'redirect'],
    headers: ['Idempotency-Key'],
    answers: [{ status: 200, what: 'It lives.', schema: 'Lease' }],
    errors: ['LEASE_EXISTS', 'LEASE_TTL_TOO_LARGE', 'LEASES_TOO_MANY', 'NO_SPACE'],
    examples: [
      {
        what: 'For a minute',
        curl: '-X POST "$URL/api/v1/leases?ttl=60s&id=1f"',
        prints: '{"id":"1f","ttl":60}',
      },
    ],
  },
  listLeases: {
    method: 'GET',
    path: '/api/v1/leases',
    group: 'leases',
    title: 'List leases',
    what:
      'Those that somebody granted. A PUT with `?ttl=` makes a lease, too, which is of its one ' +
      'key alone and ends with it: the entry of the key names it, and `GET ' +
      '/api/v1/leases/{id}` knows how long it lives, but it is not listed here.',
    query: ['redirect'],
    answers: [
      { status: 200, what: 'Those that were granted and have not ended.', schema: 'Leases' },
    ],
    examples: [{ what: 'All of them', curl: '"$URL/api/v1/leases"', prints: '{"leases":["1f"]}' }],
  },
  getLease: {
    method: 'GET',
    path: LEASE,
    group: 'leases',
    title: 'How long a lease lives',
    pathWhat: LEASE_WHAT,
    query: ['keys', 'redirect'],
    answers: [{ status: 200, what: 'It lives.', schema: 'Lease' }],
    errors: ['LEASE_NOT_FOUND'],
    examples: [
      {
        what: 'With its keys',
        curl: '"$URL/api/v1/leases/1f?keys"',
        prints: '{"id":"1f","ttl":…,"grantedTtl":60,"keys":[]}',
      },
    ],
  },
  keepLease: {
    method: 'POST',
    path: `${LEASE}/keepalive`,
    group: 'leases',
    title: 'Keep a lease alive',
    what: 'Its time begins again.',
    pathWhat: LEASE_WHAT,
    query: ['redirect'],
    answers: [{ status: 200, what: 'It lives on.', schema: 'Lease' }],
    errors: ['LEASE_NOT_FOUND'],
    examples: [
      {
        what: 'Once in a third of its time',
        curl: '-X POST "$URL/api/v1/leases/1f/keepalive"',
        prints: '{"id":"1f","ttl":60}',
      },
    ],
  },
  revokeLease: {
    method: 'DELETE',
    path: LEASE,
    group: 'leases',
    title: 'End a lease',
    what: 'Its keys are deleted at once.',
    pathWhat: LEASE_WHAT,
    query: ['redirect'],
    headers: ['Idempotency-Key'],
    answers: [{ status: 200, what: 'It has ended.', schema: 'Revoked' }],
    errors: ['LEASE_NOT_FOUND'],
    examples: [
      {
        what: 'End it',
        curl: '-X DELETE "$URL/api/v1/leases/1f"',
        prints: '{"revision":…}',
      },
    ],
  },
  clusterStatus: {
    method: 'GET',
    path: '/api/v1/cluster/status',
    group: 'cluster',
    title: 'How the cluster is, as one node knows it',
    what: NODES_WHAT,
    answers: [{ status: 200, what: 'What this node knows.', schema: 'Status' }],
    examples: [
      {
        what: 'Who leads',
        curl: '"$URL/api/v1/cluster/status"',
        prints: '{"clusterId":"…","nodeId":"…","leader":"…","isLeader":…',
      },
    ],
  },
  clusterNodes: {
    method: 'GET',
    path: '/api/v1/cluster/nodes',
    group: 'cluster',
    title: 'The nodes of the cluster',
    what: NODES_WHAT,
    answers: [{ status: 200, what: 'All of them.', schema: 'Nodes' }],
    examples: [
      {
        what: 'Where they are',
        curl: '"$URL/api/v1/cluster/nodes"',
        prints: '{"nodes":[{"id":"…","name":"…","clientUrls":["…"],"peerUrls":["…"],"isLeader":…',
      },
    ],
  },
  clusterMembers: {
    method: 'GET',
    path: '/api/v1/cluster/members',
    group: 'cluster',
    title: 'The same, under the name that etcd has for it',
    answers: [{ status: 200, what: 'All of them.', schema: 'Nodes' }],
  },
  health: {
    method: 'GET',
    path: '/health',
    group: 'node',
    title: 'Whether a node is well, in the words of etcd',
    answers: [
      { status: 200, what: 'It is.', type: 'text/plain' },
      { status: 503, what: 'It is not, and why.', type: 'text/plain' },
    ],
    isElsewhere: true,
    examples: [{ what: 'Ask', curl: '"$URL/health"', prints: '{"health":"true","reason":""}' }],
  },
  ready: {
    method: 'GET',
    path: '/ready',
    group: 'node',
    title: 'Whether to send requests to a node',
    what: 'It knows a leader and reads through it, and its data is whole.',
    answers: [
      { status: 200, what: 'Yes.', schema: 'Ready' },
      { status: 503, what: 'No, and why.', schema: 'Ready' },
    ],
    isElsewhere: true,
    examples: [{ what: 'Ask', curl: '"$URL/ready"', prints: '{"ready":true}' }],
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    group: 'node',
    title: 'What a node has counted, for Prometheus',
    answers: [{ status: 200, what: 'The text format, version 0.0.4.', type: 'text/plain' }],
    isElsewhere: true,
    examples: [
      {
        what: 'Whether it leads',
        curl: '"$URL/metrics" | grep ^quorate_raft_is_leader',
        prints: 'quorate_raft_is_leader …',
      },
    ],
  },
  cpuProfile: {
    method: 'GET',
    path: '/debug/pprof/profile',
    group: 'node',
    title: 'What the processor is busy with',
    what: 'A `.cpuprofile`, which Chrome and VS Code open. One at a time.',
    query: ['seconds'],
    answers: [{ status: 200, what: 'The profile.', type: 'application/json' }],
    errors: ['PERMISSION_DENIED', 'OVERLOADED'],
    isLocal: true,
    examples: [
      {
        what: 'Of one second',
        curl: '"$URL/debug/pprof/profile?seconds=1" -o quorate.cpuprofile',
        prints: '',
      },
    ],
  },
  heapSnapshot: {
    method: 'GET',
    path: '/debug/pprof/heap',
    group: 'node',
    title: 'What is on the heap',
    what:
      'A `.heapsnapshot`, which Chrome opens. The node stands still while it is taken, for a ' +
      'second or more, and is no leader any longer if it was one. It holds keys and values. One ' +
      'at a time.',
    answers: [{ status: 200, what: 'The snapshot.', type: 'application/json' }],
    errors: ['PERMISSION_DENIED', 'OVERLOADED'],
    isLocal: true,
    examples: [
      {
        what: 'Take one',
        curl: '"$URL/debug/pprof/heap" -o quorate.heapsnapshot',
        prints: '',
      },
    ],
  },
  getLogLevel: {
    method: 'GET',
    path: '/debug/log-level',
    group: 'node',
    title: 'How much a node writes into its log',
    answers: [{ status: 200, what: 'The level.', schema: 'Level' }],
    errors: ['PERMISSION_DENIED'],
    isLocal: true,
    examples: [{ what: 'Ask', curl: '"$URL/debug/log-level"', prints: '{"level":"…"}' }],
  },
  putLogLevel: {
    method: 'PUT',
    path: '/debug/log-level',
    group: 'node',
    title: 'Change that, until the node ends',
    what: 'The body is the word, or `{"level":"debug"}`.',
    body: 'text',
    answers: [{ status: 200, what: 'The level.', schema: 'Level' }],
    errors: ['PERMISSION_DENIED'],
    isLocal: true,
    examples: [
      {
        what: 'See more',
        curl: '-X PUT "$URL/debug/log-level" -d debug',
        prints: '{"level":"debug"}',
      },
    ],
  },
  openApi: {
    method: 'GET',
    path: '/openapi.json',
    group: 'node',
    title: 'All of this for programs: OpenAPI 3.1',
    answers: [{ status: 200, what: 'The description.', type: 'application/json' }],
    examples: [
      { what: 'Read it', curl: '"$URL/openapi.json"', prints: '{\n  "openapi": "3.1.0",\n…' },
    ],
  },
  page: {
    method: 'GET',
    path: '/api',
    group: 'node',
    title: 'All of this to read and try in a browser',
    answers: [{ status: 200, what: 'A page.', type: 'text/html' }],
    examples: [{ what: 'Read it', curl: '"$URL/api"', prints: '<!doctype html>\n…' }],
  },
} as const satisfies Readonly<Record<string, Route>>
