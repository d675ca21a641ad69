/**
 * Limits with a ratchet: budget.json lists what is over a limit with its present size. Nothing else
 * may cross, what is listed may only shrink, and an entry that is no longer needed must go.
 */

import { isGenerated } from '../wire/generate.ts'
import type { Budget, Finding, Module, Project } from './model.ts'

export const COLUMNS_MAX = 100
export const FILE_LINES_MAX = 600
export const FUNCTION_LINES_MAX = 70

export type BudgetKind = 'fileLines' | 'functionLines' | 'longLines'

export const BUDGET_FILE = 'scripts/check/budget.json'

interface Size {
  readonly path: string
  readonly line: number
  readonly size: number
}

const LIMITS: Readonly<Record<BudgetKind, number>> = {
  fileLines: FILE_LINES_MAX,
  functionLines: FUNCTION_LINES_MAX,
  longLines: 0,
}

export function budgetFindings({ modules, budget }: Project): Finding[] {
  const kinds: BudgetKind[] = ['fileLines', 'functionLines', 'longLines']
  return kinds.flatMap((kind) => judgeKind(kind, measure(kind, modules), budget))
}

/** The smallest budget the tree passes with: never higher than the present one allows. */
export function tightened(project: Project): Pick<Budget, BudgetKind> {
  const result: Record<BudgetKind, Record<string, number>> = {
    fileLines: {},
    functionLines: {},
    longLines: {},
  }
  for (const kind of Object.keys(result) as BudgetKind[]) {
    for (const [key, { size }] of measure(kind, project.modules)) {
      const listed = project.budget[kind][key]
      if (listed !== undefined && size > LIMITS[kind]) result[kind][key] = Math.min(listed, size)
    }
  }
  return result
}

function measure(kind: BudgetKind, modules: readonly Module[]): Map<string, Size> {
  const sizes = new Map<string, Size>()
  for (const module of modules) {
    const { path } = module
    // Nobody reads what a script makes: its length is the length of what it was made from.
    if (kind !== 'longLines' && isGenerated(module)) continue
    if (kind === 'fileLines') {
      sizes.set(path, { path, line: 1, size: module.text.trimEnd().split('\n').length })
    } else if (kind === 'longLines') {
      const long = module.text.split('\n').flatMap((text, at) => (isLong(text) ? [at + 1] : []))
      sizes.set(path, { path, line: long[0] ?? 1, size: long.length })
    } else measureFunctions(module, sizes)
  }
  return sizes
}

function measureFunctions(module: Module, sizes: Map<string, Size>): void {
  for (const { name, line, lines, suite } of module.functions) {
    if (suite) continue
    const key = `${module.path}#${name}`
    // Several functions of one name share an entry: the longest counts.
    if (lines > (sizes.get(key)?.size ?? 0)) {
      sizes.set(key, { path: module.path, line, size: lines })
    }
  }
}

function isLong(text: string): boolean {
  return text.length > COLUMNS_MAX && [...text].length > COLUMNS_MAX
}

const WORDS: Readonly<Record<BudgetKind, (size: number, key: string) => string>> = {
  fileLines: (size) => `the file has ${size} lines; the limit is ${FILE_LINES_MAX}`,
  functionLines: (size, key) =>
    `${key.split('#')[1]} has ${size} lines; the limit is ${FUNCTION_LINES_MAX}`,
  longLines: (size) => `${size} lines are longer than ${COLUMNS_MAX} columns, the first one here`,
}

function judgeKind(kind: BudgetKind, sizes: Map<string, Size>, budget: Budget): Finding[] {
  const findings: Finding[] = []
  for (const [key, { path, line, size }] of sizes) {
    const limit = budget[kind][key] ?? LIMITS[kind]
    if (size <= limit) continue
    const columns = kind === 'longLines'
    findings.push({
      rule: `budget-${kind}`,
      path,
      line,
      what: WORDS[kind](size, key),
      why: columns
        ? 'two files must fit beside each other'
        : 'what is long is read less carefully and changed with more risk',
      todo: columns ? 'run: npm run format' : 'split it: branch in the parent, loop in the child',
    })
  }
  for (const [key, listed] of Object.entries(budget[kind])) {
    const size = sizes.get(key)?.size ?? 0
    if (size >= listed && size > LIMITS[kind]) continue
    findings.push({
      rule: 'budget-stale',
      path: BUDGET_FILE,
      line: 1,
      what: `${kind} of ${key} is listed with ${listed} and is now ${size}`,
      why: 'what has shrunk must not grow back',
      todo: 'run: npm run check -- --write-budget',
    })
  }
  return findings
}
