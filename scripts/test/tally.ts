/**
 * Counts what the test runner reports and says it in words: one line per finished file, each
 * failure in full as soon as it happens, and a summary.
 */

import path from 'node:path'
import { inspect } from 'node:util'

/** The part of the runner's events that is read here. */
export interface TestEvent {
  readonly type: string
  readonly data: object
}

interface TestData {
  readonly name: string
  readonly nesting: number
  readonly file?: string
  readonly line?: number
  /** Absent when the runner speaks of the file as a whole. */
  readonly entryFile?: string
  readonly skip?: string | boolean
  readonly todo?: string | boolean
  readonly details: { readonly duration_ms: number; readonly type?: string; readonly error?: Error }
}

interface FileTally {
  passed: number
  failed: number
  durationMs: number
}

const SLOWEST_SHOWN = 10

export class Tally {
  readonly #root: string
  readonly #print: (line: string) => void
  readonly #files = new Map<string, FileTally>()
  readonly #failures: string[] = []
  #passed = 0
  #failed = 0
  #skipped = 0

  constructor(root: string, print: (line: string) => void) {
    this.#root = root
    this.#print = print
  }

  /** A run that executed nothing proves nothing: it did not succeed. */
  get succeeded(): boolean {
    return this.#failed === 0 && this.#passed > 0
  }

  observe(event: TestEvent): void {
    const data = event.data as TestData
    if (event.type === 'test:pass') this.#onPass(data)
    else if (event.type === 'test:fail') this.#onFail(data)
    else if (event.type === 'test:summary') this.#onFileEnd(event.data)
    else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      const { message } = event.data as { message: string }
      this.#print(message.replace(/\n$/, ''))
    } else if (event.type === 'test:diagnostic') {
      const { file, message } = event.data as { file?: string; message: string }
      if (file !== undefined) this.#print(`${this.#relative(file)}: ${message}`)
    }
  }

  summary(): string[] {
    const slowest = [...this.#files]
      .sort(([, one], [, other]) => other.durationMs - one.durationMs)
      .slice(0, SLOWEST_SHOWN)
    const lines = ['']
    if (slowest.length > 1) lines.push('slowest files:')
    if (slowest.length > 1) for (const [file, tally] of slowest) lines.push(fileLine(file, tally))
    if (this.#failures.length > 0) lines.push('', 'failed:', ...this.#failures)
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : ''
    return [...lines, '', `${this.#passed} passed, ${this.#failed} failed${skipped}`]
  }

  #onPass(data: TestData): void {
    if (data.details.type === 'suite') return
    if (data.skip || data.todo) this.#skipped += 1
    else if (isWholeFile(data)) {
      this.#fail(data, new Error('The file ended well but contains no test.'))
    } else {
      this.#passed += 1
      this.#file(data).passed += 1
    }
  }

  #onFail(data: TestData): void {
    const error = data.details.error
    const kind = (error as { failureType?: string } | undefined)?.failureType
    // A suite, test or file whose only fault is a failed child adds nothing to the child's report.
    const already = this.#file(data).failed > 0 && (isWholeFile(data) || data.nesting === 0)
    if (kind === 'subtestsFailed' && (data.details.type === 'suite' || already)) return
    if (isWholeFile(data) && already) return
    this.#fail(data, error)
  }

  #fail(data: TestData, error: Error | undefined): void {
    this.#failed += 1
    this.#file(data).failed += 1
    const place = this.#relative(data.file) + (data.line === undefined ? '' : `:${data.line}`)
    const name = isWholeFile(data) ? 'the file as a whole' : data.name
    this.#failures.push(`  ${place}  ${name}`)
    this.#print(`FAILED ${place}  ${name}`)
    this.#print(explanation(error).replace(/^/gm, '    '))
  }

  /** The runner sends one summary per file, and one without a file for the whole run. */
  #onFileEnd(data: { file?: string; duration_ms?: number }): void {
    if (data.file === undefined) return
    const tally = this.#file(data)
    // The runner may send a file's summary twice.
    if (tally.durationMs > 0) return
    tally.durationMs = data.duration_ms ?? 0
    this.#print(fileLine(this.#relative(data.file), tally))
  }

  #file(data: { file?: string; entryFile?: string }): FileTally {
    const file = this.#relative(data.entryFile ?? data.file)
    let tally = this.#files.get(file)
    if (tally === undefined) {
      tally = { passed: 0, failed: 0, durationMs: 0 }
      this.#files.set(file, tally)
    }
    return tally
  }

  #relative(file: string | undefined): string {
    if (file === undefined) return '?'
    return path.relative(this.#root, file).replaceAll('\\', '/')
  }
}

function isWholeFile(data: TestData): boolean {
  return data.entryFile === undefined && data.nesting === 0 && data.name === data.file
}

function explanation(error: Error | undefined): string {
  const cause = error?.cause ?? error
  if (cause instanceof Error) return inspect(cause, { depth: 6 })
  // All the runner knows when a process ends badly although no test of its own failed.
  if (cause === 'test failed') return 'Its process failed; what it said is above.'
  return String(cause)
}

function fileLine(file: string, tally: FileTally): string {
  const time = `${(tally.durationMs / 1000).toFixed(2)} s`.padStart(9)
  const verdict = tally.failed > 0 ? 'FAIL' : 'ok  '
  const failed = tally.failed > 0 ? `, ${tally.failed} failed` : ''
  return `${verdict} ${time}  ${file}  ${tally.passed} passed${failed}`
}
