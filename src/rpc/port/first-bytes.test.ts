import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classify } from './first-bytes.ts'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

function of(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  return classify(bytes, bytes.length)
}

describe('the first bytes of a connection', () => {
  it('are undecided exactly as long as they may become the preface', () => {
    for (let length = 0; length < PREFACE.length; length++) {
      assert.equal(of(PREFACE.slice(0, length)), 'undecided', `${length} bytes`)
      assert.equal(of(`${PREFACE.slice(0, length)}?`), 'http1', `${length} bytes and another`)
    }
    assert.equal(of(PREFACE), 'http2')
    assert.equal(of(`${PREFACE}\0\0\0\x04\0\0\0\0\0`), 'http2')
  })

  it('are TLS when the first one says so, whatever follows', () => {
    assert.equal(of('\x16'), 'tls')
    assert.equal(of(`\x16${PREFACE}`), 'tls')
  })

  it('are HTTP/1.1 otherwise, decided by the first byte that differs', () => {
    for (const text of ['G', 'POST', 'PROPFIND', 'PUT', 'PRI * HTTP/1.1', '\0', '\x15', 'p']) {
      assert.equal(of(text), 'http1', JSON.stringify(text))
    }
  })

  it('counts only as many bytes as it is told', () => {
    assert.equal(classify(Buffer.from('PRX'), 2), 'undecided')
  })
})
