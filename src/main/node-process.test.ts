import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { environmentOfNode, NODE_FLAGS } from './node-process.ts'

/** Whoever runs the test may have made them otherwise. */
const CHOICES = ['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_', 'GLIBC_TUNABLES']

test('nodes side by side share nothing that tells one from another', (t) => {
  const variables = {
    QUORATE_LOGGING_LEVEL: 'debug',
    QUORATE_LIMITS_QUOTA: '1GiB',
    QUORATE_RAFT_HEARTBEAT: '20ms',
    QUORATE_NAME: 'm1',
    QUORATE_CLIENT_LISTEN: 'http://127.0.0.1:1',
    QUORATE_DATA_DIRECTORY: '/d',
    QUORATE_CLUSTER_MEMBERS: 'm1=http://a:1',
    QUORATE_RAFT_PROFILE: 'wan',
    QUORATE_PEER_TLS_KEY: '/k',
    MALLOC_ARENA_MAX: '7',
  }
  const before = { ...process.env }
  t.after(() => {
    process.env = before
  })
  process.env = { ...before, ...variables }
  for (const name of CHOICES) delete process.env[name]
  const environment = environmentOfNode()
  const passed = Object.keys(variables).filter((name) => environment[name] !== undefined)
  assert.deepEqual(passed, [
    'QUORATE_LOGGING_LEVEL',
    'QUORATE_LIMITS_QUOTA',
    'QUORATE_RAFT_HEARTBEAT',
    'MALLOC_ARENA_MAX',
  ])
  assert.equal(environment['MALLOC_ARENA_MAX'], '7', 'what somebody chose is kept')
  const script = readFileSync(path.join(import.meta.dirname, '../../bin/quorate'), 'utf8')
  for (const name of CHOICES) {
    assert.ok(script.includes(`\${${name}:=${environment[name]}}`), `${name} is as in bin/quorate`)
  }
  assert.equal(environment['PATH'], before['PATH'])
  assert.deepEqual(NODE_FLAGS, ['--max-semi-space-size=8'])
})
