import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BlockReader } from './block-reader.ts'
import { BlockWriter } from './block-writer.ts'
import { HpackError, type HpackReason } from './hpack-error.ts'
import { HUFFMAN_BITS, HUFFMAN_CODES, HUFFMAN_EOS } from './huffman-code.ts'
import { huffmanEncode, huffmanLength } from './huffman-encoder.ts'
import { concat, hexOf, octets } from './testing/index.ts'

function coded(text: string): Uint8Array {
  const target = new Uint8Array(huffmanLength(text))
  assert.equal(huffmanEncode(text, target, 0), target.length)
  return target
}

/** The Huffman-coded string with these octets, as it stands in a block. */
function literal(code: Uint8Array): Uint8Array {
  const writer = new BlockWriter()
  const head = new Uint8Array(8)
  writer.open(head, 0)
  writer.integer(0x80, 0x7f, code.length)
  return concat(head.subarray(0, writer.close()), code)
}

function readText(block: Uint8Array): string {
  const reader = new BlockReader()
  reader.open(block, 0, block.length)
  const text = reader.text()
  assert.ok(reader.atEnd)
  return text
}

function skipText(block: Uint8Array): number {
  const reader = new BlockReader()
  reader.open(block, 0, block.length)
  return reader.skipText()
}

function assertBad(hex: string, reason: HpackReason): void {
  const block = literal(octets(hex))
  const matches = (error: unknown) => error instanceof HpackError && error.reason === reason
  assert.throws(() => readText(block), matches)
  assert.throws(() => skipText(block), matches)
}

describe('Huffman coding (RFC 7541 §5.2 and appendix B)', () => {
  test('codes are those of appendix B at both ends of every length', () => {
    const spots = [
      ['0', '00000'],
      ['t', '01001'],
      [' ', '010100'],
      ['u', '101101'],
      [':', '1011100'],
      ['z', '1111011'],
      ['&', '11111000'],
      ['Z', '11111101'],
      ['!', '1111111000'],
      ['?', '1111111100'],
      ["'", '11111111010'],
      ['|', '11111111100'],
      ['#', '111111111010'],
      ['>', '111111111011'],
      ['\x00', '1111111111000'],
      ['~', '1111111111101'],
      ['^', '11111111111100'],
      ['}', '11111111111101'],
      ['<', '111111111111100'],
      ['{', '111111111111110'],
      ['\\', '1111111111111110000'],
      ['\xd0', '1111111111111110010'],
      ['\x80', '11111111111111100110'],
      ['\xe2', '11111111111111101101'],
      ['\x99', '111111111111111011100'],
      ['\xe6', '111111111111111101000'],
      ['\x81', '1111111111111111010010'],
      ['\xe9', '1111111111111111101011'],
      ['\x01', '11111111111111111011000'],
      ['\xef', '11111111111111111110100'],
      ['\x09', '111111111111111111101010'],
      ['\xed', '111111111111111111110101'],
      ['\xc7', '1111111111111111111101100'],
      ['\xeb', '1111111111111111111101111'],
      ['\xc0', '11111111111111111111100000'],
      ['\xff', '11111111111111111111101110'],
      ['\xcb', '111111111111111111111011110'],
      ['\xfe', '111111111111111111111110000'],
      ['\x02', '1111111111111111111111100010'],
      ['\xf9', '1111111111111111111111111110'],
      ['\x0a', '111111111111111111111111111100'],
      ['\x16', '111111111111111111111111111110'],
    ] as const
    for (const [character, bits] of spots) {
      const symbol = character.charCodeAt(0)
      const code = HUFFMAN_CODES[symbol] ?? 0
      assert.equal(code.toString(2).padStart(HUFFMAN_BITS[symbol] ?? 0, '0'), bits)
    }
    assert.equal(HUFFMAN_CODES[HUFFMAN_EOS], 2 ** 30 - 1)
  })

  test('every octet survives alone and at every place of an octet', () => {
    for (let symbol = 0; symbol < 256; symbol++) {
      for (let before = 0; before < 8; before++) {
        const text = `${'0'.repeat(before)}${String.fromCharCode(symbol)}a`
        assert.equal(readText(literal(coded(text))), text)
        assert.equal(skipText(literal(coded(text))), text.length)
      }
    }
  })

  test('text longer than the scratch room is decoded whole', () => {
    const text = 'e'.repeat(5000)
    assert.equal(coded(text).length, 3125)
    assert.equal(readText(literal(coded(text))), text)
    const rare = '\xff\n'.repeat(500)
    assert.equal(readText(literal(coded(rare))), rare)
  })

  test('the empty text has no octets and no padding', () => {
    assert.equal(hexOf(coded('')), '')
    assert.equal(readText(literal(coded(''))), '')
  })

  test('padding of up to seven ones is accepted', () => {
    // "0" is 00000, "a" 00011, and so on: each string leaves another number of bits.
    const texts = ['0', '00', '000', '0000', '00000', '000000', '0000000', '00000000']
    const paddings = texts.map((text) => (8 - ((5 * text.length) % 8)) % 8)
    assert.deepEqual(paddings.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7])
    for (const text of texts) assert.equal(readText(literal(coded(text))), text)
  })

  test('padding with a zero in it is refused', () => {
    assert.equal(readText(literal(octets('07'))), '0')
    for (const hex of ['00', '01', '03', '06', '0700', 'a8eb10649cbe']) {
      assertBad(hex, 'huffman-padding')
    }
  })

  test('eight or more ones of padding are refused', () => {
    for (const hex of ['ff', '07ff', '07ffff', '07ffffff', 'a8eb10649cbfff']) {
      assertBad(hex, 'huffman-padding')
    }
  })

  test('a code that is cut off is refused', () => {
    // The first octets of the code of "\\", nineteen bits.
    assertBad('fffe', 'huffman-padding')
  })

  test('EOS in a string is refused, at its end, in its middle and across octets', () => {
    for (const hex of ['ffffffff', 'fffffffc', '07fffffffe0f', 'fffffffc07', '1fffffffff07']) {
      assertBad(hex, 'huffman-end-of-string')
    }
  })

  test('the encoder takes Huffman code only where it is shorter', () => {
    const target = new Uint8Array(64)
    const written = (text: string): string => {
      const writer = new BlockWriter()
      writer.open(target, 0)
      writer.text(text)
      return hexOf(target.subarray(0, writer.close()))
    }
    assert.equal(written(''), '00')
    assert.equal(written('aa'), '026161')
    assert.equal(written('aaaa'), '8318c63f')
    assert.equal(written('\xff\xfe'), '02fffe')
    assert.equal(written('307'), '03333037')
  })
})
