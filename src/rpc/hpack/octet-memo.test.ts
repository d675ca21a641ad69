import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OctetMemo } from './octet-memo.ts'

/** Looks for the octets of a text, and keeps them as the decoder does when they come again. */
class Client {
  readonly #memo: OctetMemo<string>

  constructor(octetsMax: number, bytesMax: number) {
    this.#memo = new OctetMemo({ octetsMax, bytesMax })
  }

  /** Whether the text was known. */
  show(text: string, usesTable = false): boolean {
    const bytes = Buffer.from(`<${text}>`, 'latin1')
    const end = bytes.length - 1
    const found = this.#memo.find(bytes, 1, end)
    if (found !== null) {
      assert.equal(found, text)
      return true
    }
    if (this.#memo.comesAgain(end - 1)) {
      this.#memo.keep(bytes, 1, end, { value: text, bytes: text.length, usesTable })
    }
    return false
  }

  changeTable(): void {
    this.#memo.dropTableUsers()
  }
}

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `text ${String(at).padStart(4, '0')}`)
}

describe('the memo of octets', () => {
  test('knows from the third time on what came twice', () => {
    const client = new Client(100, 1000)
    assert.deepEqual(
      [1, 2, 3, 4].map(() => client.show('hello')),
      [false, false, true, true],
    )
  })

  test('keeps nothing that comes only once', () => {
    const client = new Client(100, 1000)
    for (let time = 0; time < 3; time++) client.show('hello')
    for (const text of texts(1000)) assert.equal(client.show(text), false)
    assert.equal(client.show('hello'), true)
  })

  test('knows a dozen that come in turn', () => {
    const client = new Client(100, 10_000)
    const dozen = texts(12)
    for (let round = 0; round < 2; round++) for (const text of dozen) client.show(text)
    assert.ok(dozen.every((text) => client.show(text)))
  })

  test('stays full when more come than there are places', () => {
    // Each counts 2 x 9 octets: 32 places hold far less than the limit.
    const client = new Client(100, 1000)
    for (const [at, text] of texts(500).entries()) {
      for (let time = 0; time < 2; time++) client.show(text)
      assert.equal(client.show(text), true)
      if (at % 100 !== 99) continue
      // An unknown one that is asked for once among so many others is not kept.
      const known = texts(500).filter((one) => client.show(one)).length
      assert.ok(known >= 24 && known <= 32, `${known} are known`)
    }
  })

  test('begins anew when its bytes are used up, and counts on correctly', () => {
    // Each counts 2 x 9 octets: five fit.
    const client = new Client(100, 100)
    for (const text of texts(500)) {
      for (let time = 0; time < 2; time++) client.show(text)
      assert.equal(client.show(text), true)
    }
    const known = texts(500).filter((text) => client.show(text)).length
    assert.ok(known >= 1 && known <= 5)
  })

  test('leaves out what is too long or counts too much', () => {
    const client = new Client(10, 30)
    for (let time = 0; time < 5; time++) {
      assert.equal(client.show('eleven octe'), false)
    }
    const small = new Client(100, 30)
    for (let time = 0; time < 5; time++) {
      assert.equal(small.show('sixteen octets..'), false)
    }
  })

  test('drops what depends on the table, and only that', () => {
    const client = new Client(100, 1000)
    for (let time = 0; time < 3; time++) {
      client.show('lasting')
      client.show('passing', true)
    }
    client.changeTable()
    assert.equal(client.show('lasting'), true)
    assert.equal(client.show('passing', true), false)
    for (let time = 0; time < 3; time++) client.show('passing', true)
    client.changeTable()
    assert.equal(client.show('passing', true), false)
  })
})
