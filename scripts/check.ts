/**
 * `npm run check`: the compiler, the linter and the rules of the house, side by side. Nothing is
 * changed on disk.
 *
 *   npm run check                      everything; `path:line rule: what; why; what to do`
 *   npm run check -- --json            the same for programs
 *   npm run check -- --write-budget    tighten the ratchet in scripts/check/budget.json
 */

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { loadBudget, loadFiles } from './check/load.ts'
import type { Finding, Project } from './check/model.ts'
import { type Density, densities } from './check/rule-assertions.ts'
import { BUDGET_FILE, tightened } from './check/rule-budgets.ts'
import { filesInTypeCycles } from './check/rule-cycles.ts'
import { judge } from './check/rules.ts'
import { parseModules } from './check/syntax.ts'
import { makeReferences } from './reference/registry.ts'

interface ToolOutcome {
  readonly tool: string
  readonly ok: boolean
  readonly output: string
}

const root = path.resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    'write-budget': { type: 'boolean', default: false },
  },
})

const started = performance.now()
const tools = [
  runTool('compiler', ['typescript', 'bin', 'tsc'], ['-p', '.']),
  runTool(
    'linter',
    ['@biomejs', 'biome', 'bin', 'biome'],
    ['check', '--error-on-warnings', ...(process.stdout.isTTY ? ['--colors=force'] : []), '.'],
  ),
]
const files = loadFiles(root)
const project: Project = {
  files,
  modules: parseModules(files),
  budget: loadBudget(root),
  references: await makeReferences(files),
}
const findings = judge(project)
const density = densities(project.modules)
if (values['write-budget']) writeBudget()
const outcomes = await Promise.all(tools)
const ok = findings.length === 0 && outcomes.every((outcome) => outcome.ok)

if (values.json) console.log(JSON.stringify({ ok, findings, tools: outcomes, density }, null, 2))
else report()
process.exitCode = ok ? 0 : 1

function runTool(tool: string, file: string[], words: string[]): Promise<ToolOutcome> {
  const script = path.join(root, 'node_modules', ...file)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...words], { cwd: root })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
    })
    child.stderr.on('data', (data) => {
      output += data
    })
    child.on('error', (error) => resolve({ tool, ok: false, output: error.message }))
    child.on('close', (code) => resolve({ tool, ok: code === 0, output: output.trim() }))
  })
}

function report(): void {
  for (const { tool, ok: passed, output } of outcomes) {
    console.log(passed ? `${tool}: no complaint` : `${tool}:\n${output}\n`)
  }
  for (const finding of findings) console.log(line(finding))
  const aims = density.map((one) => `${one.folder} ${one.perFunction.toFixed(2)}`).join(', ')
  console.log(`assertions per function: ${aims}`)
  const cycles = filesInTypeCycles(project.modules)
  console.log(`files in cycles through types alone: ${cycles}`)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const verdict = findings.length === 0 ? 'nothing to say' : `${findings.length} findings`
  console.log(`rules: ${verdict} about ${project.modules.length} source files, ${seconds} s`)
}

function line({ path: name, line: at, rule, what, why, todo }: Finding): string {
  return `${name}:${at} ${rule}: ${what}; ${why}; ${todo}`
}

/** Sizes only go down and densities only up; what is over a limit and not listed stays refused. */
function writeBudget(): void {
  const floors = density.map(({ folder, perFunction }: Density): [string, number] => {
    return [folder, Math.max(perFunction, project.budget.assertions[folder] ?? 0)]
  })
  const budget = { ...tightened(project), assertions: Object.fromEntries(floors) }
  writeFileSync(path.join(root, BUDGET_FILE), `${JSON.stringify(budget, null, 2)}\n`)
}
