import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd, type native, state } from '../../wire/index.ts'
import { MachineNode } from '../etcd/testing/index.ts'
import { bytesOf, operation, putOf, run, setUpNative } from './testing/index.ts'

type What = NonNullable<native.Operation['operation']>

const { CompareCompareResult: RESULT, CompareCompareTarget: TARGET } = etcd

function revision(key: string, value: number, result: number = RESULT.EQUAL): etcd.Compare {
  const targetUnion = { kind: 'modRevision', value } as const
  return etcd.Compare.create({ key: bytesOf(key), result, target: TARGET.MOD, targetUnion })
}

/** The text of the failure of a write, to a store where `a` was put at revision 2. */
function open() {
  const { client } = setUpNative(new MachineNode())
  run(client, operation(0, putOf('a', 'word')))
  return (what: What, ...conditions: etcd.Compare[]): string | undefined =>
    run(client, { ...operation(0, what), conditions }).failure?.text
}

describe('a failure says', () => {
  it('which condition does not hold', () => {
    const textOf = open()
    const nothing = '; nothing was changed'
    const put = putOf('a', '2')
    assert.equal(
      textOf(put, revision('a', 7)),
      `the key "a" is not at revision 7 (any more)${nothing}`,
    )
    assert.equal(textOf(put, revision('a', 0)), `the key "a" is there already${nothing}`)
    const { NOT_EQUAL } = RESULT
    assert.equal(textOf(put, revision('b', 0, NOT_EQUAL)), `there is no key "b"${nothing}`)
    assert.equal(textOf(put, revision('a', 2, NOT_EQUAL)), `the key "a" is at revision 2${nothing}`)
    assert.equal(
      textOf(put, revision('a', 0), revision('b', 3)),
      `the key "a" is there already, or the key "b" is not at revision 3 (any more)${nothing}`,
    )
  })

  it('no more than the request knows', () => {
    const textOf = open()
    const isValue = etcd.Compare.create({
      ...{ key: bytesOf('a'), target: TARGET.VALUE },
      targetUnion: { kind: 'value', value: bytesOf('other') },
    })
    const text = 'A condition of the request does not hold, and nothing was changed.'
    assert.equal(textOf(putOf('a', '2'), isValue), text)
    assert.equal(textOf(putOf('a', '2'), revision('a', 0), isValue), text)
  })

  it('which key is no counter, also under a condition, and as far as it can be shown', () => {
    const textOf = open()
    const incr = (key: Uint8Array): What => ({
      kind: 'increment',
      value: state.IncrementRequest.create({ key, delta: 1n, initial: 2n ** 63n - 1n }),
    })
    const why = 'is no whole number in decimal digits, or would leave the range of 64 bits'
    assert.equal(textOf(incr(bytesOf('a'))), `the value of "a" ${why}`)
    assert.equal(textOf(incr(bytesOf('a')), revision('a', 2)), `the value of "a" ${why}`)
    assert.equal(textOf(incr(Uint8Array.of(0xff, 1))), `the value of 0xff01 ${why}`)
    const long = `${'k'.repeat(59)}ä`
    assert.equal(textOf(incr(bytesOf(long))), `the value of "${'k'.repeat(59)}"… ${why}`)
  })

  it('what is too large, and how large it may be', () => {
    const textOf = open()
    const key = new Uint8Array(2000).fill(0x61)
    const value = new Uint8Array(1_572_865)
    const keyText = 'the key has 2000 bytes, at most 1024 are allowed'
    const valueText = 'the value has 1572865 bytes, at most 1572864 are allowed'
    const long = etcd.PutRequest.create({ key })
    const large = etcd.PutRequest.create({ key: bytesOf('a'), value })
    const within = (put: etcd.PutRequest): etcd.TxnRequest =>
      etcd.TxnRequest.create({ failure: [{ request: { kind: 'requestPut', value: put } }] })
    const outer = etcd.TxnRequest.create({
      success: [{ request: { kind: 'requestTxn', value: within(large) } }],
    })
    assert.equal(textOf({ kind: 'put', value: long }), keyText)
    assert.equal(textOf({ kind: 'put', value: large }), valueText)
    assert.equal(textOf({ kind: 'putWithTtl', value: { put: long, ttlMs: 1 } }), keyText)
    assert.equal(textOf({ kind: 'txn', value: within(long) }), keyText)
    assert.equal(textOf({ kind: 'txn', value: outer }), valueText)
    const counter = state.IncrementRequest.create({ key })
    assert.equal(textOf({ kind: 'increment', value: counter }), keyText)
    const full = etcd.PutRequest.create({ key: bytesOf('a'), value: value.slice(1) })
    const request = 'the request has 1572871 bytes, at most 1572864 are allowed'
    assert.equal(textOf({ kind: 'put', value: full }), request)
  })
})
