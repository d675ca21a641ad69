/**
 * Reading the primitives of RFC 7541 §5 from a block that a stranger wrote: integers and strings.
 * Every step takes at least an octet of the block and gives at most 1.6 octets of text for each
 * (the shortest Huffman code has five bits), so work and memory are linear in the block.
 */

import {
  assert,
  RPC_HPACK_INTEGER_OCTETS_MAX,
  RPC_HPACK_SCRATCH_BYTES,
  RPC_HPACK_TEXT_OCTETS_MAX,
  RPC_HPACK_TEXTS_BYTES_MAX,
} from '../../base/index.ts'
import { HpackError } from './hpack-error.ts'
import {
  HUFFMAN_STEPS,
  huffmanTextMax,
  STEP_COUNT_MASK,
  STEP_COUNT_SHIFT,
  STEP_EOS_FLAG,
  STEP_FIRST_SHIFT,
  STEP_SECOND_SHIFT,
  STEP_STATE_AT_END_MAX,
  STEP_STATE_MASK,
} from './huffman-steps.ts'
import { latin1Text } from './latin1-text.ts'
import { OctetMemo } from './octet-memo.ts'

const NOTHING = new Uint8Array(0)
const HUFFMAN_FLAG = 0x80
const LENGTH_MASK = 0x7f

/** Shorter strings are made as fast as they are found. */
const MEMO_OCTETS_MIN = 4

const TEXTS = { octetsMax: RPC_HPACK_TEXT_OCTETS_MAX, bytesMax: RPC_HPACK_TEXTS_BYTES_MAX }

export class BlockReader {
  #bytes: Uint8Array = NOTHING
  #at = 0
  #end = 0
  /** Where Huffman-coded text is put together. Made when first needed; long text has its own. */
  #scratch: Uint8Array = NOTHING
  /** Strings that come again and again because their encoder does not index them. */
  #texts: OctetMemo<string> | null = null

  open(bytes: Uint8Array, start: number, end: number): void {
    assert(start >= 0 && start <= end && end <= bytes.length, 'a block consists of bytes there are')
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Lets go of the block's buffer. */
  close(): void {
    assert(this.#at === this.#end, 'a block is read to its end')
    this.#bytes = NOTHING
    this.#at = 0
    this.#end = 0
  }

  get atEnd(): boolean {
    return this.#at === this.#end
  }

  /** The octet that comes next, without taking it; the block is not at its end. */
  peek(): number {
    assert(this.#at < this.#end, 'there is an octet to look at')
    return this.#bytes[this.#at] as number
  }

  octet(): number {
    if (this.#at >= this.#end) throw new HpackError('truncated')
    const octet = this.#bytes[this.#at] as number
    this.#at += 1
    return octet
  }

  /** RFC 7541 §5.1. `first` has been taken already; `mask` is the prefix, all ones. */
  integer(first: number, mask: number): number {
    const value = first & mask
    return value < mask ? value : this.#longInteger(mask)
  }

  #longInteger(prefix: number): number {
    let value = prefix
    for (let shift = 0; shift < 7 * RPC_HPACK_INTEGER_OCTETS_MAX; shift += 7) {
      const octet = this.octet()
      value += (octet & LENGTH_MASK) << shift
      if (octet <= LENGTH_MASK) return value
    }
    throw new HpackError('integer-too-long')
  }

  /** RFC 7541 §5.2. */
  text(): string {
    const first = this.octet()
    const start = this.#span(first)
    return this.#make(start, (first & HUFFMAN_FLAG) !== 0)
  }

  /** The same, for a string that is likely to come again: its encoder does not index it. */
  repeatedText(): string {
    const whole = this.#at
    const first = this.octet()
    const start = this.#span(first)
    const huffman = (first & HUFFMAN_FLAG) !== 0
    if (this.#at - start < MEMO_OCTETS_MIN) return this.#make(start, huffman)
    this.#texts ??= new OctetMemo(TEXTS)
    // The length belongs to the run of octets: its first bit tells about the Huffman code.
    const known = this.#texts.find(this.#bytes, whole, this.#at)
    if (known !== null) return known
    const text = this.#make(start, huffman)
    if (this.#texts.comesAgain(this.#at - whole)) this.#keep(whole, text)
    return text
  }

  /** Checks what `text` checks and returns the length of the text, but makes none. */
  skipText(): number {
    const first = this.octet()
    const start = this.#span(first)
    return (first & HUFFMAN_FLAG) === 0 ? this.#at - start : this.#measure(start)
  }

  /** Takes the octets of a string, and returns where they start; they end at `#at`. */
  #span(first: number): number {
    const length = this.integer(first, LENGTH_MASK)
    const start = this.#at
    if (length > this.#end - start) throw new HpackError('truncated')
    this.#at = start + length
    return start
  }

  #keep(whole: number, text: string): void {
    const meaning = { value: text, bytes: text.length, usesTable: false }
    this.#texts?.keep(this.#bytes, whole, this.#at, meaning)
  }

  /** The text whose octets go from `start` to `#at`. */
  #make(start: number, huffman: boolean): string {
    if (!huffman) return latin1Text(this.#bytes, start, this.#at)
    const target = this.#roomFor(huffmanTextMax(this.#at - start) + 1)
    return latin1Text(target, 0, this.#decodeTo(target, start))
  }

  #roomFor(length: number): Uint8Array {
    if (length > RPC_HPACK_SCRATCH_BYTES) return new Uint8Array(length)
    if (this.#scratch.length === 0) this.#scratch = new Uint8Array(RPC_HPACK_SCRATCH_BYTES)
    return this.#scratch
  }

  /** Puts the text coded from `start` to `#at` at the beginning of `target`; its length. */
  #decodeTo(target: Uint8Array, start: number): number {
    const bytes = this.#bytes
    const end = this.#at
    let step = 0
    let seen = 0
    let length = 0
    for (let at = start; at < end; at++) {
      step = HUFFMAN_STEPS[((step & STEP_STATE_MASK) << 8) | (bytes[at] as number)] as number
      // Both symbols are written always: what does not count is overwritten by the next step.
      target[length] = step >> STEP_FIRST_SHIFT
      target[length + 1] = step >> STEP_SECOND_SHIFT
      length += (step >> STEP_COUNT_SHIFT) & STEP_COUNT_MASK
      seen |= step
    }
    judge(step, seen)
    return length
  }

  #measure(start: number): number {
    const bytes = this.#bytes
    const end = this.#at
    let step = 0
    let seen = 0
    let length = 0
    for (let at = start; at < end; at++) {
      step = HUFFMAN_STEPS[((step & STEP_STATE_MASK) << 8) | (bytes[at] as number)] as number
      length += (step >> STEP_COUNT_SHIFT) & STEP_COUNT_MASK
      seen |= step
    }
    judge(step, seen)
    return length
  }
}

function judge(lastStep: number, seen: number): void {
  if ((seen & STEP_EOS_FLAG) !== 0) throw new HpackError('huffman-end-of-string')
  if ((lastStep & STEP_STATE_MASK) > STEP_STATE_AT_END_MAX) throw new HpackError('huffman-padding')
}
