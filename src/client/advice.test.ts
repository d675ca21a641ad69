import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { ERRORS, type ErrorCode, type Retry } from '../base/index.ts'
import { native } from '../wire/index.ts'
import { adviceOf } from './advice.ts'
import { QuorateError } from './errors.ts'
import { failureOf } from './failures.ts'

const { LATER, NEVER, UNKNOWN_OUTCOME } = native.FailureRetry
const NO_OPERATION = native.Operation.encodeBytes(native.Operation.create())

interface Said {
  readonly retry: number
  readonly advice?: string
  readonly repair?: string
}

function adviceOfNode(code: string, { retry, advice = 'Of a node.', repair = '' }: Said): string {
  return failureOf({ code, text: 'so it is', retry, advice, repair }, NO_OPERATION).error.advice
}

describe('advice', () => {
  test('names nothing that a client does not have', () => {
    const retries: readonly Retry[] = ['never', 'at-leader', 'later', 'unknown-outcome']
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      for (const retry of retries) {
        // Of REST alone.
        if (code.startsWith('IDEMPOTENCY')) continue
        const advice = adviceOf(code, retry)
        assert.doesNotMatch(advice, /Idempotency|session and sequence|new session/, code)
        assert.notEqual(advice, 'Correct the request.')
      }
    }
  })

  test('of a write that may have taken effect is not that of what did nothing', () => {
    for (const code of ['TIMED_OUT', 'LEADERSHIP_LOST'] as const) {
      assert.match(new QuorateError(code, 'x').advice, /^It may have taken effect/)
      assert.match(new QuorateError(code, 'x', { retry: 'later' }).advice, /^Ask again/)
      assert.match(adviceOfNode(code, { retry: UNKNOWN_OUTCOME }), /^It may have taken effect/)
      assert.match(adviceOfNode(code, { retry: LATER }), /^Ask again/)
    }
    const open = new QuorateError('UNREACHABLE', 'x', { retry: 'unknown-outcome' })
    assert.match(open.advice, /^It may have taken effect/)
  })

  test('of a node is passed on where it knows what to set right first', () => {
    const repair = 'Start the members that do not answer.'
    const advice = `${repair} Then look at session and sequence.`
    for (const code of ['TIMED_OUT', 'NO_SPACE']) {
      const open = adviceOfNode(code, { retry: UNKNOWN_OUTCOME, advice, repair })
      assert.match(open, /^Start .* answer\. It may have taken effect, or may yet: look/)
      const refused = adviceOfNode(code, { retry: LATER, advice, repair })
      assert.equal(refused, `${repair} Nothing was changed; ask again then.`)
    }
    assert.equal(adviceOfNode('TOO_LARGE', { retry: NEVER }), adviceOf('TOO_LARGE', 'never'))
  })

  test('of a node is passed on where its code is not known here', () => {
    assert.equal(adviceOfNode('OF_TOMORROW', { retry: NEVER }), 'Of a node.')
    const silent = adviceOfNode('OF_TOMORROW', { retry: NEVER, advice: '' })
    assert.equal(silent, adviceOf('BAD_REQUEST', 'never'))
  })
})

test('the oldest revision is printed where there is one', () => {
  const plain = new QuorateError('BAD_REQUEST', 'x')
  assert.equal(plain.oldestRevision, null)
  assert.doesNotMatch(inspect(plain), /oldestRevision/)
  const compacted = new QuorateError('COMPACTED', 'x', { oldestRevision: 7 })
  assert.equal(compacted.oldestRevision, 7)
  assert.match(inspect(compacted), /oldestRevision: 7/)
})
