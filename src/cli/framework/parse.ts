/** Words of a command line, by the description of a command. */

import { parseArgs } from 'node:util'
import { assert, KvError } from '../../base/index.ts'
import { suggestion } from '../config/problems.ts'
import { type Option, type Options, spelled, type ValuesOf } from './option.ts'
import type { Argument, Call, Spec } from './spec.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `-5` is a number and no option. */
const NEGATIVE = /^-\.?\d/

interface Sorted {
  /** By the name in the description. */
  readonly given: Map<string, string[]>
  readonly words: string[]
  readonly program: string[]
}

/** Fails with BAD_REQUEST for what the description does not allow; nothing has happened then. */
export function parse<Some extends Options>(
  description: Spec<Some>,
  words: readonly string[],
  environment: Environment,
): Call<Some> {
  const sorted = sort(description, words)
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(description.options)) {
    values[name] = readOption(name, option, { given: sorted.given.get(name), environment })
  }
  checkCount(description, sorted.words)
  return { values: values as ValuesOf<Some>, words: sorted.words, program: sorted.program }
}

/**
 * The runtime's own parser cuts the words into tokens; what they mean is decided here, because its
 * messages do not say what may have been meant, and `-5` would be an option to it.
 */
function sort(description: Spec, words: readonly string[]): Sorted {
  const { options } = description
  const { tokens } = parseArgs({
    args: [...words],
    options: tokenOptions(options),
    strict: false,
    allowPositionals: true,
    allowNegative: false,
    tokens: true,
  })
  const sorted: Sorted = { given: new Map(), words: [], program: [] }
  let numberAt = -1
  let isOver = false
  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      isOver = true
    } else if (token.kind === 'positional') {
      const target = isOver && description.program !== undefined ? sorted.program : sorted.words
      target.push(token.value)
    } else if (NEGATIVE.test(words[token.index] ?? '')) {
      // Each digit of `-12` is a token of the same place.
      if (token.index !== numberAt) sorted.words.push(words[token.index] ?? '')
      numberAt = token.index
    } else take(sorted.given, token, { options, next: words[token.index + 1] })
  }
  return sorted
}

interface TokenOption {
  type: 'boolean' | 'string'
  short?: string
}

function tokenOptions(options: Options): Record<string, TokenOption> {
  const entries = Object.entries(options).map(([name, { takes, short }]) => {
    const one: TokenOption = { type: takes === null ? 'boolean' : 'string' }
    if (short !== null) one.short = short
    return [spelled(name).slice(2), one] as const
  })
  return Object.fromEntries(entries)
}

interface OptionToken {
  readonly rawName: string
  readonly name: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function take(
  given: Map<string, string[]>,
  token: OptionToken,
  { options, next }: { readonly options: Options; readonly next: string | undefined },
): void {
  const found = Object.entries(options).find(([name]) => spelled(name) === `--${token.name}`)
  if (found === undefined) throw unknownOption(token, options)
  const [name, option] = found
  const { value } = token
  if (option.takes === null) {
    if (value !== undefined) throw badValue(token.rawName, option, value)
  } else {
    if (value === undefined) throw new KvError('BAD_REQUEST', `${token.rawName} ${missing(option)}`)
    // `--limit --json` has forgotten the number; whoever means such a value writes
    // `--limit=--json`.
    const isOption = token.inlineValue !== true && value === next && /^-[^-\d.]|^--./.test(value)
    if (isOption) throw new KvError('BAD_REQUEST', `${token.rawName} ${missing(option)}`)
  }
  const before = given.get(name)
  if (before === undefined) given.set(name, [value ?? ''])
  else if (option.isMany || option.takes === null) before.push(value ?? '')
  else throw new KvError('BAD_REQUEST', `${token.rawName} is there twice`)
}

function missing({ takes, wanted }: Option<unknown>): string {
  return `needs ${wanted === '' ? takes : wanted} behind it`
}

function unknownOption({ rawName }: OptionToken, options: Options): KvError {
  const names = Object.keys(options).map((name) => spelled(name).slice(2))
  const near = rawName.startsWith('--') ? suggestion(rawName.slice(2), names) : null
  const hint = near === null ? '' : `; --${near} is meant?`
  return new KvError('BAD_REQUEST', `there is no option ${rawName}${hint}`)
}

interface Source {
  readonly given: readonly string[] | undefined
  readonly environment: Environment
}

function readOption(
  name: string,
  option: Option<unknown>,
  { given, environment }: Source,
): unknown {
  if (given !== undefined) {
    const read = option.read(given)
    if (read === null) throw badValue(spelled(name), option, given.join(' '))
    return read.value
  }
  const { variable } = option
  const text = variable === null ? undefined : environment[variable]
  if (variable !== null && text !== undefined && text !== '') {
    const read = option.read([text])
    if (read === null) throw badValue(`the variable ${variable}`, option, text)
    return read.value
  }
  const read = option.read([])
  assert(read !== null, 'an option makes sense when nothing is said of it')
  return read.value
}

const SHOWN_MAX = 60

function badValue(where: string, option: Option<unknown>, text: string): KvError {
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
  const near = suggestion(text, option.choices)
  const hint = near === null ? '' : `; ${near} is meant?`
  const { wanted } = option
  return new KvError('BAD_REQUEST', `${where} takes ${wanted}, not ${JSON.stringify(shown)}${hint}`)
}

function checkCount(description: Spec, words: readonly string[]): void {
  const wanted = description.arguments
  const first = wanted.find((one, at) => one.isOptional !== true && at >= words.length)
  if (first !== undefined) {
    throw new KvError('BAD_REQUEST', `${first.name} is missing: ${first.summary}`)
  }
  const takesAll = wanted.at(-1)?.isMany === true
  const surplus = takesAll ? undefined : words[wanted.length]
  if (surplus !== undefined) {
    const hint = surplusHint(description)
    throw new KvError('BAD_REQUEST', `${JSON.stringify(surplus)} is one word too many${hint}`)
  }
  for (const [at, one] of wanted.entries()) checkChoice(one, words[at])
}

function surplusHint({ program, arguments: wanted }: Spec): string {
  if (program !== undefined) return '; put -- before the program'
  return wanted.some(({ name }) => name === 'VALUE') ? '; a value with spaces needs quotes' : ''
}

function checkChoice({ name, choices }: Argument, word: string | undefined): void {
  if (choices === undefined || word === undefined || choices.includes(word)) return
  const near = suggestion(word, choices)
  // Nobody mistypes the first letter of a word so short: it is another one, such as `pwsh`.
  const isMeant = near !== null && near.charAt(0) === word.charAt(0)
  const hint = isMeant ? `; ${near} is meant?` : ''
  throw new KvError(
    'BAD_REQUEST',
    `${name} is ${choices.join(', ')}, not ${JSON.stringify(word)}${hint}`,
  )
}
