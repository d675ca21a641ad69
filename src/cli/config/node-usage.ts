/** What `quorate node` takes, for people. */

import { flagOf, SETTING_NAMES, settingOf } from './settings.ts'

const FLAG_COLUMNS = 36

export function nodeUsage(): string {
  const rows = SETTING_NAMES.map((name) => {
    const { defaultText, defaultNote, isRequired } = settingOf(name)
    const usual = defaultText === '' ? defaultNote.replaceAll('`', '') : defaultText
    return `  ${flagOf(name).padEnd(FLAG_COLUMNS)}  ${isRequired ? '(has to be said)' : usual}`
  })
  return `usage: quorate node [--config FILE] [flags]

Runs a node that a file, variables and flags describe, until it is told to stop.

  --config FILE   YAML; variables QUORATE_... are read over it, and flags over both
  --check         only says whether all that is right
  --json          with --check: one JSON value, for programs

Flags, with what holds without them. Each has a variable, too: --client-listen is
QUORATE_CLIENT_LISTEN. "quorate config init" writes a file that says what each means.

${rows.join('\n')}

  quorate config init                     writes a file with every setting
  quorate node --data-directory ./data    runs a node that is a cluster of its own`
}
