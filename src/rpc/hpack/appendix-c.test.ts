/**
 * Every example of RFC 7541 appendix C: the octets, the fields, and the dynamic table after them.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BlockReader } from './block-reader.ts'
import { BlockWriter } from './block-writer.ts'
import { assertRefused, decodeAll, fieldsOf, hexOf, newDecoder, octets } from './testing/index.ts'

interface Example {
  readonly section: string
  readonly block: string
  readonly fields: string
  /** Newest first, as in the RFC. */
  readonly table: string
  readonly tableBytes: number
}

/** One after the other on one connection. */
type Story = readonly Example[]

const REQUEST_1 = `
  :method: GET
  :scheme: http
  :path: /
  :authority: www.example.com`
const REQUEST_2 = `${REQUEST_1}
  cache-control: no-cache`
const REQUEST_3 = `
  :method: GET
  :scheme: https
  :path: /index.html
  :authority: www.example.com
  custom-key: custom-value`
const TABLE_1 = ':authority: www.example.com'
const TABLE_2 = `cache-control: no-cache
  ${TABLE_1}`
const TABLE_3 = `custom-key: custom-value
  ${TABLE_2}`

const REQUESTS: Story = [
  {
    section: 'C.3.1',
    block: '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    fields: REQUEST_1,
    table: TABLE_1,
    tableBytes: 57,
  },
  {
    section: 'C.3.2',
    block: '8286 84be 5808 6e6f 2d63 6163 6865',
    fields: REQUEST_2,
    table: TABLE_2,
    tableBytes: 110,
  },
  {
    section: 'C.3.3',
    block: '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    fields: REQUEST_3,
    table: TABLE_3,
    tableBytes: 164,
  },
]

const REQUESTS_HUFFMAN: Story = [
  {
    section: 'C.4.1',
    block: '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
    fields: REQUEST_1,
    table: TABLE_1,
    tableBytes: 57,
  },
  {
    section: 'C.4.2',
    block: '8286 84be 5886 a8eb 1064 9cbf',
    fields: REQUEST_2,
    table: TABLE_2,
    tableBytes: 110,
  },
  {
    section: 'C.4.3',
    block: '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    fields: REQUEST_3,
    table: TABLE_3,
    tableBytes: 164,
  },
]

const RESPONSE_1 = `
  :status: 302
  cache-control: private
  date: Mon, 21 Oct 2013 20:13:21 GMT
  location: https://www.example.com`
const RESPONSE_2 = RESPONSE_1.replace('302', '307')
const RESPONSE_3 = `
  :status: 200
  cache-control: private
  date: Mon, 21 Oct 2013 20:13:22 GMT
  location: https://www.example.com
  content-encoding: gzip
  set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1`
const RESPONSE_TABLE_1 = `
  location: https://www.example.com
  date: Mon, 21 Oct 2013 20:13:21 GMT
  cache-control: private
  :status: 302`
const RESPONSE_TABLE_2 = `
  :status: 307
  location: https://www.example.com
  date: Mon, 21 Oct 2013 20:13:21 GMT
  cache-control: private`
const RESPONSE_TABLE_3 = `
  set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1
  content-encoding: gzip
  date: Mon, 21 Oct 2013 20:13:22 GMT`

const RESPONSES: Story = [
  {
    section: 'C.5.1',
    block: `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
      2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65
      2e63 6f6d`,
    fields: RESPONSE_1,
    table: RESPONSE_TABLE_1,
    tableBytes: 222,
  },
  {
    section: 'C.5.2',
    block: '4803 3330 37c1 c0bf',
    fields: RESPONSE_2,
    table: RESPONSE_TABLE_2,
    tableBytes: 222,
  },
  {
    section: 'C.5.3',
    block: `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
      54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541
      5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
    fields: RESPONSE_3,
    table: RESPONSE_TABLE_3,
    tableBytes: 215,
  },
]

const RESPONSES_HUFFMAN: Story = [
  {
    section: 'C.6.1',
    block: `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
      2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
    fields: RESPONSE_1,
    table: RESPONSE_TABLE_1,
    tableBytes: 222,
  },
  {
    section: 'C.6.2',
    block: '4883 640e ffc1 c0bf',
    fields: RESPONSE_2,
    table: RESPONSE_TABLE_2,
    tableBytes: 222,
  },
  {
    section: 'C.6.3',
    block: `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
      77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587
      3160 65c0 03ed 4ee5 b106 3d50 07`,
    fields: RESPONSE_3,
    table: RESPONSE_TABLE_3,
    tableBytes: 215,
  },
]

const STORIES = [
  { story: REQUESTS, tableBytesMax: 4096 },
  { story: REQUESTS_HUFFMAN, tableBytesMax: 4096 },
  { story: RESPONSES, tableBytesMax: 256 },
  { story: RESPONSES_HUFFMAN, tableBytesMax: 256 },
]

describe('RFC 7541 appendix C', () => {
  for (const { story, tableBytesMax } of STORIES) {
    const decoder = newDecoder({ tableBytesMax })
    for (const { section, block, fields, table, tableBytes } of story) {
      test(`${section} decodes to its fields and leaves its dynamic table`, () => {
        assert.deepEqual(decodeAll(decoder, octets(block)), fieldsOf(fields))
        assert.deepEqual(decoder.tableState, {
          bytes: tableBytes,
          bytesMax: tableBytesMax,
          fields: fieldsOf(table),
        })
      })
    }
  }

  const REPRESENTATIONS = [
    {
      section: 'C.2.1',
      block: '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      fields: ['custom-key', 'custom-header'],
      table: ['custom-key', 'custom-header'],
    },
    {
      section: 'C.2.2',
      block: '040c 2f73 616d 706c 652f 7061 7468',
      fields: [':path', '/sample/path'],
      table: [],
    },
    {
      section: 'C.2.3',
      block: '1008 7061 7373 776f 7264 0673 6563 7265 74',
      fields: ['password', 'secret'],
      table: [],
    },
    { section: 'C.2.4', block: '82', fields: [':method', 'GET'], table: [] },
  ]
  for (const { section, block, fields, table } of REPRESENTATIONS) {
    test(`${section} decodes to its field and leaves its dynamic table`, () => {
      const decoder = newDecoder()
      assert.deepEqual(decodeAll(decoder, octets(block)), fields)
      assert.deepEqual(decoder.tableState.fields, table)
    })
  }

  const INTEGERS = [
    { section: 'C.1.1', value: 10, mask: 0x1f, octets: '0a' },
    { section: 'C.1.2', value: 1337, mask: 0x1f, octets: '1f9a0a' },
    { section: 'C.1.3', value: 42, mask: 0xff, octets: '2a' },
  ]
  for (const { section, value, mask, octets: hex } of INTEGERS) {
    test(`${section} is written and read as in the example`, () => {
      const target = new Uint8Array(8)
      const writer = new BlockWriter()
      writer.open(target, 0)
      writer.integer(0, mask, value)
      assert.equal(hexOf(target.subarray(0, writer.close())), hex)
      const reader = new BlockReader()
      reader.open(octets(hex), 0, hex.length / 2)
      assert.equal(reader.integer(reader.octet(), mask), value)
      assert.ok(reader.atEnd)
    })
  }

  // Without "307" of C.6.2: its code is as long as the text, which the encoder then prefers.
  const STRINGS = [
    ['www.example.com', '8cf1e3c2e5f23a6ba0ab90f4ff'],
    ['no-cache', '86a8eb10649cbf'],
    ['custom-key', '8825a849e95ba97d7f'],
    ['custom-value', '8925a849e95bb8e8b4bf'],
    ['302', '826402'],
    ['private', '85aec3771a4b'],
    ['Mon, 21 Oct 2013 20:13:21 GMT', '96d07abe941054d444a8200595040b8166e082a62d1bff'],
    ['https://www.example.com', '919d29ad171863c78f0b97c8e9ae82ae43d3'],
    ['gzip', '839bd9ab'],
    [
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
      `ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab27`.concat(
        `0fb5291f9587316065c003ed4ee5b1063d5007`,
      ),
    ],
  ] as const
  for (const [text, hex] of STRINGS) {
    test(`the encoder writes "${text.slice(0, 15)}" as C.4 and C.6 do`, () => {
      const target = new Uint8Array(64)
      const writer = new BlockWriter()
      writer.open(target, 0)
      writer.text(text)
      assert.equal(hexOf(target.subarray(0, writer.close())), hex)
    })
  }

  test('the examples break when one octet of them is wrong', () => {
    assertRefused(newDecoder(), '8286 84bf', 'index-beyond')
    assert.notDeepEqual(decodeAll(newDecoder(), octets('8286 85')), fieldsOf(REQUEST_1))
  })
})
