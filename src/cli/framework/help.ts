/** What `--help` prints, made of the descriptions. */

import { type Option, type Options, spelled } from './option.ts'
import { type Argument, type Exit, GROUPS, type Spec } from './spec.ts'

const COLUMNS = 80
/** Names that are longer have their summary on the next line. */
const NAME_COLUMNS_MAX = 26

export interface Emphasis {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

const PLAIN: Emphasis = { bold: (text) => text, dim: (text) => text }

export function usageLine({ name, arguments: wanted, options, program, isRaw }: Spec): string {
  const words = [`quorate ${name}`, ...wanted.map(argumentText)]
  if (Object.keys(options).length > 0) words.push('[options]')
  if (isRaw === true) words.push('FLAGS')
  if (program !== undefined) words.push(`[-- ${program}]`)
  return `usage: ${words.join(' ')}`
}

export function argumentText({ name, isOptional, isMany }: Argument): string {
  const text = isMany === true ? `${name}...` : name
  return isOptional === true ? `[${text}]` : text
}

export function optionText(name: string, { takes, short }: Option<unknown>): string {
  const long = takes === null ? spelled(name) : `${spelled(name)} ${takes}`
  return short === null ? long : `-${short}, ${long}`
}

/** Everything about one command. */
export function commandHelp(spec: Spec, emphasis: Emphasis = PLAIN): string {
  const { bold } = emphasis
  const lines = [usageLine(spec), '', ...wrap(`${capital(spec.summary)}.`, COLUMNS)]
  for (const paragraph of spec.about ?? []) lines.push('', ...wrap(paragraph, COLUMNS))
  if (spec.grammar !== undefined) lines.push('', ...spec.grammar.map((line) => `  ${line}`))
  if (spec.arguments.length > 0) lines.push('', bold('Arguments'), ...argumentLines(spec))
  const own = Object.entries(spec.options)
  if (own.length > 0) lines.push('', bold('Options'), ...optionLines(spec.options))
  if (spec.examples.length > 0) lines.push('', bold('Examples'), ...exampleLines(spec, emphasis))
  if (spec.exits.length > 0) {
    lines.push('', bold('Exit status'))
    for (const { code, when } of byCode(spec.exits)) lines.push(...entry(String(code), when, 3))
  }
  return lines.join('\n')
}

function argumentLines(spec: Spec): readonly string[] {
  const width = Math.max(...spec.arguments.map(({ name }) => name.length))
  return spec.arguments.flatMap(({ name, summary }) => entry(name, summary, width))
}

function optionLines(options: Options): readonly string[] {
  const texts = Object.entries(options).map(
    ([name, option]) => [optionText(name, option), remark(option)] as const,
  )
  const lengths = texts.map(([text]) => text.length).filter((one) => one <= NAME_COLUMNS_MAX)
  const width = Math.max(...lengths, 0)
  return texts.flatMap(([text, summary]) => entry(text, summary, width))
}

/** With what holds when nobody says anything. */
export function remark({ summary, fallback, variable }: Option<unknown>): string {
  const notes = []
  if (fallback !== null && fallback !== '') notes.push(`${fallback} when absent`)
  if (variable !== null) notes.push(`variable ${variable}`)
  return notes.length === 0 ? summary : `${summary} (${notes.join('; ')})`
}

function exampleLines({ examples }: Spec, { dim }: Emphasis): readonly string[] {
  return examples.flatMap(({ words, says }) => [`  ${words}`, `      ${dim(says)}`])
}

/** `  name   summary`, the summary broken into lines of its own column. */
function entry(name: string, summary: string, width: number): readonly string[] {
  const indent = ' '.repeat(width + 5)
  const [first = '', ...rest] = wrap(summary, COLUMNS - indent.length)
  const isLong = name.length > width
  const head = isLong ? [`  ${name}`, indent + first] : [`  ${name.padEnd(width + 3)}${first}`]
  return [...head, ...rest.map((line) => indent + line)]
}

/** Of several commands that share a first word. */
export function familyHelp(word: string, specs: readonly Spec[], emphasis = PLAIN): string {
  const width = Math.max(...specs.map(({ name }) => name.length))
  return [
    `usage: quorate ${word} COMMAND [options]`,
    '',
    emphasis.bold('Commands'),
    ...specs.flatMap(({ name, summary }) => entry(name, summary, width)),
    '',
    `"quorate ${specs[0]?.name ?? word} --help" says more about one of them.`,
  ].join('\n')
}

/** A line for each command; commands of a family share one. */
export function overview(specs: readonly Spec[], emphasis = PLAIN): string {
  const rows = specs.map(({ name, group, summary }) => ({ name, group, summary }))
  const width = Math.max(...rows.map(({ name }) => name.length))
  const lines = ['usage: quorate COMMAND [options]', '']
  for (const [group, title] of Object.entries(GROUPS)) {
    lines.push(emphasis.bold(title))
    for (const row of rows)
      if (row.group === group) lines.push(...entry(row.name, row.summary, width))
    lines.push('')
  }
  lines.push(
    'First steps: "quorate dev" in one terminal, "quorate put greeting hello" in another.',
    '"quorate COMMAND --help" says more, with examples. Where the cluster is: --endpoints or the',
    'variable QUORATE_ENDPOINTS; 127.0.0.1:8081 to 8083 or 127.0.0.1:2379 when neither says it.',
  )
  return lines.join('\n')
}

export function byCode(exits: readonly Exit[]): readonly Exit[] {
  return exits.toSorted((one, other) => one.code - other.code)
}

export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (joined.length <= columns) line = joined
    else {
      if (line !== '') lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
