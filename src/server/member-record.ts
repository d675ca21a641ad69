/**
 * What a member has said about itself, as it stands in the meta group: the key `member/<id>`, and
 * its name and addresses as JSON.
 */

import type { NodeId } from '../raft/index.ts'
import type { MemberAddress } from './parts.ts'

const PREFIX = 'member/'
const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

/** All keys of members, as a range: up to the character behind the slash. */
export const MEMBER_KEYS = { key: ENCODER.encode(PREFIX), rangeEnd: ENCODER.encode('member0') }

export function memberKey(node: NodeId): Uint8Array {
  return ENCODER.encode(`${PREFIX}${node}`)
}

/** 0 for a key that names no member. */
export function memberOfKey(key: Uint8Array): NodeId {
  const text = DECODER.decode(key).slice(PREFIX.length)
  return /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : 0
}

export function areSame(one: MemberAddress, other: MemberAddress): boolean {
  return textOf(one) === textOf(other)
}

export function encodeMember(member: MemberAddress): Uint8Array {
  return ENCODER.encode(textOf(member))
}

function textOf({ name, peerUrls, clientUrls }: MemberAddress): string {
  return JSON.stringify({ name, peerUrls, clientUrls })
}

/** Null for bytes that are no such record; a newer version may have put more into it. */
export function decodeMember(bytes: Uint8Array): MemberAddress | null {
  const record = parsed(bytes)
  if (typeof record !== 'object' || record === null) return null
  const { name, peerUrls, clientUrls } = record as Record<string, unknown>
  if (typeof name !== 'string' || !areTexts(peerUrls) || !areTexts(clientUrls)) return null
  return { name, peerUrls, clientUrls }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(DECODER.decode(bytes))
  } catch {
    // Not JSON: `parse` throws a SyntaxError and nothing else.
    return null
  }
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
