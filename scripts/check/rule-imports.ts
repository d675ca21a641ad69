import {
  folderOf,
  isTestCode,
  layerOf,
  MORE_SURFACES,
  SURFACE,
  TEST_SURFACES,
  typesAllowed,
} from './layers.ts'
import type { Finding, Import, Module, Project } from './model.ts'

/** Folders that no other part of the tree may use: programs and tests, not libraries. */
const PROGRAMS = ['scripts', 'bench', 'test']

export function importFindings({ modules }: Project): Finding[] {
  const findings: Finding[] = []
  for (const module of modules) {
    for (const entry of module.imports) {
      const finding = entry.target === null ? undefined : judge(module, entry, entry.target)
      if (finding !== undefined) findings.push(finding)
    }
  }
  return findings
}

function judge(module: Module, entry: Import, target: string): Finding | undefined {
  const at = { path: module.path, line: entry.line }
  const top = (path: string): string => path.split('/')[0] ?? ''
  if (target.endsWith('.test.ts')) {
    return {
      ...at,
      rule: 'import-test',
      what: `imports the test file ${target}`,
      why: 'a test file runs its tests wherever it is loaded',
      todo: 'move what is shared into a testing/ folder beside it',
    }
  }
  if (PROGRAMS.includes(top(target)) && top(target) !== top(module.path)) {
    // Benchmarks start and watch the same processes as tests.
    const mayTest = isTestCode(module.path) || top(module.path) === 'bench'
    if (top(target) === 'test' && mayTest) return undefined
    return outside(at, target)
  }
  if (module.path.startsWith('src/') && top(target) === 'sim') {
    return isTestCode(module.path) ? undefined : outside(at, target)
  }
  if (top(target) !== 'src') return undefined
  return judgeSource(module, entry, target)
}

function outside(at: { path: string; line: number }, target: string): Finding {
  return {
    ...at,
    rule: 'import-outside',
    what: `imports ${target}`,
    why: 'nothing in the product depends on tests, tools or the simulator',
    todo: 'move what both need into a folder of src',
  }
}

function judgeSource(module: Module, entry: Import, target: string): Finding | undefined {
  const at = { path: module.path, line: entry.line }
  const own = folderOf(module.path)
  const folder = folderOf(target)
  if (own !== undefined && own === folder) {
    if (isTestCode(module.path) || !isTestCode(target)) return undefined
    return {
      ...at,
      rule: 'import-outside',
      what: `imports ${target}, which only tests may use`,
      why: 'test doubles and contract suites are no part of the product',
      todo: 'move what both need out of that folder',
    }
  }
  if (folder === undefined) {
    // Only src/main.ts and its like: nobody imports the composition root.
    return { ...outside(at, target), why: 'the composition root is the end of every arrow' }
  }
  return surfaceFinding(module, entry, target) ?? tableFinding(module, entry, folder)
}

function surfaceFinding(module: Module, entry: Import, target: string): Finding | undefined {
  const inside = target.split('/').slice(2).join('/')
  const tests = isTestCode(module.path) || module.path.startsWith('sim/')
  if (inside === SURFACE || MORE_SURFACES.includes(target)) return undefined
  if (tests && TEST_SURFACES.includes(inside)) return undefined
  const folder = `src/${folderOf(target)}`
  return {
    path: module.path,
    line: entry.line,
    rule: 'import-surface',
    what: `imports ${target}, a file inside ${folder}`,
    why: 'a folder has one surface, so that its inside can change',
    todo: `import ${folder}/${SURFACE}, and export there what is missing`,
  }
}

function tableFinding(module: Module, entry: Import, folder: string): Finding | undefined {
  const layer = layerOf(module.path)
  const own = folderOf(module.path)
  if (own === undefined) return undefined
  const at = { path: module.path, line: entry.line }
  if (layer === undefined) {
    return {
      ...at,
      rule: 'import-table',
      what: `src/${own} has no row in the import table`,
      why: 'every folder states what it may import',
      todo: 'add it to scripts/check/layers.ts and to ARCHITECTURE.md',
    }
  }
  if (layer.imports.includes(folder)) return undefined
  const types = typesAllowed(layer).includes(folder)
  if (types && (entry.typeOnly || isTestCode(module.path))) return undefined
  if (types) {
    return {
      ...at,
      rule: 'import-type',
      what: `imports src/${folder} at run time`,
      why: `src/${own} may use only the types of src/${folder}`,
      todo: 'write `import type`, and have the parts passed in',
    }
  }
  return {
    ...at,
    rule: 'import-table',
    what: `src/${own} imports src/${folder}`,
    why: `it may import ${[...layer.imports, 'itself'].join(', ')} (ARCHITECTURE.md)`,
    todo: 'have the part passed in, or move what both need into a folder below both',
  }
}
