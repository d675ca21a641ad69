/** What a key does in the live view. Pure. */

import type { LocalNodeState } from '../command-parts.ts'

export type Mode = 'watching' | 'killing' | 'starting'

export type Wish =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'kill' | 'start'; readonly number: number }

export interface Pressed {
  readonly mode: Mode
  readonly wish: Wish
}

type States = ReadonlyMap<number, LocalNodeState>

const CONTROL_C = '\u0003'
const NOTHING: Wish = { kind: 'nothing' }

export function press(key: string, mode: Mode, states: States): Pressed {
  if (key === CONTROL_C || key === 'q') return { mode: 'watching', wish: { kind: 'quit' } }
  if (mode === 'watching') {
    if (key === 'k') return choose('kill', { mode: 'killing', among: running(states) })
    if (key === 'r') return choose('start', { mode: 'starting', among: stopped(states) })
    return { mode, wish: NOTHING }
  }
  const among = mode === 'killing' ? running(states) : stopped(states)
  const number = among.find((one) => String(one) === key)
  const kind = mode === 'killing' ? 'kill' : 'start'
  // Any other key gives it up.
  return { mode: 'watching', wish: number === undefined ? NOTHING : { kind, number } }
}

interface Choice {
  readonly mode: Mode
  readonly among: readonly number[]
}

/** Nobody is asked which one when there is only one. */
function choose(kind: 'kill' | 'start', { mode, among }: Choice): Pressed {
  const [only] = among
  if (only === undefined) return { mode: 'watching', wish: NOTHING }
  if (among.length === 1) return { mode: 'watching', wish: { kind, number: only } }
  return { mode, wish: NOTHING }
}

export function question(mode: Mode, states: States): string | null {
  if (mode === 'watching') return null
  const among = mode === 'killing' ? running(states) : stopped(states)
  const verb = mode === 'killing' ? 'kill' : 'start'
  return `${verb} which node? ${among.join(', ')}   (any other key: none)`
}

function running(states: States): readonly number[] {
  return [...states].filter(([, state]) => state !== 'stopped').map(([number]) => number)
}

function stopped(states: States): readonly number[] {
  return [...states].filter(([, state]) => state === 'stopped').map(([number]) => number)
}
