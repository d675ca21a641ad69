/** The `quorate` command: the first words say which part of it is meant. */

import { KvError } from '../base/index.ts'
import type { CommandParts } from './command-parts.ts'
import { complainOf, failureStatus } from './commands/outcome.ts'
import { suggestion } from './config/problems.ts'
import { commandHelp, familyHelp, overview, usageLine } from './framework/index.ts'
import { OTHER_WORDS, otherWordLines } from './other-words.ts'
import { CONNECTION, STATUS } from './specs/shared.ts'
import { COMMANDS, type Command } from './table.ts'
import { styleOf, wantsColor } from './terminal/index.ts'

/** Returns the exit status; docs/reference/cli.md explains each. */
export async function runCommand(
  parameters: readonly string[],
  parts: CommandParts,
): Promise<number> {
  const [word, ...rest] = parameters
  if (word === undefined) return help([], parts)
  if (word === '--help' || word === '-h' || word === 'help') return help(rest, parts)
  if (word === '--version' || word === '-V') return runCommand(['version', ...rest], parts)
  const command = find(parameters)
  if (command === undefined)
    return wantsHelp(rest) ? help([word], parts) : refuse(parameters, parts)
  const own = parameters.slice(lengthOf(command))
  // A node and an etcd have a language of their own, in which etcd knows --help itself.
  if (wantsHelp(own) && command.spec.name !== 'etcd') return help([command.spec.name], parts)
  return run(command, own, parts)
}

async function run(
  command: Command,
  words: readonly string[],
  parts: CommandParts,
): Promise<number> {
  try {
    return await command.run(words, parts)
  } catch (error) {
    // The commands' own: what a cluster refuses comes as an error of the client.
    if (error instanceof KvError && error.code === 'BAD_REQUEST') {
      const { name } = command.spec
      parts.complain(`quorate ${name}: ${error.message}`)
      parts.complain(usageLine(command.spec))
      parts.complain(`"quorate ${name} --help" says more.`)
      return STATUS.usage
    }
    complainOf(error, words.includes('--json'), parts)
    return failureStatus(error)
  }
}

/** Before a `--`, behind which stand words of another program. */
function wantsHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  const own = end < 0 ? words : words.slice(0, end)
  return own.includes('--help') || own.includes('-h')
}

function find(words: readonly string[]): Command | undefined {
  const two = words.slice(0, 2).join(' ')
  const named = COMMANDS.find(({ spec }) => spec.name === two)
  return named ?? COMMANDS.find(({ spec }) => spec.name === words[0])
}

function lengthOf({ spec }: Command): number {
  return spec.name.split(' ').length
}

function family(word: string): readonly Command[] {
  return COMMANDS.filter(({ spec }) => spec.name.startsWith(`${word} `))
}

async function help(words: readonly string[], parts: CommandParts): Promise<number> {
  const { output, environment, print } = parts
  const isColored = wantsColor('auto', { isTerminal: output.isTerminal, environment })
  const style = styleOf(isColored)
  const [word, ...rest] = words.join(' ').split(' ')
  const specs = COMMANDS.map(({ spec }) => spec)
  if (word === undefined || word === '') {
    print(overview(specs, style))
    return STATUS.fine
  }
  const command = find([word, ...rest])
  const relatives = family(word)
  if (command !== undefined) {
    print((await command.help?.()) ?? commandHelp(command.spec, style, CONNECTION))
  } else if (relatives.length > 0 && rest.length === 0) {
    print(
      familyHelp(
        word,
        relatives.map(({ spec }) => spec),
        style,
      ),
    )
  } else return refuse([word, ...rest], parts)
  return STATUS.fine
}

/** A command that is none: what may be meant, and where to look. */
function refuse(words: readonly string[], { complain }: CommandParts): number {
  const [word = '', second] = words
  if (word.startsWith('-')) {
    const head = `quorate: there is no command "${word}"`
    complain(`${head}; options stand behind the command: ${turned(words)}`)
    complain('"quorate help" lists all commands.')
    return STATUS.usage
  }
  const relatives = family(word)
  if (relatives.length === 0) {
    for (const line of unknownLines(words)) complain(line)
    complain('"quorate help" lists them all.')
    return STATUS.usage
  }
  const seconds = relatives.map(({ spec }) => spec.name.slice(word.length + 1))
  if (second === undefined || second.startsWith('-')) {
    complain(`quorate: ${word} takes one of ${seconds.join(', ')} behind it`)
  } else {
    const near = suggestion(second, seconds)
    const hint = near === null ? '' : `; "quorate ${word} ${near}" is meant?`
    complain(`quorate: there is no command "${word} ${second}"${hint}`)
  }
  complain(`"quorate help ${word}" lists them.`)
  return STATUS.usage
}

function unknownLines(words: readonly string[]): readonly string[] {
  const [word = ''] = words
  const head = `quorate: there is no command "${word}"`
  const known = otherWordLines(words)
  if (known !== null) return told(head, known)
  const firsts = COMMANDS.map(({ spec }) => spec.name.split(' ')[0] ?? '')
  const names = [...new Set(firsts), 'help', ...OTHER_WORDS, ...ALIASES.keys()]
  const near = ALIASES.has(word) ? word : suggestion(word, names)
  if (near === null) return [head]
  const nearLines = otherWordLines([near])
  if (nearLines !== null) return told(`${head}; if "${near}" is meant`, nearLines)
  return [`${head}; "quorate ${ALIASES.get(near) ?? near}" is meant?`]
}

function told(head: string, [first = '', ...more]: readonly string[]): readonly string[] {
  return [`${head}: ${first}`, ...more]
}

/** The same words as they would be right, as far as they show which command is meant. */
function turned(words: readonly string[]): string {
  const at = words.findIndex((_, from) => find(words.slice(from)) !== undefined)
  const command = at < 0 ? undefined : find(words.slice(at))
  if (command === undefined) return `quorate COMMAND ${words.join(' ')}`
  const length = lengthOf(command)
  const moved = [
    ...words.slice(at, at + length),
    ...words.slice(0, at),
    ...words.slice(at + length),
  ]
  return `quorate ${moved.join(' ')}`
}

/** What other tools call it. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['set', 'put'],
  ['write', 'put'],
  ['insert', 'put'],
  ['store', 'put'],
  ['delete', 'del'],
  ['remove', 'del'],
  ['rm', 'del'],
  ['unset', 'del'],
  ['ls', 'list'],
  ['keys', 'list'],
  ['scan', 'list'],
  ['range', 'list'],
  ['dir', 'list'],
  ['find', 'list'],
  ['cat', 'get'],
  ['read', 'get'],
  ['subscribe', 'watch'],
  ['observe', 'watch'],
  ['info', 'status'],
  ['health', 'doctor'],
  ['check', 'doctor'],
  ['member', 'members'],
  ['nodes', 'members'],
  ['server', 'node'],
  ['serve', 'node'],
  ['benchmark', 'bench'],
  ['increment', 'incr'],
  ['decr', 'incr'],
  ['decrement', 'incr'],
  ['transaction', 'txn'],
])
