/** Options and exit statuses that commands have in common. */

import {
  choice,
  duration,
  type Exit,
  flag,
  optional,
  text,
  withDefault,
} from '../framework/index.ts'

export const JSON_OPTION = {
  json: flag('one JSON value, for programs'),
} as const

export const JSON_LINES_OPTION = {
  json: flag('one JSON value in each line, for programs'),
} as const

export const COLOR_OPTION = {
  color: choice(['auto', 'always', 'never'], 'auto: on a terminal, unless NO_COLOR is set', {
    fallback: 'auto',
  }),
} as const

/** Where the cluster is, and how to speak to it. */
export const CONNECTION = {
  endpoints: optional(text('LIST'), 'host:port of one or more nodes, with commas', {
    variable: 'QUORATE_ENDPOINTS',
  }),
  timeout: withDefault(duration(1), 'gives up after that time', {
    fallback: '5s',
    variable: 'QUORATE_TIMEOUT',
  }),
  tls: flag('speaks TLS also without any of the files below', { variable: 'QUORATE_TLS' }),
  cacert: optional(text('FILE'), 'certificates (PEM) that vouch for the nodes', {
    variable: 'QUORATE_CACERT',
    completes: 'files',
  }),
  cert: optional(text('FILE'), 'our own certificate (PEM), with --key', {
    variable: 'QUORATE_CERT',
    completes: 'files',
  }),
  key: optional(text('FILE'), 'the key of our own certificate (PEM), with --cert', {
    variable: 'QUORATE_KEY',
    completes: 'files',
  }),
  serverName: optional(text('NAME'), 'that the certificates of the nodes bear', {
    variable: 'QUORATE_SERVER_NAME',
  }),
} as const

export const HEX_OPTION = {
  hex: flag('keys and values are in hexadecimal, on the command line and where they are printed'),
} as const

/** Ends of a command, by number. Scripts rely on them: none ever changes its meaning. */
export const STATUS = {
  fine: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conditionFailed: 4,
  unavailable: 5,
  interrupted: 130,
} as const

export const FINE: Exit = { code: STATUS.fine, when: 'done' }
export const FAILED: Exit = { code: STATUS.failed, when: 'it failed, and the message says why' }
export const USAGE: Exit = { code: STATUS.usage, when: 'wrong usage; nothing was done' }
export const UNAVAILABLE: Exit = {
  code: STATUS.unavailable,
  when: 'too few nodes answered in time; it may have taken effect all the same',
}
/** Of what only looks. */
export const UNANSWERED: Exit = {
  code: STATUS.unavailable,
  when: 'too few nodes answered in time',
}
export const INTERRUPTED: Exit = { code: STATUS.interrupted, when: 'interrupted with Ctrl-C' }

/** Of every command that changes something in a cluster. */
export const TALKING: readonly Exit[] = [FINE, FAILED, USAGE, UNAVAILABLE]
/** Of every command that only asks. */
export const ASKING: readonly Exit[] = [FINE, FAILED, USAGE, UNANSWERED]

export function notFound(when: string): Exit {
  return { code: STATUS.notFound, when }
}

export function conditionFailed(when: string): Exit {
  return { code: STATUS.conditionFailed, when }
}
