/** A tiny replicated machine: commands are `key=value` texts; a hash tells histories apart. */

import type { Entry, LogIndex } from '../index.ts'

export interface MachineState {
  readonly index: LogIndex
  readonly hash: number
  readonly values: ReadonlyMap<string, string>
}

export const INITIAL_STATE: MachineState = { index: 0, hash: 17, values: new Map() }

export function textOf(data: Uint8Array): string {
  return String.fromCharCode(...data)
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function nextState(state: MachineState, entry: Entry): MachineState {
  let hash = Math.imul(state.hash, 31) + entry.term
  for (const byte of entry.data) hash = (Math.imul(hash, 31) + byte) | 0
  if (entry.kind !== 'command') return { index: entry.index, hash, values: state.values }
  const [key = '', value = ''] = textOf(entry.data).split('=')
  return { index: entry.index, hash, values: new Map(state.values).set(key, value) }
}
