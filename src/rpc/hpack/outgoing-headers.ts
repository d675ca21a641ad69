/** What a header block is to say. */

import { assert } from '../../base/index.ts'
import { FIELD_OVERHEAD_BYTES } from './header-list.ts'
import { factsOf, type NameFacts, POLICY_SECRET } from './name-facts.ts'
import { findStaticField } from './static-table.ts'

/** An integer below 2^28 takes an octet for its prefix and four more; a field has up to three. */
const INTEGERS_BYTES_MAX = 15

const LATIN1_MAX = 0xff

const NO_NAMES: readonly string[] = []

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
  /** Of the value; for a search in which most entries differ. */
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

  constructor(fields: readonly string[], options?: OutgoingHeadersOptions) {
    assert(fields.length % 2 === 0, 'every name has a value')
    const never = options?.never ?? NO_NAMES
    const plan: PlannedField[] = []
    let length = 0
    for (let at = 0; at < fields.length; at += 2) {
      const name = fields[at] as string
      const value = fields[at + 1] as string
      const secret = never.length > 0 && never.includes(name)
      plan.push(planField(factsOf(name), value, secret))
      length += name.length + value.length
    }
    this.fields = fields
    this.plan = plan
    this.size = length + plan.length * FIELD_OVERHEAD_BYTES
    this.encodedBytesMax = length + plan.length * INTEGERS_BYTES_MAX
  }
}

function planField(facts: NameFacts, value: string, secret: boolean): PlannedField {
  const { name, staticIndex, policy } = facts
  // A name that is known consists of octets.
  if (staticIndex === 0) hashText(name)
  return {
    name,
    value,
    staticField: findStaticField(staticIndex, value),
    staticName: staticIndex,
    policy: secret ? POLICY_SECRET : policy,
    hash: hashText(value),
  }
}

function hashText(text: string): number {
  let hash = text.length
  let all = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    all |= character
    hash = (Math.imul(hash, 31) + character) | 0
  }
  assert(all <= LATIN1_MAX, 'a character of a header field is one octet')
  return hash
}
