/**
 * What the rules look at. A rule is a pure function from a project to findings: it reads no disk,
 * so a test can plant a violation in a list of texts. How the facts are gathered: syntax.ts.
 */

export interface TextFile {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Finding {
  readonly rule: string
  readonly path: string
  readonly line: number
  /** What is there. */
  readonly what: string
  /** Why it is refused. */
  readonly why: string
  /** What to do about it. */
  readonly todo: string
}

export interface Import {
  readonly specifier: string
  readonly line: number
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean
  /** The file in this project that a relative specifier leads to. */
  readonly target: string | null
}

export interface FunctionFact {
  readonly name: string
  readonly line: number
  readonly lines: number
  readonly parameters: number
  /** A declaration or a constant of the file itself, visible to others. */
  readonly exported: boolean
  /** False for a callback written in place. */
  readonly named: boolean
  /** The callback of `describe`: a container of tests, not a function anyone reads as one. */
  readonly suite: boolean
}

export type ArgumentKind = 'string' | 'template' | 'object' | 'other'

export interface Argument {
  readonly kind: ArgumentKind
  /** The value of a string, empty otherwise. */
  readonly text: string
  /** The keys of an object literal. */
  readonly keys: readonly string[]
}

export interface Call {
  /** The callee as written, for instance `test.skip`. */
  readonly callee: string
  readonly line: number
  readonly isNew: boolean
  readonly arguments: readonly Argument[]
}

/** A word at a place; what kind of word depends on the list it is in. */
export interface Word {
  readonly name: string
  readonly line: number
}

export interface TableRow {
  readonly key: string
  readonly line: number
  readonly text: string
}

export interface Module extends TextFile {
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionFact[]
  readonly calls: readonly Call[]
  /** Names used that no enclosing scope declares: globals. */
  readonly globals: readonly Word[]
  /** Every `name.property`, as written. */
  readonly accesses: readonly Word[]
  /** `async`, `await`, `any`, `enum`, `default` (export), `let` (at the top level). */
  readonly keywords: readonly Word[]
  /** Classes with what they extend, empty for none. */
  readonly classes: readonly (Word & { readonly parent: string })[]
  /** Top-level constants that hold an object literal. */
  readonly tables: ReadonlyMap<string, readonly TableRow[]>
  /** String literals that name a `.ts` file of this project: workers, child processes. */
  readonly mentions: readonly string[]
}

/** What was over a limit when the limit was introduced, with its size then. It may only shrink. */
export interface Budget {
  readonly fileLines: Readonly<Record<string, number>>
  readonly functionLines: Readonly<Record<string, number>>
  readonly longLines: Readonly<Record<string, number>>
  /** Assertions per function in each pure folder; may only rise. */
  readonly assertions: Readonly<Record<string, number>>
}

/** A document as it is made from what it describes; null: it cannot be made. */
export interface MadeReference {
  readonly path: string
  readonly text: string | null
  /** Why it cannot be made. */
  readonly failure: string
}

export interface Project {
  readonly files: readonly TextFile[]
  readonly modules: readonly Module[]
  readonly budget: Budget
  readonly references: readonly MadeReference[]
}

export type Rule = (project: Project) => Finding[]

export const EMPTY_BUDGET: Budget = {
  fileLines: {},
  functionLines: {},
  longLines: {},
  assertions: {},
}
