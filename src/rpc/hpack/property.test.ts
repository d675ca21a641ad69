import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BlockWriter } from './block-writer.ts'
import type { HpackDecoder } from './decoder.ts'
import { HpackEncoder } from './encoder.ts'
import { HpackError } from './hpack-error.ts'
import { huffmanEncode, huffmanLength } from './huffman-encoder.ts'
import { OutgoingHeaders } from './outgoing-headers.ts'
import { STATIC_ENTRIES, staticName, staticValue } from './static-table.ts'
import { decodeAll, encodeList, newDecoder } from './testing/index.ts'

const octetText = (lengthMax: number) =>
  fc.uint8Array({ maxLength: lengthMax }).map((octets) => String.fromCharCode(...octets))

/** Few enough that fields repeat, and of every policy. */
const name = fc.oneof(
  fc.constantFrom(
    ...[':path', 'content-type', 'grpc-status', 'grpc-timeout', 'grpc-message', 'authorization'],
    ...[':status', 'x-a', 'x-b', 'te', 'user-agent', ''],
  ),
  octetText(40),
)
const value = fc.oneof(fc.constantFrom('', '0', '200', 'trailers', '/a/b'), octetText(300))
const fields = fc.array(fc.tuple(name, value), { maxLength: 12 }).map((pairs) => pairs.flat())
const tableBytes = fc.oneof(fc.nat(300), fc.constantFrom(0, 32, 33, 4096, 8192))

type Step =
  | { readonly kind: 'send'; readonly list: number; readonly never: boolean }
  | { readonly kind: 'resize'; readonly bytesMax: number }

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        list: fc.nat(5),
        never: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('resize' as const), bytesMax: tableBytes }),
    },
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
)

describe('encoder and decoder', () => {
  test('agree on every list and every table, whatever the sizes, limits and repetitions', () => {
    const lists = fc.array(fields, { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(tableBytes, lists, steps, (tableBytesMax, contents, taken) => {
        const encoder = new HpackEncoder({ tableBytesMax })
        const decoder = newDecoder({ tableBytesMax, listBytesMax: 1 << 20 })
        const open = contents.map((one) => new OutgoingHeaders(one))
        const secret = contents.map((one) => new OutgoingHeaders(one, { never: ['x-a', ':path'] }))
        for (const step of taken) {
          if (step.kind === 'resize') {
            encoder.setTableBytesMax(step.bytesMax)
            decoder.setTableBytesMax(step.bytesMax)
            continue
          }
          const list = (step.never ? secret : open)[step.list] as OutgoingHeaders
          assert.deepEqual(decodeAll(decoder, encodeList(encoder, list)), list.fields)
          assert.deepEqual(decoder.tableState, encoder.tableState)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** How a peer may write a field. */
type Written =
  | { readonly kind: 'indexed'; readonly index: number }
  | {
      readonly kind: 'literal'
      readonly form: 'indexing' | 'plain' | 'never'
      readonly nameIndex: number
      readonly name: string
      readonly value: string
      readonly huffman: boolean
    }

interface WrittenBlock {
  readonly updates: readonly number[]
  readonly fields: readonly Written[]
}

/** Mostly of entries there are, after a few blocks. */
const index = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 1, max: 61 }) },
  { weight: 10, arbitrary: fc.integer({ min: 62, max: 63 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 75 }) },
)

const written = fc.oneof(
  fc.record({ kind: fc.constant('indexed' as const), index }),
  fc.record({
    kind: fc.constant('literal' as const),
    form: fc.constantFrom('indexing' as const, 'plain' as const, 'never' as const),
    nameIndex: fc.oneof(fc.constant(0), index),
    name: octetText(30),
    value: octetText(60),
    huffman: fc.boolean(),
  }),
) as fc.Arbitrary<Written>

const writtenBlock: fc.Arbitrary<WrittenBlock> = fc.record({
  updates: fc.oneof(
    { weight: 20, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(fc.integer({ min: 100, max: 200 }), { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(fc.nat(520), { maxLength: 3 }) },
  ),
  fields: fc.array(written, { maxLength: 10 }),
})

/** RFC 7541 as plainly as it can be put: an array, newest first. Null where it is to be refused. */
class Model {
  #table: [string, string][] = []
  #bytesMax: number
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
    this.#bytesMax = limit
  }

  clone(): Model {
    const copy = new Model(this.limit)
    copy.#table = [...this.#table]
    copy.#bytesMax = this.#bytesMax
    return copy
  }

  get table(): string[] {
    return this.#table.flat()
  }

  decode(block: WrittenBlock): string[] | null {
    if (block.updates.length > 2 || block.updates.some((size) => size > this.limit)) return null
    for (const size of block.updates) {
      this.#bytesMax = size
      this.#evict()
    }
    const result: string[] = []
    for (const field of block.fields) {
      const found = this.#read(field)
      if (found === null) return null
      result.push(...found)
      if (field.kind !== 'literal' || field.form !== 'indexing') continue
      this.#table.unshift(found)
      this.#evict()
    }
    return result
  }

  #read(field: Written): [string, string] | null {
    if (field.kind === 'indexed') return this.#at(field.index)
    if (field.nameIndex === 0) return [field.name, field.value]
    const entry = this.#at(field.nameIndex)
    return entry === null ? null : [entry[0], field.value]
  }

  #at(index: number): [string, string] | null {
    if (index <= STATIC_ENTRIES) return [staticName(index), staticValue(index)]
    return this.#table[index - STATIC_ENTRIES - 1] ?? null
  }

  #evict(): void {
    const bytes = () =>
      this.#table.reduce((sum, [one, two]) => sum + one.length + two.length + 32, 0)
    while (bytes() > this.#bytesMax) this.#table.pop()
  }
}

const FORMS = {
  indexing: { flags: 0x40, mask: 0x3f },
  plain: { flags: 0x00, mask: 0x0f },
  never: { flags: 0x10, mask: 0x0f },
}

function write({ updates, fields: all }: WrittenBlock): Uint8Array {
  const target = new Uint8Array(16_384)
  const writer = new BlockWriter()
  let at = 0
  const integer = (flags: number, mask: number, number: number): void => {
    writer.open(target, at)
    writer.integer(flags, mask, number)
    at = writer.close()
  }
  const text = (content: string, huffman: boolean): void => {
    integer(huffman ? 0x80 : 0, 0x7f, huffman ? huffmanLength(content) : content.length)
    if (huffman) at = huffmanEncode(content, target, at)
    else for (const octet of Buffer.from(content, 'latin1')) target[at++] = octet
  }
  for (const size of updates) integer(0x20, 0x1f, size)
  for (const field of all) {
    if (field.kind === 'indexed') {
      integer(0x80, 0x7f, field.index)
      continue
    }
    const { flags, mask } = FORMS[field.form]
    integer(flags, mask, field.nameIndex)
    if (field.nameIndex === 0) text(field.name, field.huffman)
    text(field.value, field.huffman)
  }
  return target.slice(0, at)
}

function decodeOrRefuse(decoder: HpackDecoder, block: Uint8Array): readonly string[] | null {
  try {
    return decodeAll(decoder, block)
  } catch (error) {
    assert.ok(error instanceof HpackError, String(error))
    return null
  }
}

describe('the decoder', () => {
  test('says what a plain model says, for blocks of every form, new and repeated', () => {
    const stories = fc.array(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 4 })), { maxLength: 30 })
    const blocks = fc.array(writtenBlock, { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(
        fc.integer({ min: 150, max: 500 }),
        blocks,
        stories,
        (tableBytesMax, different, story) => {
          const decoder = newDecoder({ tableBytesMax, listBytesMax: 1 << 20 })
          const model = new Model(tableBytesMax)
          for (const [which, times] of story) {
            const block = different[which] as WrittenBlock
            for (let time = 0; time < times; time++) {
              const expected = model.clone().decode(block)
              // Only some of the bad ones are tried: each is the end of its story.
              if (expected === null && which > 0) continue
              assert.deepEqual(decodeOrRefuse(decoder, write(block)), expected)
              if (expected === null) return
              model.decode(block)
              assert.deepEqual(decoder.tableState.fields, model.table)
            }
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  test('takes any octets at all without a fault, within its bounds', () => {
    const block = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Octets of which most begin a field that can be decoded.
      fc.array(fc.constantFrom(0x82, 0xbe, 0xbf, 0x40, 0x41, 0x01, 0x02, 0x81, 0x61, 0x04, 0x1f)),
      writtenBlock.map((one) => [...write(one)]),
    )
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.nat(2000), (blocks, listBytesMax) => {
        const decoder = newDecoder({ tableBytesMax: 256, listBytesMax })
        let failed = false
        for (const octets of blocks) {
          const bytes = Uint8Array.from(octets)
          const found = decodeOrRefuse(decoder, bytes)
          assert.ok(!failed || found === null, 'nothing is decoded after a fault')
          failed ||= found === null
          const { bytes: used, bytesMax, fields: held } = decoder.tableState
          const counted = held.reduce((sum, text) => sum + text.length + 16, 0)
          assert.ok(used === counted && used <= bytesMax && bytesMax <= 256)
          const size = (found ?? []).reduce((sum, text) => sum + text.length + 16, 0)
          assert.ok(size <= listBytesMax)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('takes a valid block with one octet changed, or cut anywhere, without a fault', () => {
    fc.assert(
      fc.property(writtenBlock, fc.nat(), fc.nat(255), fc.boolean(), (block, at, octet, cut) => {
        const bytes = write(block)
        if (bytes.length === 0) return
        const place = at % bytes.length
        const changed = cut ? bytes.slice(0, place) : bytes.with(place, octet)
        const found = decodeOrRefuse(newDecoder({ tableBytesMax: 500 }), changed)
        if (cut) assert.ok(found === null || found.length <= 2 * block.fields.length)
      }),
      { numRuns: 1000 },
    )
  })
})
