/** Entries of a store, for people and for programs. */

import type { Entry, KeyEntry } from '../../client/index.ts'
import type { CommandParts, Output } from '../command-parts.ts'
import {
  fromHex,
  hexOf,
  jsonBytes,
  type Style,
  shown,
  shownExactly,
  styleOf,
  wantsColor,
} from '../terminal/index.ts'

export type Item = Entry<Uint8Array> | KeyEntry

interface Look {
  readonly color: 'auto' | 'always' | 'never'
}

export function styleFor({ color }: Look, { output, environment }: CommandParts): Style {
  const { isTerminal } = output
  return styleOf(wantsColor(color, { isTerminal, environment }))
}

/** A word of the command line, as bytes. */
export function bytesOf(word: string, hex: boolean, what: string): Uint8Array {
  return hex ? fromHex(word, what) : new TextEncoder().encode(word)
}

export function keyOf(word: string, hex: boolean): Uint8Array {
  return bytesOf(word, hex, 'a key')
}

/** One line, whatever is in it. */
export function bytesText(bytes: Uint8Array, hex: boolean): string {
  return hex ? hexOf(bytes) : shown(bytes)
}

/** For a column: into a pipe no two look alike. */
export function cellText(bytes: Uint8Array, hex: boolean, { isTerminal }: Output): string {
  return hex || isTerminal ? bytesText(bytes, hex) : shownExactly(bytes)
}

export function leaseText(lease: bigint): string {
  return lease === 0n ? '' : idText(lease)
}

export function entryJson(entry: Item): Readonly<Record<string, unknown>> {
  const { keyBytes, revision, createRevision, version, lease } = entry
  return {
    ...jsonBytes('key', keyBytes),
    ...('value' in entry ? valueJson(entry.value) : {}),
    revision,
    createRevision,
    version,
    ...(lease === 0n ? {} : { lease: leaseText(lease) }),
  }
}

/** In the words of the REST door. */
function valueJson(value: Uint8Array): Readonly<Record<string, string>> {
  const { value: told = '', valueEncoding: encoding = 'text' } = jsonBytes('value', value)
  return { value: told, encoding }
}

/** What was there before; null stands for nothing. */
export function previousJson(
  previous: Entry<Uint8Array> | null | undefined,
): Readonly<Record<string, unknown>> {
  if (previous === undefined) return {}
  return { previous: previous === null ? null : entryJson(previous) }
}

export function printJson({ print }: CommandParts, value: unknown): void {
  print(JSON.stringify(value))
}

/** Of a node, as etcd's own tools print it. */
export function idText(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16)
}
