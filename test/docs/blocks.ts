/**
 * The commands and programs in a document, as `run.ts` executes them:
 *
 *     ```sh        lines for bash; all of a document run one after the other in one directory
 *     ```console   lines that begin with "$ " are commands, the others what they print; `…` stands
 *                  for anything within a line, a line that is only `…` for any lines; blanks may
 *                  be more, or tabs, which is what programs get instead of a table
 *     ```ts        a program, which has to end by itself with status 0
 *
 * In the line before a block, a comment may say how it is meant:
 *
 *     <!-- in the background -->       goes on while the following ones run; killed at the end
 *     <!-- shown by test/x.test.ts --> is not run here: the file that it names does
 *     <!-- fails -->                   has to end with another status than 0
 *
 * Blocks of other kinds (yaml, json, text) are not run.
 */

import { existsSync } from 'node:fs'
import path from 'node:path'

export type Language = 'sh' | 'console' | 'ts'

export interface Block {
  readonly language: Language
  readonly text: string
  /** Of its first line in the document. */
  readonly line: number
  readonly meant: 'now' | 'background' | 'fails' | { readonly shownBy: string }
}

export interface Command {
  readonly command: string
  /** As it is in the document, or null: whatever is printed is fine. */
  readonly prints: string | null
}

/** Of others, which documents use and a machine may not have. */
const PROGRAMS: readonly string[] = ['curl', 'etcdctl', 'openssl']

const FENCE = /^( *)```(\w*)\s*$/
const NOTE = /^\s*<!-- (.*?) -->\s*$/

export function blocksOf(document: string): Block[] {
  const lines = document.split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent, language] = FENCE.exec(lines[i] as string) ?? []
    if (indent === undefined) continue
    const begin = i + 1
    while (i + 1 < lines.length && !FENCE.test(lines[i + 1] as string)) i += 1
    const text = lines.slice(begin, i + 1).map((line) => line.slice(indent.length))
    i += 1
    if (language !== 'sh' && language !== 'console' && language !== 'ts') continue
    const meant = meaningOf(lines[begin - 2] ?? '')
    blocks.push({ language, text: text.join('\n'), line: begin + 1, meant })
  }
  return blocks
}

/** One that the block needs and that is not installed here. */
export function missingProgram(
  { language, text, meant }: Block,
  isInstalled: (program: string) => boolean = isOnPath,
): string | null {
  if (language === 'ts' || typeof meant === 'object') return null
  const used = PROGRAMS.filter((program) => new RegExp(`\\b${program} `).test(text))
  return used.find((program) => !isInstalled(program)) ?? null
}

function isOnPath(program: string): boolean {
  const places = (process.env['PATH'] ?? '').split(':')
  return places.some((place) => existsSync(path.join(place, program)))
}

function meaningOf(line: string): Block['meant'] {
  const note = NOTE.exec(line)?.[1]
  if (note === 'in the background') return 'background'
  if (note === 'fails') return 'fails'
  const file = /^shown by (\S+)$/.exec(note ?? '')?.[1]
  return file === undefined ? 'now' : { shownBy: file }
}

/** What a console shows: each command with what it prints. A `\` at the end goes on. */
export function commandsOf(text: string): Command[] {
  const commands: { command: string; prints: string | null }[] = []
  let goesOn = false
  for (const line of text.split('\n')) {
    const last = commands.at(-1)
    if (goesOn && last !== undefined) last.command += `\n${line}`
    else if (line.startsWith('$ ')) commands.push({ command: line.slice(2), prints: null })
    else if (last !== undefined) {
      last.prints = last.prints === null ? line : `${last.prints}\n${line}`
      continue
    } else throw new Error(`a console begins with a command, not with: ${line}`)
    goesOn = line.endsWith('\\')
  }
  return commands
}

/** Whether it was printed, as far as the document says what is printed. */
export function isAsShown(printed: string, shown: string): boolean {
  const lines = shown.trimEnd().split('\n')
  const pattern = lines.map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${patternOf(line)}\n`))
  return new RegExp(`^${pattern.join('')}$`).test(`${printed.trimEnd()}\n`)
}

function patternOf(line: string): string {
  return line
    .trimEnd()
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/ +/g, '[ \\t]+'))
    .join('.*?')
    .concat('[ \\t]*')
}
