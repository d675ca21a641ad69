/** docs/reference/cli.md, of which every word comes from the descriptions of the commands. */

import { referenceText } from './framework/reference.ts'
import { COLOR_OPTION, CONNECTION } from './specs/shared.ts'
import { COMMANDS } from './table.ts'

const INTRO = [
  'Every command takes `--help`, which says the same with the examples; words that are none are',
  'answered with what may be meant. `quorate completion SHELL` lets bash, zsh and fish complete',
  'them.',
  '',
  'What is printed is for people, in colours when it goes to a terminal (not with `NO_COLOR`, see',
  '`--color`); `--json` is for programs and stable. Into a pipe `list` and `watch` write lines',
  'with tabs and without a title; what `status` and `members` print is the same everywhere. In',
  'such a line `\\t`, `\\n` and `\\r` stand for what would end a column or the line, `\\\\` for a',
  'backslash, `\\x1b`, `\\u{202e}` and the like for what a terminal would obey, so that no two',
  'texts look alike; on a terminal a backslash is itself. Keys and values that are no text are',
  'shown with `\\xff` for a byte, in `--json` in base64, which the field `keyEncoding` or',
  '`encoding` then says, and with `--hex` in hexadecimal, which is then also how they are given.',
  'A time is a number with a unit, such as 500ms, 10s, 1h30m or 1d; without a unit it is of',
  "seconds, as in REST and in etcd's tools. Settings of nodes always have a unit.",
  '',
  'A failure is told on standard error: what happened, who answers when that may be the reason,',
  'and what to do. With `--json` that is `{"error": {"code", "message", "retry", "advice"}}`, and',
  '`reach` when too few nodes may have answered: which endpoints did, and how many voters of how',
  'many. `retry` says what became of the command: `never`, it would fail again; `later`, nothing',
  'happened; `unknown-outcome`, a write that may have taken effect. The codes are [those of every',
  'door](errors.md).',
  '',
  'Where the cluster is: `--endpoints`, else the variable `QUORATE_ENDPOINTS`, else 127.0.0.1 with',
  'the ports 8081 to 8083, else 127.0.0.1:2379. TLS is spoken with `--tls`, with any of',
  '`--cacert`, `--cert`, `--key` and `--server-name`, and to endpoints that begin with `https://`.',
  '',
  '| Exit status | |',
  '| --- | --- |',
  '| 0 | done |',
  '| 1 | it failed; the message on standard error says why |',
  '| 2 | wrong usage; nothing was done |',
  '| 3 | there is no such key or lease |',
  '| 4 | a condition does not hold: another revision, a comparison, a lock that others hold |',
  '| 5 | too few nodes answered in time; a write may have taken effect all the same, unless ' +
    '`retry` says that nothing happened |',
  '| 130 | interrupted with Ctrl-C |',
  '',
  'Options of every command that speaks to a cluster:',
]

export function makeReference(): string {
  return referenceText(
    COMMANDS.map(({ spec }) => spec),
    { intro: INTRO, shared: { ...COLOR_OPTION, ...CONNECTION } },
  )
}
