/**
 * Scripts that let a shell complete `quorate`. They hold the whole table, so that a shell asks no
 * process for every key that is pressed.
 */

import { type Option, spelled } from './option.ts'
import type { Argument, Shell, Spec } from './spec.ts'

export function completionScript(shell: Shell, specs: readonly Spec[]): string {
  if (shell === 'bash') return bashScript(specs)
  return shell === 'zsh' ? zshScript(specs) : fishScript(specs)
}

/** First words, each with what may come second; nothing for a command of one word. */
function families(specs: readonly Spec[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { name } of specs) {
    const [first = '', second] = name.split(' ')
    const seconds = found.get(first) ?? []
    if (second !== undefined) seconds.push(second)
    found.set(first, seconds)
  }
  return found
}

interface Flagged {
  readonly word: string
  readonly option: Option<unknown>
}

function flagged(spec: Spec): readonly Flagged[] {
  const own = Object.entries(spec.options).map(([name, option]) => ({
    word: spelled(name),
    option,
  }))
  return own
}

function wordsOf(one: Argument | undefined): readonly string[] {
  return one?.choices ?? []
}

/** A variable of the shell. */
function of(name: string): string {
  return `$\{${name}}`
}

function bashScript(specs: readonly Spec[]): string {
  const firsts = [...families(specs).keys(), 'help']
  const second = [...families(specs)].filter(([, words]) => words.length > 0)
  const lines = [
    '# Completion of quorate for bash: source <(quorate completion bash)',
    '_quorate() {',
    `  local word=${of('COMP_WORDS[COMP_CWORD]')} before=${of('COMP_WORDS[COMP_CWORD-1]')}`,
    '  local command at',
    '  COMPREPLY=()',
    // What stands behind `--` is another program's.
    '  for ((at = 1; at < COMP_CWORD; at++)); do',
    `    if [[ ${of('COMP_WORDS[at]')} == -- ]]; then`,
    '      COMPREPLY=($(compgen -c -- "$word")); return',
    '    fi',
    '  done',
    '  if ((COMP_CWORD == 1)); then',
    `    COMPREPLY=($(compgen -W '${firsts.join(' ')} --help --version' -- "$word"))`,
    '    return',
    '  fi',
    `  command=${of('COMP_WORDS[1]')}`,
    '  if [[ $command == help ]]; then',
    `    COMPREPLY=($(compgen -W '${firsts.join(' ')}' -- "$word"))`,
    '    return',
    '  fi',
    '  case $command in',
    ...second.flatMap(([first, words]) => [
      `    ${first})`,
      '      if ((COMP_CWORD == 2)); then',
      `        COMPREPLY=($(compgen -W '${words.join(' ')} --help' -- "$word"))`,
      '        return',
      '      fi',
      `      command="$command ${of('COMP_WORDS[2]')}" ;;`,
    ]),
    '  esac',
    '  case "$command $before" in',
    ...specs.flatMap((spec) => flagged(spec).flatMap((one) => bashValue(spec, one))),
    '  esac',
    '  if [[ $word == -* ]]; then',
    '    case $command in',
    ...specs.map((spec) => {
      const words = [...flagged(spec).map(({ word }) => word), '--help']
      return `      '${spec.name}') COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")) ;;`
    }),
    '    esac',
    '    return',
    '  fi',
    '  case $command in',
    ...specs.flatMap(bashArguments),
    '  esac',
    '}',
    'complete -F _quorate quorate',
  ]
  return `${lines.join('\n')}\n`
}

function bashValue({ name }: Spec, { word, option }: Flagged): readonly string[] {
  if (option.takes === null) return []
  return [`    '${name} ${word}') ${bashReply(option.choices, option.completes)}return ;;`]
}

function bashReply(
  choices: readonly string[],
  completes: 'nothing' | 'files' | 'directories' | undefined,
): string {
  const actions = choices.length > 0 ? [`-W '${choices.join(' ')}'`] : []
  if (completes === 'files') actions.push('-f')
  if (completes === 'directories') actions.push('-d')
  return actions.length === 0 ? '' : `COMPREPLY=($(compgen ${actions.join(' ')} -- "$word")); `
}

function bashArguments({ name, arguments: wanted }: Spec): readonly string[] {
  const choices = wanted.flatMap((one) => wordsOf(one))
  const reply = bashReply(choices, wanted.find(({ completes }) => completes)?.completes)
  return reply === '' ? [] : [`    '${name}') ${reply};;`]
}

function zshScript(specs: readonly Spec[]): string {
  const found = families(specs)
  const summaryOf = (name: string): string =>
    specs.find((spec) => spec.name === name)?.summary ?? `${name} commands`
  const described = (words: readonly string[], first: string): string =>
    words.map((word) => zshQuote(`${word}:${summaryOf(`${first}${word}`)}`)).join(' ')
  const lines = [
    '#compdef quorate',
    '# Completion of quorate for zsh: source <(quorate completion zsh)',
    '_quorate() {',
    '  local -a commands',
    '  if (( CURRENT == 2 )); then',
    `    commands=(${described([...found.keys()], '')})`,
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  case $command in',
    ...[...found].flatMap(([first, seconds]) =>
      seconds.length === 0
        ? []
        : [
            `    ${first})`,
            '      if (( CURRENT == 3 )); then',
            `        commands=(${described(seconds, `${first} `)})`,
            "        _describe 'command' commands",
            '        return',
            '      fi',
            '      command="$command $words[3]"',
            '      shift words; (( CURRENT-- )) ;;',
          ],
    ),
    '  esac',
    '  shift words; (( CURRENT-- ))',
    '  case $command in',
    ...specs.map((spec) => `    '${spec.name}') _arguments -s ${zshArguments(spec).join(' ')} ;;`),
    '  esac',
    '}',
    // Sourced it registers itself; as a file of fpath it is the function's body.
    'if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _quorate "$@"',
    'else compdef _quorate quorate; fi',
  ]
  return `${lines.join('\n')}\n`
}

function zshArguments(spec: Spec): readonly string[] {
  const options = flagged(spec).map(({ word, option }) => {
    const text = `${word}[${option.summary.replace(/[[\]:]/g, ' ')}]`
    if (option.takes === null) return zshQuote(text)
    return zshQuote(`${text}:${option.takes.replace(/:/g, ' ')}:${zshAction(option)}`)
  })
  const words = spec.arguments.map((one) => {
    const action = zshAction({ choices: wordsOf(one), completes: one.completes })
    return zshQuote(`${one.isMany === true ? '*' : ''}:${one.name}:${action}`)
  })
  const program = spec.program === undefined ? [] : [zshQuote('*::program:_normal')]
  return [...options, ...words, ...program]
}

interface Completing {
  readonly choices: readonly string[]
  readonly completes: 'nothing' | 'files' | 'directories' | undefined
}

function zshAction({ choices, completes }: Completing): string {
  if (choices.length > 0) return `(${choices.join(' ')})`
  if (completes === 'files') return '_files'
  return completes === 'directories' ? '_files -/' : ' '
}

function zshQuote(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`
}

function fishScript(specs: readonly Spec[]): string {
  const found = families(specs)
  const lines = [
    '# Completion of quorate for fish: quorate completion fish | source',
    'complete -c quorate -f',
  ]
  for (const [first, seconds] of found) {
    const own = specs.find(({ name }) => name === first)
    const says = fishQuote(own?.summary ?? `${first} commands`)
    lines.push(`complete -c quorate -n __fish_use_subcommand -a ${first} -d ${says}`)
    if (seconds.length === 0) continue
    const none = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from`
    for (const second of seconds) {
      const when = fishQuote(`${none} ${seconds.join(' ')}`)
      const summary = specs.find(({ name }) => name === `${first} ${second}`)?.summary ?? ''
      lines.push(`complete -c quorate -n ${when} -a ${second} -d ${fishQuote(summary)}`)
    }
  }
  for (const spec of specs) lines.push(...fishOptions(spec))
  return `${lines.join('\n')}\n`
}

function fishOptions(spec: Spec): readonly string[] {
  const conditions = spec.name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`)
  const when = fishQuote(conditions.join('; and '))
  const options = flagged(spec).map(({ word, option }) => {
    const short = option.short === null ? '' : ` -s ${option.short}`
    const value = option.takes === null ? '' : fishValue(option)
    const says = fishQuote(option.summary)
    return `complete -c quorate -n ${when} -l ${word.slice(2)}${short}${value} -d ${says}`
  })
  const words = spec.arguments.flatMap((one) => {
    if (one.choices !== undefined) {
      return [`complete -c quorate -n ${when} -a ${fishQuote(one.choices.join(' '))}`]
    }
    return one.completes === undefined ? [] : [`complete -c quorate -n ${when} -F`]
  })
  return [...options, ...words]
}

function fishValue({ choices, completes }: Completing): string {
  if (choices.length > 0) return ` -x -a ${fishQuote(choices.join(' '))}`
  return completes === 'nothing' || completes === undefined ? ' -x' : ' -r -F'
}

function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, (mark) => `\\${mark}`)}'`
}
