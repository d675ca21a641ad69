/** What a person is told when something went wrong. */

import { KvError } from '../base/index.ts'

const CAUSES_MAX = 5

const BUG_LINES: readonly string[] = [
  'this is a bug in Quorate, not in what you did. It stopped at once, to do no harm;',
  'the files of the log were not changed in place. Keep a copy of the directory before you',
  'try again, and please report these lines:',
]
/** The same for whoever reads events. */
export const BUG_ADVICE = BUG_LINES.join(' ')

/**
 * What happened, and why as far down as it is known. What is expected to fail needs no stack; where
 * anything else comes from is all that is known of it, and it is a fault of the program.
 */
export function failureLines(error: unknown): string[] {
  if (isExpected(error)) return [`quorate: ${failureText(error)}`]
  return [
    ...BUG_LINES.map((line, at) => (at === 0 ? `quorate: ${line}` : `  ${line}`)),
    `  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  ]
}

/** No fault of the program: what it says is all that anybody needs to know. */
export function isExpected(error: unknown): boolean {
  return error instanceof KvError || isDiskError(error)
}

/** By its name: whoever is only told what to type loads no disk. */
function isDiskError(error: unknown): boolean {
  return error instanceof Error && error.name === 'DiskError'
}

const OF_FILES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory',
}

/** Why a file that a person has named cannot be read. */
export function fileText(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException
  return OF_FILES[code] ?? failureText(error)
}

/** The message, and those of its causes that it does not repeat already. */
export function failureText(error: unknown): string {
  let text = error instanceof Error ? error.message : String(error)
  let cause = error instanceof Error ? error.cause : undefined
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth++) {
    if (!text.includes(cause.message)) text = `${text}: ${cause.message}`
    cause = cause.cause
  }
  return text
}
