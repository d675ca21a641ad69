/** `quorate etcd FLAGS`: a node that is told what an etcd is told. */

import type { CommandParts } from './command-parts.ts'
import { type ConfigOutcome, etcdConfig, readEtcdArguments, readEtcdFile } from './config/index.ts'
import { complainOf, readConfigFile } from './node-command.ts'
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
    typeof file === 'string' && file !== ''
      ? readConfigFile(file, { read: readEtcdFile, parts })
      : etcdConfig(wish.given)
  if (outcome.kind === 'wrong') {
    complainOf(outcome.mistakes, { of: file === undefined ? 'the command line' : `${file}`, parts })
    return 1
  }
  return parts.runNode(outcome.config, outcome.remarks)
}

/** The four lines of etcd, of which programs read the first; and what this really is. */
function tellVersion({ print, versions }: CommandParts): void {
  print(`etcd Version: ${versions.etcd}`)
  print('Git SHA: Quorate')
  print('Go Version: none')
  print(`Go OS/Arch: ${versions.platform}`)
  print(`Quorate Version: ${versions.own}`)
}
