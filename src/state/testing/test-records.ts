/**
 * Records in plain memory that behave as badly as the contract of a `RecordStore` allows: what was
 * peeked is overwritten at the next call, and any record may have to be loaded first.
 */

import assert from 'node:assert/strict'
import { crc32c } from '../../base/index.ts'
import { RecordFields, RecordParser, recordLength, writeRecord } from '../record-format.ts'
import type { LoadedRecords, RecordStore, RevisionList } from '../types.ts'

export interface StoredRecord {
  readonly main: number
  readonly sub: number
  readonly record: Uint8Array
}

export type IsAway = (main: number, sub: number) => boolean

const NEVER_AWAY: IsAway = () => false

function nameOf(main: number, sub: number): string {
  return `${main}.${sub}`
}

export class TestRecords implements RecordStore {
  readonly #records = new Map<string, StoredRecord>()
  /** Which records are not in memory just now. */
  isAway: IsAway
  /** What was lent to the last caller of `peek`. */
  #lent: Uint8Array | null = null
  /** What was found out in this turn. */
  readonly #away = new Map<string, boolean>()
  loads = 0
  /** Checksums that were told, and those that were not of the record. */
  sums = 0
  wrongSums = 0
  /** A checksum that is not of its record fails. */
  judges = true
  readonly dropped: string[] = []

  constructor(isAway: IsAway = NEVER_AWAY) {
    this.isAway = isAway
  }

  get size(): number {
    return this.#records.size
  }

  /** Between two turns other records may be in memory than before. */
  endTurn(): void {
    this.#endLoan()
    this.#away.clear()
  }

  append(main: number, sub: number, record: Uint8Array, checksum?: number): void {
    this.#judge(record, checksum)
    const last = [...this.#records.values()].at(-1)
    const ascends = last === undefined || main > last.main || (main === last.main && sub > last.sub)
    assert.ok(ascends, 'revisions only ascend')
    const copy = record.slice()
    this.#endLoan()
    this.#records.set(nameOf(main, sub), { main, sub, record: copy })
  }

  #judge(record: Uint8Array, checksum: number | undefined): void {
    if (checksum === undefined) return
    this.sums += 1
    if (checksum === crc32c(record, 0, record.length, 0)) return
    assert.ok(!this.judges, 'the checksum of a record is that of its bytes')
    this.wrongSums += 1
  }

  readNow(main: number, sub: number): Uint8Array | null {
    return this.peek(main, sub)
  }

  peek(main: number, sub: number): Uint8Array | null {
    this.#endLoan()
    const found = this.#records.get(nameOf(main, sub))
    if (found === undefined || this.#isAwayNow(main, sub)) return null
    this.#lent = found.record.slice()
    return this.#lent
  }

  drop(main: number, sub: number): void {
    this.#endLoan()
    this.dropped.push(nameOf(main, sub))
    this.#records.delete(nameOf(main, sub))
  }

  load(revisions: RevisionList): LoadedRecords {
    this.#endLoan()
    this.loads += 1
    const loaded = new Map<string, Uint8Array>()
    for (let i = 0; i < revisions.length; i++) {
      const name = nameOf(revisions.main(i), revisions.sub(i))
      const found = this.#records.get(name)
      if (found !== undefined) loaded.set(name, found.record.slice())
    }
    return { get: (main, sub) => loaded.get(nameOf(main, sub)) ?? null }
  }

  /** Ascending. */
  all(): StoredRecord[] {
    return [...this.#records.values()]
  }

  copy(): TestRecords {
    const copy = new TestRecords(this.isAway)
    for (const { main, sub, record } of this.all()) copy.append(main, sub, record)
    return copy
  }

  #isAwayNow(main: number, sub: number): boolean {
    const name = nameOf(main, sub)
    const known = this.#away.get(name) ?? this.isAway(main, sub)
    this.#away.set(name, known)
    return known
  }

  /** A loan that is over must not be looked at any more. */
  #endLoan(): void {
    this.#lent?.fill(0xee)
    this.#lent = null
  }
}

/** A record without its value, as engines may hand it back at a restart. */
export function headerOf(record: Uint8Array): Uint8Array {
  const parsed = new RecordParser().parse(record)
  const fields = Object.assign(new RecordFields(), parsed)
  fields.value.clear()
  const header = new Uint8Array(recordLength(fields))
  writeRecord(fields, header, 0)
  return header
}
