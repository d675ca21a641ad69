/** Commands for keys and values. */

import {
  anyText,
  duration,
  flag,
  leaseId,
  optional,
  spec,
  text,
  wholeNumber,
} from '../framework/index.ts'
import {
  ASKING,
  COLOR_OPTION,
  CONNECTION,
  conditionFailed,
  HEX_OPTION,
  INTERRUPTED,
  JSON_LINES_OPTION,
  JSON_OPTION,
  notFound,
  TALKING,
} from './shared.ts'

const SECOND_MS = 1000
const COMMON = { ...HEX_OPTION, ...JSON_OPTION, ...COLOR_OPTION, ...CONNECTION } as const
const COMMON_LINES = {
  ...HEX_OPTION,
  ...JSON_LINES_OPTION,
  ...COLOR_OPTION,
  ...CONNECTION,
} as const

const KEY = { name: 'KEY', summary: 'any text, such as config/port' } as const
const RANGE = {
  prefix: optional(anyText('PREFIX'), 'only keys that begin with it'),
  start: optional(text('KEY'), 'only this key and those behind it'),
  end: optional(text('KEY'), 'only keys before this one'),
} as const

export const PUT = spec({
  name: 'put',
  group: 'data',
  summary: 'stores a value under a key',
  about: [
    'The value is the word behind the key, what comes from standard input when that word is -, ' +
      'or what is in a file. It is stored as it is, byte for byte.',
  ],
  arguments: [
    KEY,
    { name: 'VALUE', summary: 'the value; - reads it from standard input', isOptional: true },
  ],
  options: {
    file: optional(text('FILE'), 'stores what is in this file', { completes: 'files' }),
    ttl: optional(duration(SECOND_MS), 'the key is gone after that time; 1s or more'),
    lease: optional(leaseId, 'the key is gone with this lease'),
    ifAbsent: flag('only when there is no such key'),
    ifRevision: optional(wholeNumber(1), 'only when the key was last changed at this revision'),
    previous: flag('also prints the value that was there before'),
    ...COMMON,
  },
  examples: [
    { words: 'quorate put greeting hello', says: 'stores "hello"' },
    { words: 'quorate put logo --file logo.png', says: 'stores a file' },
    { words: 'date | quorate put now -', says: 'stores what another program prints' },
    { words: 'quorate put session/42 ada --ttl 30m', says: 'gone after half an hour' },
    { words: 'quorate put owner me --if-absent', says: 'only the first one succeeds' },
  ],
  exits: [...TALKING, conditionFailed('the condition does not hold; nothing was stored')],
})

export const GET = spec({
  name: 'get',
  group: 'data',
  summary: 'prints the value of a key',
  about: [
    'Into a file or a pipe goes the value byte for byte and nothing else. On a terminal it ends ' +
      'with a new line, and what a terminal cannot show is written as \\xff.',
  ],
  arguments: [KEY],
  options: {
    long: flag('prints revisions, version and lease as well', { short: 'l' }),
    revision: optional(wholeNumber(1), 'as it was at this revision'),
    stale: flag('asks any node, which may not know the latest writes yet'),
    ...COMMON,
  },
  examples: [
    { words: 'quorate get greeting', says: 'prints the value' },
    { words: 'quorate get logo > logo.png', says: 'writes it into a file, byte for byte' },
    { words: 'quorate get greeting --long', says: 'with the revision that --if-revision takes' },
    { words: 'quorate get greeting --json', says: 'for programs' },
  ],
  exits: [...ASKING, notFound('there is no such key')],
})

export const DEL = spec({
  name: 'del',
  group: 'data',
  summary: 'deletes keys',
  arguments: [{ name: 'KEY', summary: 'a key, or more of them', isOptional: true, isMany: true }],
  options: {
    prefix: optional(anyText('PREFIX'), 'deletes all keys that begin with it'),
    all: flag('deletes every key there is'),
    ifRevision: optional(wholeNumber(1), 'only when the key was last changed at this revision'),
    ...COMMON,
  },
  examples: [
    { words: 'quorate del greeting', says: 'deletes a key' },
    { words: 'quorate del a b c', says: 'deletes three keys, each for itself' },
    { words: 'quorate del --prefix session/', says: 'deletes all sessions at once' },
  ],
  exits: [
    ...TALKING,
    notFound('there was nothing to delete'),
    conditionFailed('the key has another revision; nothing was deleted'),
  ],
})

export const INCR = spec({
  name: 'incr',
  group: 'data',
  summary: 'adds to a counter and prints what it is then',
  about: [
    'A key that is not there counts from 0. It takes effect once, also when an answer is lost ' +
      'and it is sent again.',
  ],
  arguments: [
    KEY,
    { name: 'BY', summary: 'a whole number, also a negative one; default 1', isOptional: true },
  ],
  options: { ...COMMON },
  examples: [
    { words: 'quorate incr hits', says: 'adds 1' },
    { words: 'quorate incr stock -5', says: 'takes 5 away' },
  ],
  exits: TALKING,
})

export const LIST = spec({
  name: 'list',
  group: 'data',
  summary: 'lists keys and values, sorted by key',
  about: [
    'All that is printed is of one revision, however long it takes. On a terminal it is a table; ' +
      'into a pipe go lines with tabs between the columns and no title.',
  ],
  arguments: [{ name: 'PREFIX', summary: 'the same as --prefix', isOptional: true }],
  options: {
    ...RANGE,
    limit: optional(wholeNumber(1), 'at most so many'),
    keysOnly: flag('without values', { short: 'k' }),
    long: flag('with revisions, version, lease and size', { short: 'l' }),
    count: flag('only prints how many there are'),
    reverse: flag('the last key first', { short: 'r' }),
    revision: optional(wholeNumber(1), 'as it was at this revision'),
    ...COMMON_LINES,
  },
  examples: [
    { words: 'quorate list', says: 'everything' },
    { words: 'quorate list --prefix config/ --keys-only', says: 'names only' },
    { words: 'quorate list --start a --end c --limit 10 --long', says: 'a part, with details' },
    { words: 'quorate list --prefix session/ --count', says: 'how many sessions there are' },
    { words: 'quorate list --json', says: 'a line of JSON for each key' },
  ],
  exits: ASKING,
})

export const WATCH = spec({
  name: 'watch',
  group: 'data',
  summary: 'prints changes as they happen',
  about: [
    'Every change once and in order, also while nodes fail. Without KEY or any option it watches ' +
      'everything. It goes on until Ctrl-C, or until --limit.',
    '--timeout says how long it waits for the cluster until it has begun. Then it never gives ' +
      'up: while no node is there it goes on trying, and misses nothing.',
  ],
  arguments: [{ name: 'KEY', summary: 'a key', isOptional: true }],
  options: {
    ...RANGE,
    from: optional(
      wholeNumber(1),
      'begins with the changes of this revision, which may be one that is yet to come',
    ),
    previous: flag('also prints the values that were there before'),
    limit: optional(wholeNumber(1), 'ends after so many changes'),
    ...COMMON_LINES,
  },
  examples: [
    { words: 'quorate watch greeting', says: 'one key' },
    { words: 'quorate watch --prefix config/', says: 'all keys that begin with config/' },
    { words: 'quorate watch --from 100 --json', says: 'all since revision 100, for programs' },
  ],
  exits: [...ASKING, INTERRUPTED],
})

export const TXN = spec({
  name: 'txn',
  group: 'data',
  summary: 'does several things at once, if conditions hold',
  about: [
    'Reads lines such as these, or JSON, from standard input or a file. Without "if" all is done ' +
      'at once, come what may. Quotes hold words together that have spaces; # begins a remark.',
    '"mod" and "create" may also be written "revision" and "createRevision", as in JSON.',
    'JSON is read in the words of POST /api/v1/txn, and == stands for = as well. What is printed ' +
      'with --json is of our own: the result of a "put" is {}, for the revision of all of it is ' +
      'told once.',
    'When conditions do not hold it says which, and what is there instead (of up to 16 keys).',
    'It compares and touches single keys, and lists prefixes: it cannot increment a counter, ' +
      'delete a range, or list one from here to there.',
  ],
  grammar: [
    'if',
    '  exists KEY',
    '  missing KEY',
    '  value KEY = VALUE         or !=, <, >',
    '  version KEY > N           how often it was written',
    '  mod KEY = REVISION        when it was written last',
    '  create KEY = REVISION     when it came to be',
    '  lease KEY = LEASE',
    'then',
    '  put KEY VALUE             also: put KEY VALUE lease=LEASE',
    '  get KEY',
    '  del KEY',
    '  list PREFIX',
    'else',
    '  ...                       the same as under "then"',
  ],
  arguments: [],
  options: {
    file: optional(text('FILE'), 'reads from it and not from standard input', {
      completes: 'files',
    }),
    ...JSON_OPTION,
    ...COLOR_OPTION,
    ...CONNECTION,
  },
  examples: [
    {
      words: "printf 'if\\nmissing lock\\nthen\\nput lock me\\n' | quorate txn",
      says: 'takes what nobody has',
    },
    { words: 'quorate txn --file move.txn', says: 'from a file' },
    {
      words: `echo '{"then":[{"op":"put","key":"a","value":"1"}]}' | quorate txn --json`,
      says: 'JSON in, and JSON out',
    },
  ],
  exits: [...TALKING, conditionFailed('the conditions do not hold; what is under "else" was done')],
})
