import { isTestCode } from './layers.ts'
import type { Call, Finding, Module, Project, TableRow } from './model.ts'

const TABLE_FILE = 'src/base/errors.ts'
const TABLE_NAME = 'ERRORS'
const BARE = /^(|Eval|Range|Reference|Syntax|Type|URI|Aggregate)Error$/

/** The only kinds of error there are; each has one owner who knows what to do with it. */
export const ERROR_CLASSES: Readonly<Record<string, string>> = {
  KvError: 'what can be expected, with a code of the table',
  BrokenInvariant: 'a fault in Quorate itself; ends the process',
  DiskError: 'what a disk refuses; the log turns it into a KvError',
  HpackError: 'a header block that breaks RFC 7541; its connection ends with COMPRESSION_ERROR',
  Http2Error: 'a connection error of RFC 9113; its connection ends with that code',
  SocketError: 'what a socket refuses; peers and doors turn it into a KvError',
  QuorateError: 'what calls of the client library fail with, with a code of the same table',
}

export function errorFindings(project: Project): Finding[] {
  const table = project.modules.find((module) => module.path === TABLE_FILE)
  const rows = table?.tables.get(TABLE_NAME) ?? []
  const codes = new Set(rows.map((row) => row.key))
  return [
    ...project.modules.flatMap((module) => useFindings(module, codes, table !== undefined)),
    ...duplicateFindings(rows),
  ]
}

function useFindings(module: Module, codes: ReadonlySet<string>, hasTable: boolean): Finding[] {
  const product = /^(src|sim)\//.test(module.path) && !isTestCode(module.path)
  if (!product) return []
  const at = { path: module.path, why: 'callers and clients decide by the code of an error' }
  const findings: Finding[] = []
  for (const call of module.calls) {
    if (BARE.test(call.callee)) {
      findings.push({
        ...at,
        rule: 'bare-error',
        line: call.line,
        what: `makes a bare ${call.callee}`,
        todo: 'assert a broken invariant; for what can happen throw a KvError with a code',
      })
    }
    const code = hasTable ? unknownCode(call, codes) : undefined
    if (code !== undefined) {
      findings.push({
        ...at,
        rule: 'error-code',
        line: call.line,
        what: `${code} is no code of the error table`,
        todo: `add a row to ${TABLE_FILE}`,
      })
    }
  }
  return [...findings, ...classFindings(module)]
}

function unknownCode(call: Call, codes: ReadonlySet<string>): string | undefined {
  if (call.callee !== 'KvError' || !call.isNew) return undefined
  const first = call.arguments[0]
  return first?.kind === 'string' && !codes.has(first.text) ? first.text : undefined
}

function classFindings(module: Module): Finding[] {
  if (!module.path.startsWith('src/')) return []
  return module.classes
    .filter(({ name, parent }) => /Error\b/.test(parent) && ERROR_CLASSES[name] === undefined)
    .map(({ name, line }) => ({
      rule: 'error-class',
      path: module.path,
      line,
      what: `${name} is one more kind of error`,
      why: 'there is one error table; every further kind needs its own translation at every door',
      todo: 'throw a KvError, or state the owner in scripts/check/rule-errors.ts',
    }))
}

function duplicateFindings(rows: readonly TableRow[]): Finding[] {
  return rows
    .filter((row, at) => rows.findIndex((other) => other.key === row.key) !== at)
    .map((row) => ({
      rule: 'error-code-twice',
      path: TABLE_FILE,
      line: row.line,
      what: `${row.key} is declared twice`,
      why: 'the second row silently replaces the first',
      todo: 'keep one of them',
    }))
}
