import { folderOf, isPure, isTestCode, ROOT_FILE, ROOT_FOLDER } from './layers.ts'
import type { Finding, Module, Project } from './model.ts'

/** Time, chance and the process, reached without being passed in. */
const AMBIENT: ReadonlySet<string> = new Set(
  `Date performance Temporal crypto process console fetch globalThis navigator
  setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate
  WebSocket EventSource Worker BroadcastChannel MessageChannel WeakRef FinalizationRegistry
  require module __dirname __filename`.split(/\s+/),
)
const AMBIENT_MEMBERS: ReadonlySet<string> = new Set(['Math.random'])

/** Beyond the ambient ones: what would make a pure folder wait, or differ between machines. */
const IMPURE: ReadonlySet<string> = new Set(
  `Promise queueMicrotask Buffer Intl SharedArrayBuffer Atomics AbortController
  AbortSignal`.split(/\s+/),
)
const IMPURE_MEMBER = /\.(localeCompare|toLocaleString|toLocaleUpperCase|toLocaleLowerCase)$/

interface Exception {
  readonly path: RegExp
  /** Global names, and `node:` modules, that these files may use. */
  readonly names: readonly string[]
  readonly reason: string
}

const TERMINAL = ['process', 'console', 'performance', 'Date', 'node:util', 'node:path']
const MACHINE = ['node:fs', 'node:os', 'node:worker_threads', 'node:child_process']

/** Everything that is not listed takes its parts as arguments. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    path: /^src\/cli\//,
    names: ['process', 'console', 'node:util', 'node:path'],
    reason: 'a command reads its arguments and prints',
  },
  {
    path: /^src\/api\/http\/http-server\.ts$/,
    names: ['node:http'],
    reason: 'a server that does not listen: it parses what comes over the sockets it is given',
  },
  {
    path: /^src\/api\/http\/answer-writer\.ts$/,
    names: ['node:http', 'Date'],
    reason: 'the words of a status, and the time of its clock in words',
  },
  {
    path: /^src\/cli\/config\/urls\.ts$/,
    names: ['node:net', 'node:path'],
    reason: 'tells an address from a name, and opens nothing',
  },
  {
    path: /^sim\/(main|check-history|mutants|campaign|worker)\.ts$/,
    names: [...TERMINAL, ...MACHINE],
    reason: 'the programs of the simulator: arguments, progress, reports, one worker per core',
  },
  {
    path: /^sim\/mutants\/preload\.ts$/,
    names: ['process', 'node:module'],
    reason: 'puts a mutant in place of a source file while it is loaded',
  },
  {
    path: /^sim\/speed\.ts$/,
    names: ['process'],
    reason: 'measures the processor time of a run; no run depends on it',
  },
  {
    path: /^sim\/world\/(microtasks|world)\.ts$/,
    names: ['setImmediate', 'node:v8'],
    reason: 'the one loop that drains promise continuations between two simulated events',
  },
  {
    path: /^sim\//,
    names: ['node:util'],
    reason: 'compares and prints values; always the same for the same values',
  },
]

const ASK_FOR_IT = 'take a Clock, Chance, Disk or Sockets as an argument (src/io, src/base)'

export function nameFindings({ modules }: Project): Finding[] {
  return modules.flatMap((module) => {
    if (isPure(module.path)) return [...ambientFindings(module), ...pureFindings(module)]
    return isBound(module.path) ? ambientFindings(module) : []
  })
}

/** Everything of src and sim is, but for the doors to the outside and tests. */
function isBound(path: string): boolean {
  const folder = folderOf(path)
  if (isTestCode(path) || path === ROOT_FILE || folder === ROOT_FOLDER || folder === 'io') {
    return false
  }
  return path.startsWith('src/') || path.startsWith('sim/')
}

function ambientFindings(module: Module): Finding[] {
  const allowed = new Set(
    EXCEPTIONS.filter((exception) => exception.path.test(module.path)).flatMap(
      (exception) => exception.names,
    ),
  )
  const why = 'a run must replay from its seed, and a part must work on any clock and disk'
  const at = { rule: 'ambient-name', path: module.path, why, todo: ASK_FOR_IT }
  const findings: Finding[] = []
  for (const { name, line } of module.globals) {
    if (!AMBIENT.has(name) || allowed.has(name)) continue
    if (name === 'Date' && isDateArithmetic(module, line)) continue
    findings.push({ ...at, line, what: `uses ${name}` })
  }
  for (const { name, line } of module.accesses) {
    if (AMBIENT_MEMBERS.has(name)) findings.push({ ...at, line, what: `uses ${name}` })
  }
  for (const { specifier, line, typeOnly } of module.imports) {
    if (!specifier.startsWith('node:') || typeOnly || allowed.has(specifier)) continue
    findings.push({ ...at, rule: 'node-import', line, what: `imports ${specifier}` })
  }
  return findings
}

/** `Date.UTC(2026, 0)` asks no clock. */
function isDateArithmetic(module: Module, line: number): boolean {
  return module.accesses.some((access) => access.name === 'Date.UTC' && access.line === line)
}

function pureFindings(module: Module): Finding[] {
  const at = {
    rule: 'impure-name',
    path: module.path,
    why: 'a pure folder computes: it never waits, and gives the same on every machine',
    todo: 'return what should be done, and let the caller do it',
  }
  const findings: Finding[] = []
  for (const { name, line } of module.globals) {
    if (IMPURE.has(name)) findings.push({ ...at, line, what: `uses ${name}` })
  }
  for (const { name, line } of module.keywords) {
    if (name === 'async' || name === 'await') findings.push({ ...at, line, what: `uses ${name}` })
  }
  for (const { name, line } of module.accesses) {
    if (IMPURE_MEMBER.test(name)) findings.push({ ...at, line, what: `calls ${name}` })
  }
  for (const { specifier, line } of module.imports) {
    if (specifier.startsWith('.') || specifier.startsWith('node:')) continue
    findings.push({ ...at, line, what: `imports the package ${specifier}` })
  }
  return findings
}
