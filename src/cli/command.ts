/** The `quorate` command: the first word says which part of it is meant. */

import type { CommandParts } from './command-parts.ts'
import { suggestion } from './config/index.ts'
import { runEtcdCommand } from './etcd-command.ts'
import { LOG_USAGE, runLogCommand } from './log-command.ts'
import { runNodeCommand } from './node-command.ts'
import { runStartCommand } from './start-command.ts'
import { ETCD_USAGE, NODE_USAGE, START_USAGE, USAGE } from './usage.ts'

type Command = (parameters: readonly string[], parts: CommandParts) => Promise<number>

const COMMANDS: ReadonlyMap<string, { readonly run: Command; readonly usage: string }> = new Map([
  ['node', { run: runNodeCommand, usage: NODE_USAGE }],
  ['etcd', { run: runEtcdCommand, usage: ETCD_USAGE }],
  ['start', { run: runStartCommand, usage: START_USAGE }],
  ['log', { run: runLogCommand, usage: LOG_USAGE }],
  ['version', { run: runVersionCommand, usage: 'usage: quorate version [--json]' }],
])

/** Returns the exit status: 0 fine, 1 something failed or is wrong, 2 wrong usage. */
export async function runCommand(
  parameters: readonly string[],
  parts: CommandParts,
): Promise<number> {
  const [word, ...rest] = parameters
  if (word === undefined || word === 'help' || word === '--help' || word === '-h') {
    return help(rest[0], parts)
  }
  if (word === '--version') return runVersionCommand(rest, parts)
  const command = COMMANDS.get(word)
  if (command === undefined) return refuse(word, parts)
  const wantsHelp = word !== 'etcd' && rest.some((one) => one === '--help' || one === '-h')
  if (wantsHelp) return help(word, parts)
  return command.run(rest, parts)
}

function help(word: string | undefined, parts: CommandParts): number {
  const command = word === undefined ? undefined : COMMANDS.get(word)
  if (word !== undefined && command === undefined) return refuse(word, parts)
  parts.print(command?.usage ?? USAGE)
  return 0
}

function refuse(word: string, { complain }: CommandParts): number {
  const near = suggestion(word, [...COMMANDS.keys(), 'help'])
  const hint = near === null ? '' : `; "quorate ${near}" is meant?`
  complain(`quorate: there is no command "${word}"${hint}`)
  complain(USAGE)
  return 2
}

async function runVersionCommand(
  parameters: readonly string[],
  { print, complain, versions }: CommandParts,
): Promise<number> {
  const { own, etcd, runtime } = versions
  const [option, ...more] = parameters
  if (more.length > 0 || (option !== undefined && option !== '--json')) {
    complain('quorate: version takes no more than --json')
    return 2
  }
  if (option === '--json') print(JSON.stringify({ quorate: own, etcd, runtime }))
  else print(`quorate ${own}, which offers what etcd ${etcd} does, on ${runtime}`)
  return 0
}
