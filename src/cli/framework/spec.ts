/**
 * What a command is: the one description that parsing, help, completion and documents come from.
 */

import type { Options, ValuesOf } from './option.ts'

export interface Argument {
  /** In capitals, as in the help. */
  readonly name: string
  readonly summary: string
  readonly isOptional?: boolean
  /** Takes all words that are left; only the last can. */
  readonly isMany?: boolean
  readonly choices?: readonly string[]
  readonly completes?: 'files' | 'directories'
}

export interface Example {
  readonly words: string
  readonly says: string
}

export interface Exit {
  readonly code: number
  readonly when: string
}

export interface Spec<Some extends Options = Options> {
  /** One word, or two: `lease grant`. */
  readonly name: string
  readonly group: GroupName
  /** Begins with a verb and fits into a line with the name. */
  readonly summary: string
  /** Paragraphs for the help of the command itself. */
  readonly about?: readonly string[]
  /** Lines of a language of its own, which are shown as they are. */
  readonly grammar?: readonly string[]
  readonly arguments: readonly Argument[]
  /** What comes after `--` is words of another program. */
  readonly program?: string
  readonly options: Some
  readonly examples: readonly Example[]
  readonly exits: readonly Exit[]
  /** Words are handed on as they are: it has a language of its own. */
  readonly isRaw?: boolean
}

export const GROUPS = {
  data: 'Keys and values',
  coordination: 'Coordination',
  cluster: 'The cluster',
  server: 'Nodes',
  tools: 'Tools',
} as const

/** Whose completion is known. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export type GroupName = keyof typeof GROUPS

export interface Call<Some extends Options = Options> {
  readonly values: ValuesOf<Some>
  readonly words: readonly string[]
  /** After `--`, when the command runs another program. */
  readonly program: readonly string[]
}

export type CallOf<Some extends Spec> = Some extends Spec<infer Its> ? Call<Its> : never

/** Keeps the types of the options, which `const SPEC: Spec` would forget. */
export function spec<Some extends Options>(description: Spec<Some>): Spec<Some> {
  return description
}
