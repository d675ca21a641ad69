/** `quorate etcd FLAGS`: a node that is told what an etcd is told. */

import type { CommandParts } from './command-parts.ts'
import { type ConfigOutcome, etcdConfig, readEtcdArguments, readEtcdFile } from './config/index.ts'
import { failureText } from './failure-text.ts'
import { ETCD_USAGE } from './usage.ts'

export async function runEtcdCommand(
  parameters: readonly string[],
  parts: CommandParts,
): Promise<number> {
  const wish = readEtcdArguments(parameters, parts.environment)
  if (wish.kind === 'wrong') {
    parts.complain(wish.text)
    parts.complain(ETCD_USAGE)
    return 2
  }
  if (wish.kind === 'help') {
    parts.print(ETCD_USAGE)
    return 0
  }
  if (wish.kind === 'version') {
    tellVersion(parts)
    return 0
  }
  const file = wish.given.flags.get('config-file')?.value
  const outcome: ConfigOutcome =
    typeof file === 'string' && file !== '' ? readFile(file, parts) : etcdConfig(wish.given)
  if (outcome.kind === 'wrong') {
    parts.complain(`quorate: ${file === undefined ? 'the command line' : `${file}`} is wrong:`)
    for (const mistake of outcome.mistakes) parts.complain(`  ${mistake}`)
    return 1
  }
  return parts.runNode(outcome.config, outcome.remarks)
}

/** A file that cannot be read is a mistake like any other. */
function readFile(file: string, { readText }: CommandParts): ConfigOutcome {
  let text: string
  try {
    text = readText(file)
  } catch (error) {
    return { kind: 'wrong', mistakes: [`it cannot be read: ${failureText(error)}`] }
  }
  return readEtcdFile(text)
}

/** The four lines of etcd, of which programs read the first; and what this really is. */
function tellVersion({ print, versions }: CommandParts): void {
  print(`etcd Version: ${versions.etcd}`)
  print('Git SHA: Quorate')
  print('Go Version: none')
  print(`Go OS/Arch: ${versions.platform}`)
  print(`Quorate Version: ${versions.own}`)
}
