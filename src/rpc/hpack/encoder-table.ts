/**
 * The dynamic table of an encoder. It only grows: an entry comes in while there is room, and then
 * the table stays as it is, so that what has been encoded once can be sent again as it was. Only a
 * smaller table size evicts.
 *
 * A search goes through all entries. There are rarely more than twenty and never
 * more than 120, and lists that repeat are not searched for at all.
 */

import { assert } from '../../base/index.ts'
import { FIELD_OVERHEAD_BYTES } from './header-list.ts'
import type { PlannedField } from './outgoing-headers.ts'
import { STATIC_ENTRIES } from './static-table.ts'

export function entryBytes({ name, value }: PlannedField): number {
  return name.length + value.length + FIELD_OVERHEAD_BYTES
}

export class EncoderTable {
  /** Oldest first. */
  readonly #entries: PlannedField[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  get entries(): readonly PlannedField[] {
    return this.#entries
  }

  /** The index of the field (RFC 7541 §2.3.3), or 0. */
  findField({ hash, name, value }: PlannedField): number {
    const entries = this.#entries
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] as PlannedField
      if (entry.hash === hash && entry.name === name && entry.value === value) {
        return this.#indexOf(at)
      }
    }
    return 0
  }

  /** The index of an entry with this name, or 0. */
  findName({ name }: PlannedField): number {
    const entries = this.#entries
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] as PlannedField
      if (entry.name === name) return this.#indexOf(at)
    }
    return 0
  }

  /** The caller has made sure that the peer's table has room for it. */
  add(field: PlannedField): void {
    assert(this.findField(field) === 0, 'no field is entered twice')
    this.#entries.push(field)
    this.#bytes += entryBytes(field)
  }

  /** RFC 7541 §4.3: the oldest entries go until the rest fits. */
  evictTo(bytesMax: number): void {
    let gone = 0
    while (this.#bytes > bytesMax) {
      this.#bytes -= entryBytes(this.#entries[gone] as PlannedField)
      gone += 1
    }
    this.#entries.splice(0, gone)
    assert(this.#entries.length > 0 || this.#bytes === 0, 'an empty table counts nothing')
  }

  #indexOf(at: number): number {
    return STATIC_ENTRIES + this.#entries.length - at
  }
}
