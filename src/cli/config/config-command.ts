/** `quorate config check|show|init`: what a node would be told, without running one. */

import { dirname } from 'node:path'
import {
  type ConfigParts,
  ERROR_ABSENT,
  gather,
  hasUsualFile,
  NODE_VALUES,
  namedFile,
  tellProblems,
  USUAL_FILE,
} from './gather.ts'
import { initialFile } from './initial-file.ts'
import { FILE } from './kinds.ts'
import { type NodeOutcome, originText, readNodeSources } from './node-sources.ts'
import { type NodeWords, readNodeWords } from './node-words.ts'
import { type Problem, problemText, suggestion } from './problems.ts'
import { SETTING_NAMES, type Shown, settingOf } from './settings.ts'

export const CONFIG_USAGE = `usage: quorate config check [FILE] [flags of quorate node] [--json]
       quorate config show [FILE] [flags of quorate node] [--json]
       quorate config init [FILE] [flags of quorate node] [--force]

  check   names every mistake in a file, the variables QUORATE_... and flags; status 1 if any
  show    every setting as a node would take it, and where it comes from
  init    writes a file with every setting and what it means; quorate.yaml when none is named,
          and what flags say is set in it. A file that is there stays, unless --force is given

The file may be named with --config or QUORATE_CONFIG, too. When nobody names one, check and
show read quorate.yaml if it is there; a node reads only a file that is named.
"quorate node --help" has every flag. Examples:

  quorate config init --name m1 --raft-profile fast
  quorate config check
  QUORATE_LOGGING_LEVEL=debug quorate config show quorate.yaml`

const WORDS = ['check', 'show', 'init'] as const
/** Of each word; those of settings are beside them. */
export const CONFIG_SWITCHES = { check: ['json'], show: ['json'], init: ['force'] } as const
const ERROR_EXISTS = 'EEXIST'
/** With etcd's name: an output that is no path. */
const JOURNAL = 'systemd/journal'

/** Resolves with the exit status: 0 fine, 1 something is wrong, 2 wrong usage. */
export async function runConfigCommand(
  parameters: readonly string[],
  parts: ConfigParts,
): Promise<number> {
  const [first = '', ...rest] = parameters
  const word = WORDS.find((one) => one === first)
  if (word === undefined) {
    const near = suggestion(first, WORDS)
    const hint = near === null ? '' : `; "${near}" is meant?`
    parts.complain(`quorate: config takes check, show or init${first === '' ? '' : hint}`)
    parts.complain(CONFIG_USAGE)
    return 2
  }
  const words = readNodeWords(rest, { values: NODE_VALUES, switches: CONFIG_SWITCHES[word] })
  const [file, ...surplus] = words.words
  if (surplus.length > 0 || (file !== undefined && words.values.has('config'))) {
    parts.complain(`quorate: config ${word} takes one file, and not "${rest.join(' ')}"`)
    parts.complain(CONFIG_USAGE)
    return 2
  }
  if (word === 'init') return init({ ...words, file }, parts)
  const named = namedFile({ ...words, file }, parts)
  const name = named ?? (hasUsualFile(parts) ? USUAL_FILE : null)
  const gathered = gather(words, name, parts)
  if (named === null) tellUnnamed(name, gathered, parts)
  const outcome = word === 'check' ? withFiles(gathered, parts) : gathered
  const isJson = words.switches.has('json')
  return word === 'check' ? check(outcome, { isJson, parts }) : show(outcome, { isJson, parts })
}

/** Nobody named a file: which one was read all the same, or why nothing of a file is there. */
function tellUnnamed(name: string | null, outcome: NodeOutcome, { complain }: ConfigParts): void {
  if (name !== null) complain(`quorate: no file is named: ${name} is read`)
  else if (outcome.kind === 'wrong') {
    complain(`quorate: no file is named, and there is no ${USUAL_FILE} here`)
  }
}

/** Files are looked for here, which need not be where the node is going to run: no mistake. */
function withFiles(outcome: NodeOutcome, { readText }: ConfigParts): NodeOutcome {
  if (outcome.kind === 'wrong') return outcome
  const remarks = [...outcome.remarks]
  for (const name of SETTING_NAMES) {
    const { kind, of } = settingOf(name)
    const path = kind === FILE ? of(outcome.config) : null
    if (typeof path !== 'string') continue
    try {
      readText(path)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      remarks.push(`${name}: ${path} cannot be read here: ${why}`)
    }
  }
  for (const output of outcome.config.logging.outputs) {
    const isPath = output.includes('/') && output !== JOURNAL
    const directory = dirname(output)
    if (!isPath || !isMissing(directory, readText)) continue
    remarks.push(`logging.outputs: ${output} cannot be written here: there is no ${directory}`)
  }
  return { ...outcome, remarks }
}

/** What is there and no file fails otherwise. */
function isMissing(directory: string, readText: ConfigParts['readText']): boolean {
  try {
    readText(directory)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === ERROR_ABSENT
  }
}

interface Telling {
  readonly isJson: boolean
  readonly parts: Pick<ConfigParts, 'print' | 'complain'>
}

/** Also what `quorate node --check` does. */
export function check(outcome: NodeOutcome, { isJson, parts }: Telling): number {
  const isRight = outcome.kind === 'read'
  if (isJson) {
    const mistakes = isRight ? [] : outcome.problems.map(described)
    const remarks = isRight ? outcome.remarks : []
    parts.print(JSON.stringify({ right: isRight, mistakes, remarks }))
  } else if (isRight) {
    for (const remark of outcome.remarks) parts.complain(`quorate: ${remark}`)
    parts.print('The configuration is right.')
  } else tellProblems(outcome.problems, parts)
  return isRight ? 0 : 1
}

function described(problem: Problem) {
  const { where, value, wanted, example = null, near = null } = problem
  return { where, value, wanted, example, suggestion: near, text: problemText(problem) }
}

function show(outcome: NodeOutcome, { isJson, parts }: Telling): number {
  if (outcome.kind === 'wrong') return check(outcome, { isJson, parts })
  const { config, origins, remarks } = outcome
  const rows = SETTING_NAMES.map((name) => {
    const from = origins.get(name) ?? ({ kind: 'default' } as const)
    return { name, value: settingOf(name).of(config), from }
  })
  if (isJson) {
    const settings = Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest]))
    parts.print(JSON.stringify({ settings, remarks }))
    return 0
  }
  for (const remark of remarks) parts.complain(`quorate: ${remark}`)
  const cells = rows.map(({ name, value, from }) => [name, shownText(value), originText(from)])
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  for (const [name = '', value = '', from = ''] of cells) {
    parts.print(`${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${from}`)
  }
  return 0
}

/** As a flag would say it. */
function shownText(value: Shown): string {
  if (value === null) return '-'
  if (typeof value !== 'object') return String(value)
  if (isList(value)) return value.length === 0 ? '-' : value.join(',')
  const pairs = Object.entries(value).flatMap(([name, urls]) => urls.map((url) => `${name}=${url}`))
  return pairs.join(',')
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value)
}

function init(
  words: NodeWords & { readonly file: string | undefined },
  parts: ConfigParts,
): number {
  const name = words.file ?? words.values.get('config') ?? USUAL_FILE
  const text = initialFile(words.settings)
  const file = { name, text }
  const made = readNodeSources({ file, environment: {}, settings: new Map() })
  const problems = [...words.problems, ...(made.kind === 'wrong' ? made.problems : [])]
  if (problems.length > 0) {
    tellProblems(problems, parts)
    return 1
  }
  try {
    parts.writeText(name, text, { replace: words.switches.has('force') })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === ERROR_EXISTS
    const why = error instanceof Error ? error.message : String(error)
    parts.complain(
      isThere
        ? `quorate: ${name} is there already: --force replaces it, or name another file`
        : `quorate: ${name} cannot be written: ${why}`,
    )
    return 1
  }
  parts.print(`${name} is written. To run the node: quorate node --config ${name}`)
  return 0
}
