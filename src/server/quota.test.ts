import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Alarm, COMMAND } from '../state/index.ts'
import { etcd } from '../wire/index.ts'
import { QUOTA_BYTES_DEFAULT } from './limits.ts'
import { Quota } from './quota.ts'

const { NOSPACE, CORRUPT } = etcd.AlarmType
const MEMBER = 77n

class Subject {
  readonly machine = { liveBytes: 0, alarms: [] as readonly Alarm[] }
  readonly raised: etcd.AlarmRequest[] = []
  done: () => void = () => {}
  readonly group = { machine: this.machine }

  raise(body: Uint8Array, done: () => void): void {
    this.raised.push(etcd.AlarmRequest.decodeBytes(body))
    this.done = done
  }
}

test('a node that holds too much raises the alarm for itself, once, in every group', () => {
  const subjects = [new Subject(), new Subject()]
  const quota = new Quota(100, MEMBER, subjects)
  const [one, two] = subjects as [Subject, Subject]
  one.machine.liveBytes = 60
  two.machine.liveBytes = 40
  quota.tick()
  assert.deepEqual([one.raised.length, quota.refusal(COMMAND.put)], [0, null])
  two.machine.liveBytes = 41
  quota.tick()
  quota.tick()
  for (const { raised } of subjects) {
    assert.deepEqual(raised, [
      { action: etcd.AlarmRequestAlarmAction.ACTIVATE, memberID: MEMBER, alarm: NOSPACE },
    ])
  }
})

test('until the alarm is on, the node itself refuses what takes space, and nothing else', () => {
  const subject = new Subject()
  const quota = new Quota(100, MEMBER, [subject])
  subject.machine.liveBytes = 101
  quota.tick()
  const refused = Object.values(COMMAND).filter((kind) => quota.refusal(kind) === 'NO_SPACE')
  assert.deepEqual(refused, [
    COMMAND.put,
    COMMAND.leaseGrant,
    COMMAND.increment,
    COMMAND.putWithTtl,
  ])
  subject.machine.liveBytes = 100
  quota.tick()
  assert.equal(quota.refusal(COMMAND.put), null)
})

test('an alarm that could not be raised, or was disarmed too early, is raised again', () => {
  const subject = new Subject()
  const quota = new Quota(100, MEMBER, [subject])
  subject.machine.liveBytes = 101
  // Others for the same member, or the same for others, do not count.
  subject.machine.alarms = [
    { memberId: MEMBER, type: CORRUPT },
    { memberId: 78n, type: NOSPACE },
  ]
  quota.tick()
  subject.done()
  quota.tick()
  assert.equal(subject.raised.length, 2)
  subject.done()
  subject.machine.alarms = [{ memberId: MEMBER, type: NOSPACE }]
  quota.tick()
  assert.equal(subject.raised.length, 2)
  subject.machine.alarms = []
  quota.tick()
  assert.equal(subject.raised.length, 3)
})

test('0 asks for the default, and below it there is no bound', () => {
  const subject = new Subject()
  assert.equal(new Quota(0, MEMBER, [subject]).bytesMax, QUOTA_BYTES_DEFAULT)
  const unbound = new Quota(-1, MEMBER, [subject])
  subject.machine.liveBytes = Number.MAX_SAFE_INTEGER
  unbound.tick()
  assert.deepEqual([unbound.bytesMax, subject.raised.length], [0, 0])
})

test('while the disk is full the node refuses what takes space, without an alarm', () => {
  const subject = new Subject()
  const quota = new Quota(-1, MEMBER, [subject])
  quota.isDiskFull = true
  quota.tick()
  assert.deepEqual(
    [COMMAND.put, COMMAND.deleteRange, COMMAND.txn].map((kind) => quota.refusal(kind)),
    ['DISK_FULL', null, null],
  )
  quota.isDiskFull = false
  assert.deepEqual([quota.refusal(COMMAND.put), subject.raised.length], [null, 0])
})
