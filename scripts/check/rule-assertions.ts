import { isGenerated } from '../wire/generate.ts'
import { isPure, isTestCode, LAYERS } from './layers.ts'
import type { Finding, Module, Project } from './model.ts'
import { BUDGET_FILE } from './rule-budgets.ts'

export interface Density {
  readonly folder: string
  readonly assertions: number
  readonly functions: number
  readonly perFunction: number
}

/** How many assertions the pure folders have per named function; about two is the aim. */
export function densities(modules: readonly Module[]): Density[] {
  const folders = LAYERS.filter((layer) => layer.pure).map((layer) => layer.folder)
  return folders.flatMap((folder) => {
    const own = modules.filter(
      (module) =>
        module.path.startsWith(`src/${folder}/`) && isPure(module.path) && !isGenerated(module),
    )
    if (own.length === 0) return []
    const calls = own.flatMap((module) => module.calls)
    const assertions = calls.filter(({ callee }) => isAssertion(callee)).length
    const functions = own.flatMap((module) => module.functions).filter((one) => one.named).length
    const perFunction = Math.floor((assertions / Math.max(1, functions)) * 100) / 100
    return [{ folder, assertions, functions, perFunction }]
  })
}

/** Helpers of a folder that assert on behalf of their callers are called `assertSomething`. */
function isAssertion(callee: string): boolean {
  return /^(this\.#?)?(assert([A-Z]\w*)?|unreachable)$/.test(callee)
}

export function assertionFindings(project: Project): Finding[] {
  return [
    ...densityFindings(project),
    ...project.modules
      .filter(({ path }) => /^(src|sim)\//.test(path) && !isTestCode(path))
      .flatMap(textFindings),
  ]
}

function densityFindings({ modules, budget }: Project): Finding[] {
  return densities(modules)
    .filter(({ folder, perFunction }) => perFunction < (budget.assertions[folder] ?? 0))
    .map(({ folder, perFunction: now }) => ({
      rule: 'assertion-density',
      path: BUDGET_FILE,
      line: 1,
      what: `src/${folder}: ${now} assertions per function, not ${budget.assertions[folder]}`,
      why: 'assertions turn silent corruption into a stop; their number may only rise',
      todo: 'assert what the new functions rely on and what they promise',
    }))
}

/** A text built for the case that it is needed is built every time. */
function textFindings({ path, calls }: Module): Finding[] {
  return calls
    .filter(({ callee, arguments: given }) => callee === 'assert' && given[1]?.kind !== 'string')
    .map(({ line }) => ({
      rule: 'assertion-text',
      path,
      line,
      what: 'asserts without a constant text',
      why: 'a template costs eight times as much as the assertion, each time it holds',
      todo: 'give a plain string that says what is always true',
    }))
}
