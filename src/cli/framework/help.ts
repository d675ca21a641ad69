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

/** Everything about one command; what it shares with many others comes behind what is its own. */
export function commandHelp(spec: Spec, emphasis: Emphasis = PLAIN, shared: Options = {}): string {
  const { bold } = emphasis
  const lines = [usageLine(spec), '', ...wrap(`${capital(spec.summary)}.`, COLUMNS)]
  for (const paragraph of spec.about ?? []) lines.push('', ...wrap(paragraph, COLUMNS))
  if (spec.grammar !== undefined) lines.push('', ...spec.grammar.map((line) => `  ${line}`))
  if (spec.arguments.length > 0) lines.push('', bold('Arguments'), ...argumentLines(spec))
  const [own, common] = partition(spec.options, shared)
  const width = optionWidth(spec.options)
  lines.push(...optionLines(bold('Options'), own, width))
  lines.push(...optionLines(bold('Where the cluster is'), common, width))
  if (spec.examples.length > 0) lines.push('', bold('Examples'), ...exampleLines(spec, emphasis))
  if (spec.exits.length > 0) {
    lines.push('', bold('Exit status'))
    const exits = byCode(spec.exits)
    for (const [at, { code, when }] of exits.entries()) {
      const isAgain = exits[at - 1]?.code === code
      lines.push(...entry(isAgain ? '' : String(code), when, 3))
    }
  }
  return lines.join('\n')
}

function argumentLines(spec: Spec): readonly string[] {
  const width = Math.max(...spec.arguments.map(({ name }) => name.length))
  return spec.arguments.flatMap(({ name, summary }) => entry(name, summary, width))
}

/** Those that only this command has, and those that many have. */
export function partition(options: Options, shared: Options): [own: Options, common: Options] {
  const rows = Object.entries(options)
  const isCommon = ([name, option]: (typeof rows)[number]): boolean => shared[name] === option
  const own = rows.filter((row) => !isCommon(row))
  return [Object.fromEntries(own), Object.fromEntries(rows.filter(isCommon))]
}

function optionWidth(options: Options): number {
  const lengths = Object.entries(options).map(([name, option]) => optionText(name, option).length)
  return Math.max(...lengths.filter((one) => one <= NAME_COLUMNS_MAX), 0)
}

function optionLines(title: string, options: Options, width: number): readonly string[] {
  const rows = Object.entries(options).flatMap(([name, option]) => {
    return entry(optionText(name, option), remark(option), width)
  })
  return rows.length === 0 ? [] : ['', title, ...rows]
}

/** With what holds when nobody says anything. */
export function remark({ summary, fallback, variable }: Option<unknown>): string {
  const notes = []
  if (fallback !== null && fallback !== '') notes.push(`default ${fallback}`)
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
    'First steps: "quorate dev" in one terminal, "quorate put greeting hello" in',
    'another. "quorate COMMAND --help" says more, with examples.',
    '',
    'Where the cluster is: --endpoints, or the variable QUORATE_ENDPOINTS; else this',
    'machine is looked at, ports 8081 to 8083 and then 2379.',
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
