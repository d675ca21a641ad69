/**
 * The checker itself: a small clean project passes, and one violation of every rule, planted in it,
 * is found at its place and nowhere else.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Budget, EMPTY_BUDGET, type Finding, type Module, type TextFile } from './model.ts'
import { densities } from './rule-assertions.ts'
import { tightened } from './rule-budgets.ts'
import { filesInTypeCycles } from './rule-cycles.ts'
import { judge } from './rules.ts'
import { parseModules } from './syntax.ts'
import { CLEAN, PLANTED, type Planted } from './testing/planted.ts'

type Texts = Readonly<Record<string, string>>

/**
 * Starting the parser costs more than using it: all projects are parsed in one go, side by side.
 */
function parseAll(projects: readonly Texts[]): Module[][] {
  const files = projects.flatMap((texts, at) =>
    Object.entries(texts).map(([path, text]) => ({ path: `project${at}/${path}`, text })),
  )
  const modules = parseModules(files)
  return projects.map((_, at) => {
    const prefix = `project${at}/`
    const own = (path: string): string => path.slice(prefix.length)
    return modules
      .filter((module) => module.path.startsWith(prefix))
      .map((module) => ({
        ...module,
        path: own(module.path),
        imports: module.imports.map((entry) => {
          return { ...entry, target: entry.target === null ? null : own(entry.target) }
        }),
        mentions: module.mentions.map(own),
      }))
  })
}

function filesOf(texts: Texts): TextFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }))
}

function textsWith(planted: Planted): Texts {
  return { ...CLEAN, ...planted.files }
}

const parsed = parseAll([CLEAN, ...PLANTED.map(textsWith)])

function findingsAt(index: number, texts: Texts, budget: Partial<Budget> = {}): Finding[] {
  const modules = parsed[index] ?? []
  return judge({
    files: filesOf(texts),
    modules,
    budget: { ...EMPTY_BUDGET, ...budget },
    references: [],
  })
}

test('a clean project has no findings', () => {
  assert.deepEqual(findingsAt(0, CLEAN), [])
})

for (const [index, planted] of PLANTED.entries()) {
  test(`${planted.rule} is found: ${planted.title}`, () => {
    const findings = findingsAt(index + 1, textsWith(planted), planted.budget)
    const places = findings.map(({ rule, path, line }) => `${rule} ${path}:${line}`)
    assert.deepEqual(places, [`${planted.rule} ${planted.at}`])
    for (const { what, why, todo } of findings) assert.ok(what !== '' && why !== '' && todo !== '')
  })
}

test('what the budget lists may stay as large as it is, and no larger', () => {
  const long = PLANTED.findIndex((planted) => planted.rule === 'budget-longLines')
  const texts = textsWith(PLANTED[long] as Planted)
  const listed = (count: number): Finding[] =>
    findingsAt(long + 1, texts, { longLines: { 'src/raft/core.ts': count } })
  assert.deepEqual(listed(1), [])
  assert.equal(listed(2)[0]?.rule, 'budget-stale')
})

test('a document that is not what is made of its sources now, or cannot be made, is found', () => {
  const [modules = []] = parsed
  const path = 'docs/guide.md'
  const judged = (text: string | null): string[] =>
    judge({
      files: filesOf(CLEAN),
      modules,
      budget: EMPTY_BUDGET,
      references: [{ path, text, failure: 'there is no table' }],
    }).map(({ rule, what }) => `${rule}: ${what}`)
  assert.deepEqual(judged(CLEAN[path] ?? ''), [])
  assert.deepEqual(judged('# Another guide\n'), ['reference-stale: does not say what is so now'])
  assert.deepEqual(judged(null), ['reference-stale: cannot be made: there is no table'])
})

test('tightening the budget lowers what has shrunk and never admits anything new', () => {
  const long = PLANTED.findIndex((planted) => planted.rule === 'budget-longLines')
  const modules = parsed[long + 1] ?? []
  const files = filesOf(textsWith(PLANTED[long] as Planted))
  const tighten = (longLines: Record<string, number>): unknown =>
    tightened({ files, modules, budget: { ...EMPTY_BUDGET, longLines }, references: [] }).longLines
  assert.deepEqual(tighten({}), {})
  assert.deepEqual(tighten({ 'src/raft/core.ts': 9 }), { 'src/raft/core.ts': 1 })
  assert.deepEqual(tighten({ 'src/gone.ts': 9 }), {})
})

test('assertion density counts named functions of pure folders and leaves tests out', () => {
  const found = densities(parsed[0] ?? [])
  const raft = found.find((one) => one.folder === 'raft')
  assert.deepEqual(raft, { folder: 'raft', assertions: 2, functions: 2, perFunction: 1 })
  assert.deepEqual(found.map((one) => one.folder).sort(), ['base', 'raft'])
})

test('cycles through types are counted and not refused', () => {
  const [modules = []] = parseAll([
    {
      'src/raft/a.ts': "import type { B } from './b.ts'\nexport type A = B | null\n",
      'src/raft/b.ts': "import type { A } from './a.ts'\nexport type B = A[]\n",
      'src/raft/c.ts': "import type { A } from './a.ts'\nexport type C = A\n",
    },
  ])
  assert.equal(filesInTypeCycles(modules), 2)
  const findings = judge({ files: [], modules, budget: EMPTY_BUDGET, references: [] })
  assert.equal(findings.filter((finding) => finding.rule === 'import-cycle').length, 0)
})

test('names in strings, comments, templates, patterns and members are no globals', () => {
  const [modules = []] = parseAll([
    {
      'src/raft/a.ts': `// setTimeout Promise 日本 🎉
const text = 'setTimeout(Promise)' + \`Date \${1} process\`
const pattern = /setTimeout|Promise/
interface Clock { setTimeout(process: number): void; readonly Date: string }
export function f(clock: Clock, process: { id: number }, { fetch: get }: { fetch: string }) {
  return [text, pattern, clock.setTimeout, clock.Date, process.id, get, { console: 1 }]
}
export const performance = 1
`,
    },
  ])
  assert.deepEqual(modules[0]?.globals, [])
})

test('a global is seen although another function declares the same name', () => {
  const text = `export function f(process: number) { return process }
export function g() { return process.pid }
export const h = { performance }
`
  const [modules = []] = parseAll([{ 'src/raft/a.ts': text }])
  assert.deepEqual(modules[0]?.globals, [
    { name: 'process', line: 2 },
    { name: 'performance', line: 3 },
  ])
})
