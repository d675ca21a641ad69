/** Commands about the command line itself. */

import { SHELLS, spec } from '../framework/index.ts'
import { FAILED, FINE, JSON_OPTION, USAGE } from './shared.ts'

export const COMPLETION = spec({
  name: 'completion',
  group: 'tools',
  summary: 'prints a script that lets a shell complete commands and options',
  arguments: [{ name: 'SHELL', summary: 'bash, zsh or fish', choices: SHELLS }],
  options: {},
  examples: [
    { words: 'source <(quorate completion bash)', says: 'bash, for now; in ~/.bashrc for good' },
    { words: 'source <(quorate completion zsh)', says: 'zsh, behind compinit' },
    { words: 'quorate completion fish | source', says: 'fish' },
  ],
  exits: [FINE, USAGE],
})

export const CONFIG = spec({
  name: 'config',
  group: 'tools',
  summary: 'checks, shows or writes the configuration of a node',
  arguments: [
    { name: 'WORD', summary: 'check, show or init', choices: ['check', 'show', 'init'] },
    {
      name: 'FILE',
      summary: 'YAML; default quorate.yaml',
      isOptional: true,
      completes: 'files',
    },
  ],
  options: {},
  examples: [
    { words: 'quorate config init', says: 'writes a file to begin with' },
    { words: 'quorate config check', says: 'names every mistake in quorate.yaml' },
    { words: 'quorate config show node-1.yaml', says: 'all settings as a node would take them' },
  ],
  exits: [FINE, FAILED, USAGE],
  isRaw: true,
})

export const VERSION = spec({
  name: 'version',
  group: 'tools',
  summary: 'tells which version this is',
  arguments: [],
  options: { ...JSON_OPTION },
  examples: [{ words: 'quorate version --json', says: 'for programs' }],
  exits: [FINE, USAGE],
})
