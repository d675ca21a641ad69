import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMember, encodeMember, memberKey, memberOfKey } from './member-record.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('what a member says of itself comes back as it was said', () => {
  const member = { name: 'é"\n', peerUrls: ['http://a:1'], clientUrls: [] }
  assert.deepEqual(decodeMember(encodeMember(member)), member)
  assert.equal(memberOfKey(memberKey(42)), 42)
})

test('what a newer version adds is passed over', () => {
  const text = '{"name":"a","peerUrls":[],"clientUrls":["b"],"zone":7}'
  assert.deepEqual(decodeMember(bytesOf(text)), { name: 'a', peerUrls: [], clientUrls: ['b'] })
})

test('bytes that say nothing of a member are taken for nothing', () => {
  const wrong = ['', '{', 'null', '7', '[]', '{"name":"a"}', '{"name":1,"peerUrls":[]}']
  wrong.push('{"name":"a","peerUrls":[1],"clientUrls":[]}', '\xff')
  for (const text of wrong) assert.equal(decodeMember(bytesOf(text)), null, text)
  for (const key of ['member/', 'member/0', 'member/1x', 'member/01']) {
    assert.equal(memberOfKey(bytesOf(key)), 0, key)
  }
})
