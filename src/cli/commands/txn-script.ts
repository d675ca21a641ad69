/** What `quorate txn` reads: lines for people, or JSON. Pure: text in, plain data out. */

import { KvError } from '../../base/index.ts'

export type Target = 'value' | 'version' | 'createRevision' | 'revision' | 'lease'
export type Relation = '=' | '!=' | '<' | '>'

export interface Condition {
  readonly key: Uint8Array
  readonly target: Target
  readonly relation: Relation
  readonly operand: Uint8Array | number | bigint
}

export type Step =
  | {
      readonly kind: 'put'
      readonly key: Uint8Array
      readonly value: Uint8Array
      readonly lease: bigint | null
    }
  | { readonly kind: 'get' | 'delete'; readonly key: Uint8Array }
  | { readonly kind: 'list'; readonly prefix: Uint8Array }

export interface Script {
  readonly conditions: readonly Condition[]
  /** When all conditions hold. */
  readonly steps: readonly Step[]
  /** When they do not. */
  readonly otherwise: readonly Step[]
}

/** About as many as the client puts into one change. */
const STEPS_MAX = 4000
const RELATIONS: readonly Relation[] = ['=', '!=', '<', '>']
const TARGETS: Readonly<Record<string, Target>> = {
  value: 'value',
  version: 'version',
  create: 'createRevision',
  createRevision: 'createRevision',
  mod: 'revision',
  revision: 'revision',
  lease: 'lease',
}

export function bad(text: string): KvError {
  return new KvError('BAD_REQUEST', text)
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function targetOf(word: string): Target | null {
  return TARGETS[word] ?? null
}

export function relationOf(word: string): Relation | null {
  return RELATIONS.find((one) => one === (word === '==' ? '=' : word)) ?? null
}

/** With at most so many steps on each side; nothing to do at all is a mistake. */
export function checkedScript(script: Script): Script {
  const lists = [script.conditions, script.steps, script.otherwise]
  if (lists.some((list) => list.length > STEPS_MAX)) {
    throw bad(`a transaction has at most ${STEPS_MAX} conditions, and as many steps on each side`)
  }
  if (script.steps.length + script.otherwise.length > 0) return script
  throw bad('there is nothing to do: steps such as "put KEY VALUE" stand under "then"')
}

const SECTIONS = ['if', 'then', 'else'] as const
type Section = (typeof SECTIONS)[number]

/** Every mistake names its line. */
export function readLines(text: string): Script {
  const conditions: Condition[] = []
  const steps: Step[] = []
  const otherwise: Step[] = []
  // Without any section all lines are things to do.
  let section: Section = 'then'
  const seen = new Set<Section>()
  for (const [at, line] of text.split('\n').entries()) {
    const place = `line ${at + 1}`
    const words = wordsOf(line, place)
    const [first] = words
    if (first === undefined) continue
    const named = SECTIONS.find((name) => name === first.replace(/:$/, ''))
    if (named !== undefined && words.length === 1) {
      if (seen.has(named)) throw bad(`${place}: there are two sections "${named}"`)
      seen.add(named)
      section = named
    } else if (section === 'if') conditions.push(condition(words, place))
    else if (section === 'then') steps.push(step(words, place))
    else otherwise.push(step(words, place))
  }
  return checkedScript({ conditions, steps, otherwise })
}

/** As a shell does: quotes hold together, a backslash takes the next letter as it is. */
function wordsOf(line: string, place: string): readonly string[] {
  const words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at)
    if (letter === '\\' && quote !== "'") {
      at += 1
      word = (word ?? '') + unescaped(line.charAt(at))
    } else if (quote !== null) {
      if (letter === quote) quote = null
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '#' && word === null) break
    else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + letter
  }
  if (quote !== null) throw bad(`${place}: a quotation mark is not closed`)
  if (word !== null) words.push(word)
  return words
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function unescaped(letter: string): string {
  return ESCAPES[letter] ?? letter
}

function condition(words: readonly string[], place: string): Condition {
  const [first = '', key = '', sign = '', operand, ...more] = words
  if ((first === 'exists' || first === 'missing') && words.length === 2) {
    const relation = first === 'exists' ? '>' : '='
    return { key: utf8(key), target: 'createRevision', relation, operand: 0 }
  }
  const target = targetOf(first)
  const relation = relationOf(sign)
  if (target === null || relation === null || operand === undefined || more.length > 0) {
    throw bad(
      `${place}: a condition is "value KEY = VALUE", "version KEY > 3", "exists KEY" or the ` +
        `like, with value, version, create, mod or lease and =, !=, < or >`,
    )
  }
  return { key: utf8(key), target, relation, operand: operandOf(target, operand, place) }
}

export function operandOf(target: Target, text: string, place: string): Condition['operand'] {
  if (target === 'value') return utf8(text)
  if (target === 'lease') {
    if (!/^[0-9a-f]{1,16}$/i.test(text)) throw bad(`${place}: a lease is a hexadecimal number`)
    return BigInt.asIntN(64, BigInt(`0x${text}`))
  }
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number
  throw bad(`${place}: ${target} is compared with a number, not with ${JSON.stringify(text)}`)
}

function step(words: readonly string[], place: string): Step {
  const [verb = '', key = '', value = ''] = words
  const count = words.length
  if (verb === 'put' && (count === 3 || count === 4)) {
    return { kind: 'put', key: utf8(key), value: utf8(value), lease: leaseOf(words[3], place) }
  }
  if (verb === 'get' && count === 2) return { kind: 'get', key: utf8(key) }
  if (verb === 'del' && count === 2) return { kind: 'delete', key: utf8(key) }
  if (verb === 'list' && count === 2) return { kind: 'list', prefix: utf8(key) }
  if (verb === 'incr') {
    throw bad(`${place}: a transaction has no "incr"; "quorate incr KEY" stands for itself`)
  }
  throw bad(
    `${place}: a step is "put KEY VALUE", "get KEY", "del KEY" or "list PREFIX"; quotes hold ` +
      'words together',
  )
}

function leaseOf(word: string | undefined, place: string): bigint | null {
  if (word === undefined) return null
  const digits = /^lease=([0-9a-f]{1,16})$/i.exec(word)?.[1]
  if (digits === undefined) throw bad(`${place}: ${JSON.stringify(word)} is one word too many`)
  return BigInt.asIntN(64, BigInt(`0x${digits}`))
}
