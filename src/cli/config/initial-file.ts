/** A file to begin with: every setting, what it means, and what it is when nobody says. */

import { pairsOf } from './kinds.ts'
import type { GivenSetting } from './node-words.ts'
import { SECTIONS, SETTING_NAMES, type SettingName, settingOf } from './settings.ts'

const COLUMNS = 90
const DATA_DIRECTORY = './data'

const HEAD = `# What a node of Quorate is told. Every line that begins with "#" and a setting shows
# what holds without it, or an example; remove the "#" to say something else.
# Variables are read over this file (client.listen is QUORATE_CLIENT_LISTEN), and flags over
# both (--client-listen). "quorate config check FILE" names every mistake, and "quorate config
# show FILE" what a node would take.
`

export function initialFile(given: ReadonlyMap<SettingName, GivenSetting>): string {
  const lines: string[] = [HEAD]
  let before: readonly string[] = []
  for (const name of SETTING_NAMES) {
    const words = name.split('.')
    const sections = words.slice(0, -1)
    const common = sections.findIndex((word, i) => word !== before[i])
    const from = common < 0 ? sections.length : common
    if (from === 0) lines.push('')
    for (let depth = from; depth < sections.length; depth++) {
      const section = sections[depth] ?? ''
      if (depth === 0) lines.push(`# ${SECTIONS[section] ?? ''}`)
      lines.push(`${indent(depth)}${section}:`)
    }
    before = sections
    lines.push(...entry(name, given.get(name)?.value ?? null))
  }
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
}

function entry(name: SettingName, value: string | null): readonly string[] {
  const words = name.split('.')
  const margin = indent(words.length - 1)
  const key = words.at(-1) ?? ''
  const { about, defaultText, defaultNote, example, isRequired } = settingOf(name)
  const note = defaultNote === '' ? '' : ` Default: ${defaultNote}.`
  const comment = wrapped(`${about}${note}`.replaceAll('`', ''), COLUMNS - margin.length)
  const written = value ?? (isRequired ? DATA_DIRECTORY : null)
  const usual = defaultText === '' ? example : defaultText
  return [
    ...comment.map((line) => `${margin}# ${line}`),
    ...(written === null
      ? valueLines(name, { key, value: usual }).map((line) => `${margin}# ${line}`)
      : valueLines(name, { key, value: written }).map((line) => `${margin}${line}`)),
  ]
}

function valueLines(
  name: SettingName,
  { key, value }: { readonly key: string; readonly value: string },
): readonly string[] {
  if (name !== 'cluster.members') return [`${key}: ${quoted(value)}`]
  const urls = new Map<string, string[]>()
  for (const [member, url] of pairsOf(value)) {
    urls.set(member, [...(urls.get(member) ?? []), url])
  }
  return [`${key}:`, ...[...urls].map(([member, all]) => `  ${quoted(member)}: ${list(all)}`)]
}

function list(texts: readonly string[]): string {
  const [only = ''] = texts
  return texts.length === 1 ? quoted(only) : `[${texts.map(quoted).join(', ')}]`
}

/** JSON is YAML, and quotes whatever YAML would take for something else. */
function quoted(text: string): string {
  return /^[A-Za-z/.][\w./:-]*$|^\d[\d.]*[a-zA-Z]*$/.test(text) ? text : JSON.stringify(text)
}

function indent(depth: number): string {
  return '  '.repeat(depth)
}

function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
