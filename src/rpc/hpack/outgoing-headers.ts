/** What a header block is to say. */

import { assert } from '../../base/index.ts'
import { FIELD_OVERHEAD_BYTES } from './header-list.ts'
import { POLICY_SECRET, policyOf } from './index-policy.ts'
import { findStaticField, findStaticName } from './static-table.ts'

/** An integer below 2^28 takes an octet for its prefix and four more; a field has up to three. */
const INTEGERS_BYTES_MAX = 15

const LATIN1_MAX = 0xff

export interface OutgoingHeadersOptions {
  /** Names whose fields are secret, besides those that always are (`authorization` …). */
  readonly never?: readonly string[]
}

/** What all encoders need to know of one field, found out once. */
export interface PlannedField {
  readonly name: string
  readonly value: string
  /** The index in the static table of the field and of its name, or 0. */
  readonly staticField: number
  readonly staticName: number
  readonly policy: number
  readonly nameHash: number
  readonly hash: number
}

/**
 * A list to send. Made once and sent many times it costs next to nothing: each encoder remembers
 * what it came to. It belongs to nobody and is never changed, so all connections may share it.
 */
export class OutgoingHeaders {
  /** Name, value, name, value …; latin1, names in lower case. */
  readonly fields: readonly string[]
  /** RFC 9113 §6.5.2: what a peer compares with its SETTINGS_MAX_HEADER_LIST_SIZE. */
  readonly size: number
  readonly plan: readonly PlannedField[]
  /** More octets than these no encoding takes. */
  readonly encodedBytesMax: number
  /** Set by the first encoder: only a list that comes again is worth remembering. */
  sentBefore = false

  constructor(fields: readonly string[], { never = [] }: OutgoingHeadersOptions = {}) {
    assert(fields.length % 2 === 0, 'every name has a value')
    const plan: PlannedField[] = []
    let length = 0
    for (let at = 0; at < fields.length; at += 2) {
      const name = fields[at] as string
      const value = fields[at + 1] as string
      plan.push(planField(name, value, never.includes(name)))
      length += name.length + value.length
    }
    this.fields = fields
    this.plan = plan
    this.size = length + plan.length * FIELD_OVERHEAD_BYTES
    this.encodedBytesMax = length + plan.length * INTEGERS_BYTES_MAX
  }
}

function planField(name: string, value: string, never: boolean): PlannedField {
  const staticName = findStaticName(name)
  const nameHash = hashText(name, 0)
  return {
    name,
    value,
    staticField: findStaticField(staticName, value),
    staticName,
    policy: never ? POLICY_SECRET : policyOf(name),
    nameHash,
    hash: hashText(value, nameHash),
  }
}

function hashText(text: string, seed: number): number {
  let hash = seed
  let all = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    all |= character
    hash = (Math.imul(hash, 31) + character) | 0
  }
  assert(all <= LATIN1_MAX, 'a character of a header field is one octet')
  return hash
}
