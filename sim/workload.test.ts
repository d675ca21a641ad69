import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorCode } from '../src/base/index.ts'
import { COMMAND } from '../src/state/index.ts'
import type { Ask } from './check/index.ts'
import { type CallEnd, outcomeOf } from './workload.ts'

const BODY = new Uint8Array(0)
const WRITE = { kind: 'write', command: COMMAND.put, body: BODY, sequence: 1 } as const
const OF_A_SESSION: Ask = { ...WRITE, session: 7 }
const NAMED: Ask = { ...WRITE, session: 0, isNamed: true }

function refused(code: ErrorCode): CallEnd {
  return { kind: 'ok', answer: { kind: 'failed', revision: 5, code } }
}

test('what is answered at once is known', () => {
  for (const ask of [OF_A_SESSION, NAMED]) {
    assert.equal(outcomeOf({ ask, tries: 1 }, { kind: 'fail' }), 'fail')
    assert.equal(outcomeOf({ ask, tries: 1 }, { kind: 'info' }), 'info')
    for (const code of ['NO_SPACE', 'CONDITION_FAILED', 'SESSION_EXPIRED'] as const) {
      assert.equal(outcomeOf({ ask, tries: 1 }, refused(code)), 'ok')
    }
  }
})

test('what was tried before is known only if it is remembered', () => {
  for (const ask of [OF_A_SESSION, NAMED]) {
    const done: CallEnd = { kind: 'ok', answer: { kind: 'done', revision: 5, body: BODY } }
    assert.equal(outcomeOf({ ask, tries: 2 }, done), 'ok')
    assert.equal(outcomeOf({ ask, tries: 2 }, { kind: 'fail' }), 'info')
    assert.equal(outcomeOf({ ask, tries: 2 }, refused('CONDITION_FAILED')), 'ok')
    assert.equal(outcomeOf({ ask, tries: 2 }, refused('SESSION_EXPIRED')), 'info')
  }
  assert.equal(outcomeOf({ ask: OF_A_SESSION, tries: 2 }, refused('NO_SPACE')), 'ok')
  assert.equal(outcomeOf({ ask: NAMED, tries: 2 }, refused('NO_SPACE')), 'info')
})
