import assert from 'node:assert/strict'
import { totalmem } from 'node:os'
import { test } from 'node:test'
import { readNodeFile, settingOf, TIMING_PROFILES } from '../cli/config/index.ts'
import { BITCASK_LIMITS, readCacheLimits, usualReadCacheBytes } from '../engine/index.ts'
import { memoryBytes } from '../io/index.ts'
import { RAFT_TUNING } from '../raft/index.ts'
import { QUOTA_BYTES_DEFAULT } from '../server/index.ts'
import { STATE_LIMITS } from '../state/index.ts'

test('what is told of a default is what the parts below would take by themselves', () => {
  const outcome = readNodeFile('data: { directory: /d }')
  assert.equal(outcome.kind, 'read')
  const { config } = outcome
  assert.equal(config.quotaBytes, QUOTA_BYTES_DEFAULT)
  assert.equal(settingOf('limits.quota').of(config), '64GiB')
  assert.equal(config.requestBytesMax, STATE_LIMITS.requestBytesMax)
  assert.equal(config.transactionOperationsMax, STATE_LIMITS.operationsMax)
  assert.equal(config.readCacheBytes, null)
  const { loadedCacheBytes, blockCacheBytes } = BITCASK_LIMITS
  assert.equal(usualReadCacheBytes(0), loadedCacheBytes + blockCacheBytes)
})

test('no profile has two that lost their leader draw closer together than the core would', () => {
  for (const [name, { droppedTicks }] of Object.entries(TIMING_PROFILES)) {
    assert.ok(droppedTicks >= RAFT_TUNING.droppedTicks, name)
  }
})

test('what was read takes a sixteenth of the memory, and no more than a gigabyte', () => {
  const gib = 2 ** 30
  assert.equal(usualReadCacheBytes(8 * gib), gib / 2)
  assert.equal(usualReadCacheBytes(64 * gib), gib)
  for (const bytes of [2 ** 20, 2 ** 24, gib]) {
    const { loadedCacheBytes, blockCacheBytes } = readCacheLimits(bytes)
    assert.equal(loadedCacheBytes, Math.min(bytes, 2 ** 24))
    assert.equal(loadedCacheBytes + blockCacheBytes, bytes)
  }
  assert.ok(memoryBytes() > 0 && memoryBytes() <= totalmem())
})
