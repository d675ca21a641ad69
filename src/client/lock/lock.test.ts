import assert from 'node:assert/strict'
import { QuorateError } from '../errors.ts'
import { LeaseKeeper } from '../lease/index.ts'
import type { Link } from '../link.ts'
import type { Lock } from '../types.ts'
import { takeLock } from './index.ts'
import { type LockScene, lockTest } from './testing/index.ts'

function linkWith(all: LockScene, part: Partial<Link>): Link {
  const { link } = all.parts
  const { clock, chance, closed } = link
  return {
    ...{ clock, chance, closed },
    range: (request, options) => link.range(request, options),
    txn: (request, options) => link.txn(request, options),
    grantLease: (request, options) => link.grantLease(request, options),
    revokeLease: (request, options) => link.revokeLease(request, options),
    stream: (path, receiver) => link.stream(path, receiver),
    ...part,
  }
}

lockTest('a lock is held by one at a time, in the order in which they came', async (all) => {
  const { parts } = all
  const order: number[] = []
  const fences: bigint[] = []
  let holders = 0
  const use = async (number: number): Promise<void> => {
    await using lock = await takeLock(parts, 'l', { ttlMs: 3000 })
    holders += 1
    assert.equal(holders, 1)
    order.push(number)
    fences.push(lock.fence)
    await all.pass(10)
    holders -= 1
  }
  const using = []
  for (let number = 0; number < 20; number++) {
    using.push(use(number))
    await all.pass(5)
  }
  await Promise.all(using)
  assert.deepEqual(order, [...Array(20).keys()])
  assert.deepEqual(
    fences,
    [...fences].sort((a, b) => Number(a - b)),
  )
  await all.pass(100)
  all.assertClean()
})

lockTest('a lock says what it is', async ({ parts, table }) => {
  await using lock = await takeLock(parts, 'jobs/7')
  assert.equal(lock.name, 'jobs/7')
  assert.equal(lock.key, `jobs/7/${lock.lease.toString(16)}`)
  assert.deepEqual(table.keys, [lock.key])
  assert.equal(lock.fence, 2n)
  assert.ok(lock.remainingMs > 14_000 && lock.remainingMs < 15_000)
  assert.equal(lock.lost.aborted, false)
})

lockTest('what is held for long stays held', async (all) => {
  const lock = await takeLock(all.parts, 'l', { ttlMs: 3000 })
  await all.pass(60_000)
  assert.equal(lock.lost.aborted, false)
  await lock.release()
  await lock.release()
  await all.pass(10)
  all.assertClean()
  assert.equal(lock.lost.aborted, false, 'who gives it back has not lost it')
})

lockTest('whoever gives up waiting leaves nothing behind', async (all) => {
  const { parts, table } = all
  const lock = await takeLock(parts, 'l', { ttlMs: 30_000 })
  for (const afterMs of [0, 1, 2, 3, 4, 5, 10, 50]) {
    const controller = new AbortController()
    const reason = new QuorateError('BAD_REQUEST', 'enough')
    const waiting = takeLock(parts, 'l', { ttlMs: 30_000, signal: controller.signal })
    const outcome = assert.rejects(waiting, reason)
    await all.pass(afterMs)
    controller.abort(reason)
    await outcome
    await all.pass(10)
    assert.deepEqual(table.keys, [lock.key], `given up after ${afterMs} ms`)
    assert.deepEqual(table.leases, [lock.lease])
  }
  const signal = AbortSignal.abort(new QuorateError('BAD_REQUEST', 'before'))
  await assert.rejects(takeLock(parts, 'l', { signal }), { code: 'BAD_REQUEST' })
  await lock.release()
  await all.pass(100)
  all.assertClean()
})

lockTest('a wait may have an end', async (all) => {
  const lock = await takeLock(all.parts, 'l', { ttlMs: 3000 })
  const waiting = takeLock(all.parts, 'l', { ttlMs: 3000, timeoutMs: 500 })
  await assert.rejects(waiting, {
    ...{ code: 'TIMED_OUT', retry: 'later' },
    message: '"l" could not be taken in 500 ms: others are still in front',
    advice: /^Nothing of it is left behind/,
  })
  await lock.release()
  await all.pass(100)
  all.assertClean()
})

for (const [call, wait] of [
  ['grantLease', 'the lease'],
  ['txn', 'the place'],
] as const) {
  lockTest(`who never got into the line is told so, while ${wait} is asked for`, async (all) => {
    const own = { signal: new AbortController().signal }
    const failure = new QuorateError('TIMED_OUT', 'the write may have taken effect', {
      cause: new QuorateError('TIMED_OUT', 'no majority'),
    })
    const link = linkWith(all, { [call]: () => Promise.reject(failure) })
    const leases = call === 'txn' ? all.parts.leases : new LeaseKeeper(link)
    await assert.rejects(takeLock({ ...all.parts, link, leases }, 'l', own), {
      ...{ code: 'TIMED_OUT', retry: 'later' },
      message: '"l" could not be taken in the time of the call: no majority',
      advice: /^Nothing of it is left behind/,
    })
    await all.pass(100)
    all.assertClean()
  })
}

lockTest('who hears nothing of the line does not say that others are in front', async (all) => {
  const never = linkWith(all, {
    txn: (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  })
  await assert.rejects(takeLock({ ...all.parts, link: never }, 'l', { timeoutMs: 500 }), {
    message: '"l" could not be taken in 500 ms: the cluster has not answered',
  })
})

lockTest('a holder hears of its loss before another one holds the lock', async (all) => {
  const { parts, table } = all
  const lock = await takeLock(parts, 'l', { ttlMs: 3000 })
  table.isDeaf = true
  let next: Lock | null = null
  const waiting = takeLock(parts, 'l', { ttlMs: 60_000 }).then((lock) => {
    next = lock
  })
  while (!lock.lost.aborted) {
    assert.equal(next, null)
    await all.pass(5)
  }
  await waiting
  assert.ok(next !== null && (next as Lock).fence > lock.fence)
  table.isDeaf = false
  await (next as Lock).release()
})

lockTest('a holder whose key somebody deletes has lost the lock', async (all) => {
  const lock = await takeLock(all.parts, 'l', { ttlMs: 3000 })
  all.table.delete(lock.key)
  await all.pass(50)
  assert.equal((lock.lost.reason as QuorateError).code, 'LEASE_NOT_FOUND')
  await lock.release()
  await all.pass(50)
  all.assertClean()
})

lockTest('one that waits and whose key somebody deletes is told', async (all) => {
  const { parts, table } = all
  const lock = await takeLock(parts, 'l', { ttlMs: 3000 })
  const waiting = takeLock(parts, 'l', { ttlMs: 3000 })
  const outcome = assert.rejects(waiting, { code: 'LEASE_NOT_FOUND' })
  await all.pass(20)
  table.delete(table.keys.find((key) => key !== lock.key) ?? '')
  await lock.release()
  await outcome
  await all.pass(100)
  all.assertClean()
})

lockTest('requests that are carried out twice take one place', async (all) => {
  all.table.attempts = 2
  const lock = await takeLock(all.parts, 'l', { ttlMs: 3000 })
  assert.equal(all.table.keys.length, 1)
  const waiting = takeLock(all.parts, 'l', { ttlMs: 3000 })
  await all.pass(50)
  assert.equal(all.table.keys.length, 2)
  await lock.release()
  const next = await waiting
  assert.ok(next.fence > lock.fence)
  await next.release()
})

lockTest('compaction and lost connections do not matter to a lock', async (all) => {
  const { parts, table, scene } = all
  const lock = await takeLock(parts, 'l', { ttlMs: 3000 })
  const waiting = takeLock(parts, 'l', { ttlMs: 3000 })
  for (let at = 0; at < 10; at++) {
    scene.store.write({ key: 'other', value: `${at}` })
    table.compact()
    for (const node of scene.nodes) node.cutConnections()
    await all.pass(1000)
    assert.equal(lock.lost.aborted, false)
  }
  await lock.release()
  await (await waiting).release()
  await all.pass(100)
  all.assertClean()
})

lockTest('a closed client holds nothing', async (all) => {
  const lock = await takeLock(all.parts, 'l', { ttlMs: 3000 })
  all.scene.link.close()
  assert.ok(lock.lost.aborted)
  assert.equal(lock.remainingMs, 0)
})

lockTest('a lock has a name', async ({ parts, table }) => {
  await assert.rejects(takeLock(parts, ''), { code: 'KEY_EMPTY' })
  await assert.rejects(takeLock(parts, 'l', { ttlMs: 10 }), { code: 'BAD_REQUEST' })
  assert.deepEqual(table.leases, [])
})

lockTest('whoever has to wait hears of it once, and whoever need not never', async (all) => {
  const { parts } = all
  const heard: string[] = []
  const first = await takeLock(parts, 'l', { onWait: () => heard.push('first') })
  const second = takeLock(parts, 'l', { onWait: () => heard.push('second') })
  const third = takeLock(parts, 'l', { onWait: () => heard.push('third') })
  await all.pass(50)
  await Promise.all([first.release(), pass(second), pass(third)])
  assert.deepEqual(heard.toSorted(), ['second', 'third'])
})

async function pass(taking: Promise<Lock>): Promise<void> {
  const lock = await taking
  await lock.release()
}
