import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  findStaticField,
  findStaticName,
  STATIC_ENTRIES,
  staticName,
  staticValue,
} from './static-table.ts'

test('the static table has the entries of RFC 7541 appendix A where they belong', () => {
  const spots = [
    [1, ':authority', ''],
    [2, ':method', 'GET'],
    [3, ':method', 'POST'],
    [5, ':path', '/index.html'],
    [7, ':scheme', 'https'],
    [8, ':status', '200'],
    [14, ':status', '500'],
    [15, 'accept-charset', ''],
    [16, 'accept-encoding', 'gzip, deflate'],
    [19, 'accept', ''],
    [20, 'access-control-allow-origin', ''],
    [28, 'content-length', ''],
    [31, 'content-type', ''],
    [38, 'host', ''],
    [46, 'location', ''],
    [55, 'set-cookie', ''],
    [58, 'user-agent', ''],
    [61, 'www-authenticate', ''],
  ] as const
  for (const [index, name, value] of spots) {
    assert.deepEqual([staticName(index), staticValue(index)], [name, value])
  }
})

test('every static entry is found by its name and value', () => {
  for (let index = 1; index <= STATIC_ENTRIES; index++) {
    const first = findStaticName(staticName(index))
    assert.ok(first > 0 && first <= index)
    assert.equal(staticName(first), staticName(index))
    assert.equal(findStaticField(first, staticValue(index)), index)
  }
})

test('what the static table does not have is found nowhere', () => {
  assert.equal(findStaticName('grpc-status'), 0)
  assert.equal(findStaticName('Accept'), 0)
  assert.equal(findStaticName('constructor'), 0)
  assert.equal(findStaticField(0, ''), 0)
  assert.equal(findStaticField(findStaticName(':status'), '302'), 0)
  assert.equal(findStaticField(findStaticName('www-authenticate'), 'Basic'), 0)
})
