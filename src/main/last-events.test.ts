import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CANNOT_GO_ON, DID_NOT_START, linesForPeople } from './last-events.ts'

const AT = '2026-01-02T03:04:05.006Z'

function event(level: string, msg: string, fields: object = {}): string {
  return JSON.stringify({ level, ts: AT, msg, ...fields })
}

describe('what a person reads of the events of a node that has ended', () => {
  it('is nothing of what goes well', () => {
    for (const line of ['', event('debug', 'x'), event('info', 'started', { life: 3 })]) {
      assert.deepEqual(linesForPeople(line), [])
    }
  })

  it('is why it has ended, in words', () => {
    const line = event('error', DID_NOT_START, { error: 'the port "x" is taken' })
    assert.deepEqual(linesForPeople(line), ['quorate: the port "x" is taken'])
  })

  it('is what to do about a bug, and where it is', () => {
    const stack = 'BrokenInvariant: no\n    at one (file:1)'
    const fields = { error: 'no', advice: 'Report it.', stack }
    assert.deepEqual(linesForPeople(event('error', CANNOT_GO_ON, fields)), [
      'quorate: no',
      '  Report it.',
      '  BrokenInvariant: no',
      '      at one (file:1)',
    ])
  })

  it('is anything else as it stands there', () => {
    const cut = event('error', DID_NOT_START).slice(0, 40)
    for (const line of [event('warn', 'slow disk'), 'Killed', '{"level":', cut]) {
      assert.deepEqual(linesForPeople(line), [line])
    }
  })
})
