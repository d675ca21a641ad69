import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemText } from './problem-words.ts'

const MEMBER = { id: 5n, name: 'm1', isLearner: false, clientUrls: [], peerUrls: [] }

test('what is wrong with a node is told in words of our own', () => {
  for (const [problem, text] of [
    ['etcdserver: no leader', 'it knows no leader'],
    [
      'memberID:5 alarm:NOSPACE ',
      'the alarm NOSPACE of m1 is on: puts are refused until it is disarmed',
    ],
    ['memberID:10 alarm:CORRUPT ', 'the alarm CORRUPT of member a is on'],
    ['something of a newer node', 'something of a newer node'],
  ] as const) {
    assert.equal(problemText(problem, [MEMBER]), text)
  }
})
