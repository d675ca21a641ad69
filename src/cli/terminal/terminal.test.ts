import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  bar,
  countText,
  cut,
  factLines,
  fromHex,
  jsonBytes,
  Progress,
  plural,
  shown,
  shownExactly,
  shownLines,
  sizeText,
  styleOf,
  tableLines,
  timeText,
  wantsColor,
  widthOf,
} from './index.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const ESCAPE = '\u001b'

describe('bytes as text', () => {
  it('are themselves where they are printable', () => {
    for (const text of ['', 'hello', 'grüße 漢字 🎉', 'a\\b "quoted"']) {
      assert.equal(shown(utf8(text)), text)
    }
  })

  it('never command a terminal, and never take more than a line', () => {
    assert.equal(shown(utf8(`a${ESCAPE}[2Jb\r\n\tc\u0000`)), 'a\\x1b[2Jb\\r\\n\\tc\\x00')
    assert.equal(shown(utf8('\u202eabc\ufeff\u2028')), '\\u{202e}abc\\u{feff}\\u{2028}')
    assert.equal(shown(utf8('\u0085')), '\\u{85}')
    assert.equal(shownLines(utf8(`a\n\tb${ESCAPE}`)), 'a\n\tb\\x1b')
  })

  it('look like no others where programs read them', () => {
    const exact = ['a\\nb', 'a\nb'].map((text) => shownExactly(utf8(text)))
    assert.deepEqual(exact, ['a\\\\nb', 'a\\nb'])
    assert.equal(shownExactly(Uint8Array.of(0xff, 0x5c, 0x41)), '\\xff\\\\A')
  })

  it('are escaped byte for byte where they are no UTF-8', () => {
    assert.equal(shown(Uint8Array.of(0xff, 0x41, 0x0a, 0xc3)), '\\xffA\\n\\xc3')
    assert.equal(shown(Uint8Array.of(0xed, 0xa0, 0x80)), '\\xed\\xa0\\x80')
  })

  it('are texts in JSON, or base64 that says so', () => {
    assert.deepEqual(jsonBytes('key', utf8('ü')), { key: 'ü' })
    assert.deepEqual(jsonBytes('key', Uint8Array.of(255)), { key: '/w==', keyEncoding: 'base64' })
    assert.deepEqual(jsonBytes('key', utf8('\ufeffa')), { key: '\ufeffa' })
  })

  it('come back from hexadecimal', () => {
    assert.deepEqual(fromHex('00fF', 'a key'), Uint8Array.of(0, 255))
    assert.throws(() => fromHex('0', 'a key'), /with --hex a key is two hexadecimal digits/)
    assert.throws(() => fromHex('zz', 'a key'), /not "zz"/)
  })
})

describe('a table', () => {
  it('has columns as wide as what is in them, numbers to the right', () => {
    const columns = [{ title: 'KEY' }, { title: 'SIZE', isNumber: true }, { title: 'NOTE' }]
    const rows = [
      ['漢字', '7', ''],
      ['longer', '12345', 'x'],
    ]
    assert.deepEqual(tableLines(columns, rows), [
      'KEY      SIZE  NOTE',
      '漢字        7',
      'longer  12345  x',
    ])
  })

  it('is not moved by colours', () => {
    const { red } = styleOf(true)
    const [, row = ''] = tableLines([{ title: 'A' }, { title: 'B' }], [[red('x'), 'y']])
    assert.equal(row, `${ESCAPE}[31mx${ESCAPE}[39m  y`)
  })

  it('of facts has a line for each', () => {
    assert.deepEqual(
      factLines([
        ['key', 'a'],
        ['revision', '7'],
      ]),
      ['key       a', 'revision  7'],
    )
  })
})

describe('widths', () => {
  it('count what a terminal shows', () => {
    for (const [text, width] of [
      ['abc', 3],
      ['漢字', 4],
      ['e\u0301', 1],
      ['🎉', 2],
      [`${ESCAPE}[31mred${ESCAPE}[39m`, 3],
    ] as const) {
      assert.equal(widthOf(text), width, text)
    }
  })

  it('cut what is too long, with a mark', () => {
    assert.equal(cut('abcdef', 4), 'abc…')
    assert.equal(cut('漢字漢字', 5), '漢字…')
    assert.equal(cut('abc', 3), 'abc')
  })
})

describe('colours', () => {
  it('are there on a terminal, unless somebody does not want them', () => {
    const wants = (isTerminal: boolean, environment: Readonly<Record<string, string>>) =>
      wantsColor('auto', { isTerminal, environment })
    assert.equal(wants(true, {}), true)
    assert.equal(wants(false, {}), false)
    assert.equal(wants(true, { NO_COLOR: '1' }), false)
    assert.equal(wants(true, { NO_COLOR: '' }), true)
    assert.equal(wants(true, { TERM: 'dumb' }), false)
    const place = { isTerminal: false, environment: { NO_COLOR: '1' } }
    assert.equal(wantsColor('always', place), true)
    assert.equal(wantsColor('never', { ...place, isTerminal: true }), false)
  })

  it('leave a text as it is where there are none', () => {
    assert.equal(styleOf(false).red('x'), 'x')
    assert.equal(styleOf(true).bold(''), '')
  })
})

describe('numbers for people', () => {
  it('have units', () => {
    assert.deepEqual([0, 1023, 1024, 1536, 5e9].map(sizeText), [
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 KiB',
      '4.7 GiB',
    ])
    assert.deepEqual([0.05, 1.234, 250.4, 2500, 200_000, 8_000_000].map(timeText), [
      '50 µs',
      '1.2 ms',
      '250 ms',
      '2.5 s',
      '3 min 20 s',
      '2 h 13 min',
    ])
  })

  it('have groups of three, and words that agree with them', () => {
    assert.equal(countText(1_234_567n), '1,234,567')
    assert.equal(countText(-1000), '-1,000')
    assert.deepEqual([plural(1, 'key'), plural(2, 'key')], ['1 key', '2 keys'])
  })
})

describe('progress', () => {
  it('is written over ten times in a second at most, on a terminal only', () => {
    const written: string[] = []
    let nowMs = 0
    const place = {
      isTerminal: true,
      columns: () => 20,
      write: (text: string) => written.push(text),
    }
    const progress = new Progress(place, () => nowMs)
    progress.show(() => 'first')
    progress.show(() => 'at once')
    nowMs = 100
    progress.show(() => 'a line that is far too long for it')
    progress.clear()
    progress.clear()
    assert.deepEqual(written, [
      `\r${ESCAPE}[2Kfirst`,
      `\r${ESCAPE}[2Ka line that is far…`,
      `\r${ESCAPE}[2K`,
    ])
    new Progress({ ...place, isTerminal: false }, () => 0).show(() => assert.fail('not here'))
  })

  it('has a bar from nothing to all', () => {
    assert.equal(bar(0), '[                        ]   0%')
    assert.equal(bar(0.5), '[===========>            ]  50%')
    assert.equal(bar(1.5), '[========================] 100%')
  })
})
