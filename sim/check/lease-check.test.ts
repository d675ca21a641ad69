/** I11: each promise about leases is broken here by hand, and kept by the log beside it. */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { COMMAND, packBatch, packCommand, STATE_LIMITS } from '../../src/state/index.ts'
import { state } from '../../src/wire/index.ts'
import { LeaseCheck, type LeaseMoment } from './lease-check.ts'
import { Model } from './model.ts'
import type { RecordedOperation } from './recorded.ts'
import {
  asciiBytes,
  deleteAsk,
  grantAsk,
  keepAliveAsk,
  putAsk,
  putWithTtlAsk,
  revokeAsk,
  tagged,
  type WriteAsk,
} from './requests.ts'
import { type CommittedEntry, checkRevisionOrder } from './revision-order.ts'

const LEASE = 7n
const TTL_SECONDS = 2

function expireAsk(...ids: readonly bigint[]): WriteAsk {
  const body = state.LeaseExpireRequest.encodeBytes({ ids: [...ids] })
  return { kind: 'write', command: COMMAND.leaseExpire, body, session: 0, sequence: 0 }
}

/** At this time of the cluster; unless told otherwise that is the true time, too. */
type Step = readonly [clockMs: number, ask: WriteAsk, appliedMs?: number]

/** A client asks 5 ms before an entry is applied. */
function faultsOf(steps: readonly Step[], driftMax = 0): readonly string[] {
  const operations: RecordedOperation[] = []
  const committed = steps.map(([clockMs, plain, appliedMs = clockMs], at): CommittedEntry => {
    const tag = at + 1
    const ask = plain.command === COMMAND.leaseExpire ? plain : tagged(plain, tag)
    const startUs = (appliedMs - 5) * 1000
    const times = { startUs, endUs: Number.POSITIVE_INFINITY }
    operations.push({ process: tag, tag, ask, ...times, outcome: 'info', answer: null })
    const data = packBatch([packCommand(ask.command, ask.body, ask)], clockMs)
    return { index: tag, data, appliedUs: appliedMs * 1000 }
  })
  const isOwn = ({ kind }: { kind: number }): boolean => kind === COMMAND.leaseExpire
  const limits = STATE_LIMITS
  const { violations } = checkRevisionOrder({ operations, committed, limits, isOwn, driftMax })
  return violations.map(({ kind, text }) => `${kind}: ${text}`)
}

const GRANT: Step = [1000, grantAsk(LEASE, TTL_SECONDS)]
const PUTS: readonly Step[] = [
  [1100, putAsk('e0', asciiBytes('x'), { lease: LEASE })],
  [1200, putAsk('e1', asciiBytes('y'), { lease: LEASE })],
]

suite('leases that end when they should', () => {
  test('by their time, with all their keys', () => {
    assert.deepEqual(faultsOf([GRANT, ...PUTS, [3000, expireAsk(LEASE)]]), [])
  })

  test('by their time after the last renewal', () => {
    const renewed: Step = [2900, keepAliveAsk(LEASE)]
    // Proposed before the renewal, applied after it: it does nothing.
    assert.deepEqual(faultsOf([GRANT, ...PUTS, renewed, [3000, expireAsk(LEASE)]]), [])
    assert.deepEqual(faultsOf([GRANT, ...PUTS, renewed, [4900, expireAsk(LEASE)]]), [])
  })

  test('because they are revoked, once', () => {
    assert.deepEqual(faultsOf([GRANT, ...PUTS, [1300, revokeAsk(LEASE)]]), [])
    assert.deepEqual(faultsOf([GRANT, [1300, revokeAsk(LEASE)], [1400, revokeAsk(LEASE)]]), [])
    assert.deepEqual(faultsOf([GRANT, [1300, revokeAsk(LEASE)], [1400, keepAliveAsk(LEASE)]]), [])
  })

  test('without keys that have left them', () => {
    const steps: Step[] = [
      [1300, deleteAsk('e0')],
      [1400, putAsk('e1', asciiBytes('z'))],
      [3000, expireAsk(LEASE)],
    ]
    assert.deepEqual(faultsOf([GRANT, ...PUTS, ...steps]), [])
  })

  test('with the one key that was put for a time', () => {
    const put: Step = [1000, putWithTtlAsk('e0', asciiBytes('x'), 500)]
    assert.deepEqual(
      faultsOf([put, [1300, putAsk('e0', asciiBytes('y'))], [2000, deleteAsk('e0')]]),
      [],
    )
  })
})

suite('what breaks a promise is seen', () => {
  test('the end of a lease before its time has passed where its client is', () => {
    const early: Step = [3000, expireAsk(LEASE), 2900]
    const [fault] = faultsOf([GRANT, ...PUTS, early])
    assert.match(
      fault ?? '',
      /^lease: entry 4: lease 7 of 2000 ms ended 1905 ms after it was asked/,
    )
    // The clock of the leader may run that much faster.
    assert.deepEqual(faultsOf([GRANT, ...PUTS, early], 0.05), [])
  })

  test('a time of the cluster that goes back', () => {
    const [fault] = faultsOf([GRANT, [900, putAsk('e0', asciiBytes('x')), 1100]])
    assert.match(fault ?? '', /the time of the cluster goes back from 1000 to 900/)
  })

  /** Of a check that hears of commands and of what they did to keys, whatever that was. */
  function heard(told: (check: LeaseCheck, moment: LeaseMoment) => void): string {
    const texts: string[] = []
    const check = new LeaseCheck(new Model(STATE_LIMITS), {
      driftMax: 0,
      report: (text) => texts.push(text),
    })
    const moment = { index: 1, clockMs: 1000, appliedUs: 1_000_000, askedUs: 0, events: [] }
    told(check, { ...moment, repeated: false })
    return texts.join('; ')
  }

  const NO_BODY = new Uint8Array(0)
  const done = (body = NO_BODY) => ({ kind: 'done', revision: 1, body }) as const
  const logged = ({ command, body }: WriteAsk) => ({ kind: command, body, session: 0, sequence: 0 })
  const version = { value: 'x', createRevision: 2, modRevision: 2, version: 1, lease: LEASE }
  const putEvent = { main: 2, sub: 0, key: 'e0', now: version, before: null }
  const goneEvent = { main: 3, sub: 0, key: 'e0', now: null, before: version }

  test('a renewal of a lease that is gone, and one that is refused while it is there', () => {
    const renew = keepAliveAsk(LEASE)
    const alive = tagged(grantAsk(LEASE, TTL_SECONDS), 1)
    // The answer to a renewal has the fields of a grant: an id and a time to live.
    const answer = Uint8Array.of(0x10, 7, 0x18, 2)
    assert.match(
      heard((check, at) => check.applied(logged(renew), done(answer), at)),
      /lease 7 was renewed, and was gone/,
    )
    const refused = Uint8Array.of(0x10, 7)
    assert.match(
      heard((check, at) => {
        check.applied(logged(alive), done(), at)
        check.applied(logged(renew), done(refused), at)
      }),
      /lease 7 was not renewed, and was there/,
    )
  })

  test('keys that stay, that go in several revisions, or that were of no lease', () => {
    const grant = logged(grantAsk(LEASE, TTL_SECONDS))
    const put = logged(putAsk('e0', asciiBytes('x'), { lease: LEASE }))
    const revoke = logged(revokeAsk(LEASE))
    const begin = (check: LeaseCheck, at: LeaseMoment): void => {
      check.applied(grant, done(), at)
      check.applied(put, done(), { ...at, events: [putEvent] })
    }
    const revoked = (events: LeaseMoment['events']): string =>
      heard((check, at) => {
        begin(check, at)
        check.applied(put, done(), { ...at, events: [{ ...putEvent, key: 'e1' }] })
        check.applied(revoke, done(), { ...at, events })
      })
    assert.match(revoked([goneEvent]), /a lease ended with e0, and e0,e1 were its keys/)
    const both = [goneEvent, { ...goneEvent, key: 'e1', main: 4 }]
    assert.match(revoked(both), /the keys of a lease went in several revisions/)
    assert.equal(revoked([goneEvent, { ...goneEvent, key: 'e1', sub: 1 }]), '')
    assert.match(
      heard((check, at) => check.applied(put, done(), { ...at, events: [putEvent] })),
      /e0 is put with lease 7, which is gone/,
    )
  })

  test('the keys of a lease that is not due, and those of a repeated command', () => {
    const grant = logged(grantAsk(LEASE, TTL_SECONDS))
    const expire = logged(expireAsk(LEASE))
    assert.match(
      heard((check, at) => {
        check.applied(grant, done(), at)
        check.applied(expire, done(), { ...at, events: [goneEvent] })
      }),
      /lease 7 is not due, and its keys are deleted/,
    )
    assert.match(
      heard((check, at) => {
        check.applied(grant, done(), { ...at, repeated: true, events: [goneEvent] })
      }),
      /a repeated command changed keys/,
    )
  })
})
