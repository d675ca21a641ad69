/**
 * `npm run check-history -- FILE.jsonl [--json] [--seconds N]`: is the history linearizable? The
 * file's format is in docs/format/history.md; `-` reads standard input.
 *
 * Exit codes: 0 linearizable, 1 not linearizable, 2 wrong usage or a file that is no history,
 * 3 inconclusive.
 */

import { closeSync, openSync, readSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { KvError } from '../src/base/index.ts'
import {
  HISTORY_LIMITS,
  type History,
  HistoryError,
  HistoryParser,
  type HistoryReport,
  judgeHistory,
  LineSplitter,
  reportLines,
} from './check/index.ts'

const USAGE = 'usage: npm run check-history -- FILE.jsonl [--json] [--seconds N]'
const SECONDS_DEFAULT = 60
const CHUNK_BYTES = 65_536
const STANDARD_INPUT = 0

const EXIT_CODES: Readonly<Record<HistoryReport['verdict'], number>> = {
  linearizable: 0,
  'not linearizable': 1,
  inconclusive: 3,
}
const EXIT_BAD_INPUT = 2

interface Wish {
  readonly file: string
  readonly json: boolean
  readonly seconds: number
}

/** Null when the arguments make no sense. */
function readArguments(words: readonly string[]): Wish | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, seconds: { type: 'string' } },
    })
    const [file, ...more] = positionals
    const seconds = Number(values.seconds ?? SECONDS_DEFAULT)
    if (file === undefined || more.length > 0 || !(seconds > 0)) return null
    return { file, json: values.json ?? false, seconds }
  } catch (error) {
    // What parseArgs throws for an unknown option.
    if (error instanceof TypeError) return null
    throw error
  }
}

function readHistory(file: string): History {
  const parser = new HistoryParser()
  const splitter = new LineSplitter(HISTORY_LIMITS.lineBytesMax, (text) => parser.line(text))
  const chunk = new Uint8Array(CHUNK_BYTES)
  const descriptor = file === '-' ? STANDARD_INPUT : openFile(file)
  try {
    let total = 0
    for (let length = -1; length !== 0; ) {
      length = readChunk(descriptor, chunk, { file })
      total += length
      if (total > HISTORY_LIMITS.fileBytesMax) {
        throw new HistoryError('TOO_LARGE', `${file} is too large`)
      }
      splitter.push(chunk.subarray(0, length))
    }
  } finally {
    closeSync(descriptor)
  }
  splitter.finish()
  return parser.finish()
}

function openFile(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    throw new HistoryError('BAD_REQUEST', `${file} cannot be opened`, { cause })
  }
}

function readChunk(descriptor: number, chunk: Uint8Array, { file }: { file: string }): number {
  try {
    return readSync(descriptor, chunk)
  } catch (cause) {
    // Windows reports the end of a closed pipe as an error; there is nothing more to read.
    if ((cause as NodeJS.ErrnoException).code === 'EOF') return 0
    throw new HistoryError('BAD_REQUEST', `${file} cannot be read`, { cause })
  }
}

function main(words: readonly string[]): number {
  const wish = readArguments(words)
  if (wish === null) {
    console.error(USAGE)
    return EXIT_BAD_INPUT
  }
  try {
    const history = readHistory(wish.file)
    const deadlineMs = performance.now() + wish.seconds * 1000
    const report = judgeHistory(history, { expired: () => performance.now() > deadlineMs })
    console.log(wish.json ? JSON.stringify(report) : reportLines(report).join('\n'))
    return EXIT_CODES[report.verdict]
  } catch (error) {
    if (!(error instanceof KvError)) throw error
    console.error(`${wish.file}: ${error.message}`)
    return EXIT_BAD_INPUT
  }
}

process.exitCode = main(process.argv.slice(2))
