/** `quorate node --config FILE`: a node that a file of ours describes. */

import { parseArgs } from 'node:util'
import type { CommandParts } from './command-parts.ts'
import { type ConfigOutcome, readNodeFile } from './config/index.ts'
import { failureText } from './failure-text.ts'
import { NODE_USAGE } from './usage.ts'

export async function runNodeCommand(
  parameters: readonly string[],
  parts: CommandParts,
): Promise<number> {
  let values: ReturnType<typeof readOptions>
  try {
    values = readOptions(parameters)
  } catch (error) {
    parts.complain(`quorate: ${failureText(error)}`)
    parts.complain(NODE_USAGE)
    return 2
  }
  const file = values.config
  if (file === undefined) {
    parts.complain('quorate: which file? Name it with --config')
    parts.complain(NODE_USAGE)
    return 2
  }
  const outcome = readConfigFile(file, { read: readNodeFile, parts })
  if (values.check) return report(outcome, { file, json: values.json, parts })
  if (outcome.kind === 'wrong') {
    complainOf(outcome.mistakes, { of: file, parts })
    return 1
  }
  const { config, remarks } = outcome
  return parts.runNode(config, remarks)
}

function readOptions(parameters: readonly string[]) {
  return parseArgs({
    args: [...parameters],
    options: {
      config: { type: 'string' },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  }).values
}

/** A file that cannot be read is a mistake like any other. */
export function readConfigFile(
  file: string,
  { read, parts }: { read: (text: string) => ConfigOutcome; parts: CommandParts },
): ConfigOutcome {
  let text: string
  try {
    text = parts.readText(file)
  } catch (error) {
    return { kind: 'wrong', mistakes: [`it cannot be read: ${failureText(error)}`] }
  }
  return read(text)
}

export function complainOf(
  mistakes: readonly string[],
  { of, parts }: { readonly of: string; readonly parts: CommandParts },
): void {
  parts.complain(`quorate: ${of} is wrong:`)
  for (const mistake of mistakes) parts.complain(`  ${mistake}`)
}

function report(
  outcome: ConfigOutcome,
  { file, json, parts }: { file: string; json: boolean; parts: CommandParts },
): number {
  const isRight = outcome.kind === 'read'
  if (json) {
    const mistakes = isRight ? [] : outcome.mistakes
    parts.print(JSON.stringify({ file, right: isRight, mistakes }))
  } else if (isRight) parts.print(`${file} is right`)
  else complainOf(outcome.mistakes, { of: file, parts })
  return isRight ? 0 : 1
}
