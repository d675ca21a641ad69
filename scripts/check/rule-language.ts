import { isTestCode } from './layers.ts'
import type { Finding, Module, Project } from './model.ts'

export const PARAMETERS_MAX = 3

/** Functions on the hottest paths, where an object per call would cost more than the call. */
export const MANY_PARAMETERS: Readonly<Record<string, string>> = {
  'src/base/checksum.ts#crc32c': 'called for every record written and read',
  'src/base/checksum.ts#crc32cWords': 'called for every record written and read',
}

interface Refusal {
  readonly rule: string
  readonly what: string
  readonly why: string
  readonly todo: string
  readonly appliesTo?: (path: string) => boolean
}

const KEYWORDS: Readonly<Record<string, Refusal>> = {
  default: {
    rule: 'default-export',
    what: 'exports a default',
    why: 'a name that every importer makes up cannot be searched for',
    todo: 'export it under its name',
  },
  enum: {
    rule: 'enum',
    what: 'declares an enum',
    why: 'sources run by type stripping, and a union is checked just as well',
    todo: 'use a union of string literals',
  },
  any: {
    rule: 'any',
    what: 'uses the type any',
    why: 'it switches the compiler off for everything it touches',
    todo: 'name the type, or use unknown and narrow it',
  },
  let: {
    rule: 'module-state',
    what: 'declares a variable at the top level',
    why: 'state of a module is shared by every node in the process and survives every test',
    todo: 'make it a field of an object that somebody opens and closes',
    appliesTo: (path) => !isTestCode(path),
  },
}

// Written in pieces: this file must pass its own rule.
const LEFTOVER = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`)

export function languageFindings({ modules }: Project): Finding[] {
  return modules.flatMap((module) => [
    ...keywordFindings(module),
    ...leftoverFindings(module),
    ...parameterFindings(module),
    ...headerFindings(module),
  ])
}

function keywordFindings({ path, text, keywords }: Module): Finding[] {
  const lines = text.split('\n')
  return keywords.flatMap(({ name, line }) => {
    const refusal = KEYWORDS[name]
    if (refusal === undefined || refusal.appliesTo?.(path) === false) return []
    // The linter has the same rule, and wants a reason with every exception.
    if (name === 'any' && lines[line - 2]?.includes('biome-ignore lint/')) return []
    const { rule, what, why, todo } = refusal
    return [{ rule, path, line, what, why, todo }]
  })
}

function leftoverFindings({ path, text }: Module): Finding[] {
  const lines = text.split('\n').entries()
  return [...lines].flatMap(([at, content]) => {
    const mark = LEFTOVER.exec(content)?.[1]
    if (mark === undefined) return []
    const what = `leaves a ${mark} behind`
    const why = 'a note in the code is a plan nobody tracks'
    const todo = 'do it now, or open an issue and remove the note'
    return [{ rule: 'leftover', path, line: at + 1, what, why, todo }]
  })
}

function parameterFindings({ path, functions }: Module): Finding[] {
  if (isTestCode(path)) return []
  return functions
    .filter(({ exported, parameters }) => exported && parameters > PARAMETERS_MAX)
    .filter(({ name }) => MANY_PARAMETERS[`${path}#${name}`] === undefined)
    .map(({ name, line, parameters }) => ({
      rule: 'parameters',
      path,
      line,
      what: `${name} takes ${parameters} parameters; at most ${PARAMETERS_MAX} are allowed`,
      why: 'at the call nobody can tell which value is which',
      todo: 'pass an object with names from the third one on',
    }))
}

const HEADER_MIN = 40

/**
 * The first thing in a folder's surface says what the folder is for and what always holds in it.
 */
function headerFindings({ path, text }: Module): Finding[] {
  if (!/^(src|sim)\/(.+\/)?index\.ts$/.test(path)) return []
  const header = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? ''
  if (header.replace(/[\s*]+/g, ' ').trim().length >= HEADER_MIN) return []
  return [
    {
      rule: 'folder-header',
      path,
      line: 1,
      what: 'does not begin with a comment about the folder',
      why: 'a reader meets a folder through its surface',
      todo: 'begin with /** name: purpose, invariants, what it does not do */',
    },
  ]
}
