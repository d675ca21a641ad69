/** A small clean project, and for every rule the smallest change that breaks exactly that rule. */

import type { Budget } from '../model.ts'

export interface Planted {
  readonly rule: string
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  /** `path:line` of the only finding. */
  readonly at: string
  readonly budget?: Partial<Budget>
}

const HEADER = '/** A folder of the sample: it exists so that rules have something to look at. */\n'
const TEST = "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n"
const ERRORS = `export const ERRORS = {
  NOT_LEADER: { http: 421, grpc: 14, retry: 'at-leader' },
} as const
export class KvError extends Error {}
`
const CORE = `import { assert } from '../base/index.ts'
export function step(term: number): number {
  assert(term >= 0, 'a term is never negative')
  return next(term)
}
const next = (term: number): number => {
  assert(term < 9, 'terms end')
  return term + 1
}
`

export const CLEAN: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'planted',
    scripts: { start: 'node scripts/bootstrap.mjs src/main.ts', sim: 'node sim/main.ts' },
    exports: { './raft': { default: './dist/raft/index.js' } },
  }),
  'README.md': 'Run `npm run sim`; more is in [the guide](docs/guide.md).\n',
  'docs/guide.md': '# Guide\n',
  'src/base/index.ts': `${HEADER}export { assert } from './assert.ts'
export { ERRORS, KvError } from './errors.ts'
`,
  'src/base/assert.ts': 'export function assert(holds: unknown, text: string): void {}\n',
  'src/base/errors.ts': ERRORS,
  'src/raft/index.ts': `${HEADER}export { step } from './core.ts'\n`,
  'src/raft/core.ts': CORE,
  'src/raft/core.test.ts': `${TEST}import { step } from './core.ts'
test('a step raises the term', () => assert.equal(step(1), 2))
`,
  'src/io/index.ts': `${HEADER}export type { Disk } from './types.ts'
export { open } from './disk.ts'
`,
  'src/io/types.ts': 'export interface Disk { read(): Promise<string> }\n',
  'src/io/disk.ts': `import { readFile } from 'node:fs/promises'
import { KvError } from '../base/index.ts'
export async function open(path: string): Promise<string> {
  if (path === '') throw new KvError('NOT_LEADER')
  return await readFile(path, 'utf8')
}
`,
  'src/log/index.ts': `${HEADER}import type { Disk } from '../io/index.ts'
import type { step } from '../raft/index.ts'
export type Log = [Disk, typeof step]
`,
  'src/main.ts': `import { open } from './io/index.ts'
import type { Log } from './log/index.ts'
export const log: Log[] = []
console.log(await open(process.argv[2] ?? ''))
`,
  'sim/main.ts': `import { step } from '../src/raft/index.ts'
console.log(step(1), process.argv)
`,
  // What is published is used by its name, wherever that is shown.
  'examples/one.ts': "import { step } from 'planted/raft'\nstep(1)\n",
  'examples/other.ts': "import { step } from 'planted/raft'\nstep(2)\n",
}

function append(path: string, text: string): Record<string, string> {
  return { [path]: `${CLEAN[path]}${text}` }
}

function prepend(path: string, text: string): Record<string, string> {
  return { [path]: `${text}${CLEAN[path]}` }
}

const CORE_FILE = 'src/raft/core.ts'
const CORE_TEST = 'src/raft/core.test.ts'

const IMPORTS: readonly Planted[] = [
  {
    rule: 'import-table',
    title: 'a pure folder that imports io',
    files: prepend(CORE_FILE, "import type { Disk } from '../io/index.ts'\n"),
    at: `${CORE_FILE}:1`,
  },
  {
    rule: 'import-table',
    title: 'a folder without a row',
    files: {
      'src/extra/extra.test.ts': `${TEST}import { step } from '../raft/index.ts'
test('it steps', () => assert.equal(step(1), 2))
`,
    },
    at: 'src/extra/extra.test.ts:3',
  },
  {
    rule: 'import-type',
    title: 'code of a folder of which only types are allowed',
    files: append('src/log/index.ts', "export { step } from '../raft/index.ts'\n"),
    at: 'src/log/index.ts:5',
  },
  {
    rule: 'import-surface',
    title: 'a file inside another folder',
    files: prepend('sim/main.ts', "import '../src/raft/core.ts'\n"),
    at: 'sim/main.ts:1',
  },
  {
    rule: 'import-outside',
    title: 'the product uses the simulator',
    files: prepend(CORE_FILE, "import type { A } from '../../sim/main.ts'\n"),
    at: `${CORE_FILE}:1`,
  },
  {
    rule: 'import-outside',
    title: 'the product uses a test double',
    files: {
      ...prepend(CORE_FILE, "import './testing/fake.ts'\n"),
      'src/raft/testing/fake.ts': 'export const fake = 1\n',
    },
    at: `${CORE_FILE}:1`,
  },
  {
    rule: 'import-test',
    title: 'a test file is imported',
    files: prepend('sim/main.ts', "import '../src/raft/core.test.ts'\n"),
    at: 'sim/main.ts:1',
  },
  {
    rule: 'import-cycle',
    title: 'two files that import each other',
    files: {
      ...prepend(CORE_FILE, "import './other.ts'\n"),
      'src/raft/other.ts': "import { step } from './core.ts'\nexport const other = step\n",
    },
    at: `${CORE_FILE}:1`,
  },
  {
    rule: 'import-table',
    title: 'a folder that uses the composition root',
    files: {
      ...append('src/log/index.ts', "export type { A } from '../main/index.ts'\n"),
      'src/main/index.ts': `${HEADER}import { open } from '../io/index.ts'
export type A = typeof open
export const started = process.uptime()
`,
    },
    at: 'src/log/index.ts:5',
  },
  {
    rule: 'package-twice',
    title: 'two files that know one package',
    files: {
      ...prepend('src/io/disk.ts', "import 'lmdb'\n"),
      ...prepend('src/main.ts', "import type { A } from 'lmdb/deep'\n"),
    },
    at: 'src/main.ts:1',
  },
]

const NAMES: readonly Planted[] = [
  {
    rule: 'ambient-name',
    title: 'a clock of its own',
    files: append(CORE_FILE, 'export const now = () => Date.now()\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'ambient-name',
    title: 'chance of its own, outside the pure folders',
    files: append('src/log/index.ts', 'export const roll = () => Math.random()\n'),
    at: 'src/log/index.ts:5',
  },
  {
    rule: 'ambient-name',
    title: 'a timer in the simulator',
    files: {
      ...append('sim/main.ts', "import './tick.ts'\n"),
      'sim/tick.ts': 'export const tick = () => setTimeout(() => {}, 1)\n',
    },
    at: 'sim/tick.ts:1',
  },
  {
    rule: 'node-import',
    title: 'a module of Node.js behind the back of io',
    files: prepend('src/log/index.ts', `${HEADER}import 'node:fs'\n`),
    at: 'src/log/index.ts:2',
  },
  {
    rule: 'impure-name',
    title: 'a promise in a pure folder',
    files: append(CORE_FILE, 'export type Later = Promise<number>\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'impure-name',
    title: 'an async function in a pure folder',
    files: append(CORE_FILE, "const later = async () => assert(1, 'a')\nexport { later }\n"),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'impure-name',
    title: 'an order that depends on the language of the machine',
    files: append(CORE_FILE, "export const order = 'a'.localeCompare('b')\n"),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'impure-name',
    title: 'a package in a pure folder',
    files: prepend(CORE_FILE, "import 'lodash'\n"),
    at: `${CORE_FILE}:1`,
  },
]

const LONG_BODY = '  step(1)\n'.repeat(69)

const BUDGETS: readonly Planted[] = [
  {
    rule: 'budget-longLines',
    title: 'a line of 101 columns',
    files: append(CORE_FILE, `// ${'a'.repeat(98)}\n`),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'budget-functionLines',
    title: 'a function of 71 lines',
    files: append('sim/main.ts', `export function long() {\n${LONG_BODY}}\n`),
    at: 'sim/main.ts:3',
  },
  {
    rule: 'budget-fileLines',
    title: 'a file of 601 lines',
    files: append(CORE_FILE, '//\n'.repeat(592)),
    at: `${CORE_FILE}:1`,
  },
  {
    rule: 'budget-stale',
    title: 'an entry for what no longer exists',
    files: {},
    budget: { fileLines: { 'src/raft/gone.ts': 700 } },
    at: 'scripts/check/budget.json:1',
  },
  {
    rule: 'assertion-density',
    title: 'fewer assertions than there were',
    files: append(CORE_FILE, 'export function bare() {}\n'),
    budget: { assertions: { raft: 1 } },
    at: 'scripts/check/budget.json:1',
  },
  {
    rule: 'assertion-text',
    title: 'a text that is built each time',
    files: append(CORE_FILE, 'export const check = (n: number) => assert(n, `a constant`)\n'),
    at: `${CORE_FILE}:10`,
  },
]

const ERROR_RULES: readonly Planted[] = [
  {
    rule: 'bare-error',
    title: 'an error without a code',
    files: append(CORE_FILE, "export const fail = () => new Error('no')\n"),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'error-class',
    title: 'one more kind of error',
    files: append(CORE_FILE, 'export class RaftError extends Error {}\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'error-code',
    title: 'a code that is not in the table',
    files: append('src/io/disk.ts', "export const no = () => new KvError('NO_SUCH_CODE')\n"),
    at: 'src/io/disk.ts:7',
  },
  {
    rule: 'error-code-twice',
    title: 'a code that is declared twice',
    files: {
      'src/base/errors.ts': ERRORS.replace(/( {2}NOT_LEADER.*\n)/, '$1$1'),
    },
    at: 'src/base/errors.ts:3',
  },
]

const LANGUAGE: readonly Planted[] = [
  {
    rule: 'default-export',
    title: 'a function without a name of its own',
    files: append(CORE_FILE, 'export default step\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'enum',
    title: 'an enum',
    files: append(CORE_FILE, 'export enum Kind { A }\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'any',
    title: 'the type any',
    files: append(CORE_FILE, 'export const loose = (value: any) => value\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'module-state',
    title: 'a variable at the top level',
    files: append(CORE_FILE, 'export let count = 0\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'leftover',
    title: 'a note for later',
    files: append(CORE_FILE, `// TO${'DO'}: everything else\n`),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'parameters',
    title: 'four parameters',
    files: append(CORE_FILE, 'export const f = (a: 1, b: 2, c: 3, d: 4) => [a, b, c, d]\n'),
    at: `${CORE_FILE}:10`,
  },
  {
    rule: 'folder-header',
    title: 'a surface without a word about the folder',
    files: { 'src/raft/index.ts': "export { step } from './core.ts'\n" },
    at: 'src/raft/index.ts:1',
  },
]

const TESTS: readonly Planted[] = [
  {
    rule: 'test-waits',
    title: 'a test that sleeps',
    files: append(CORE_TEST, "test('waits', (_, done) => { setTimeout(done, 1) })\n"),
    at: `${CORE_TEST}:5`,
  },
  {
    rule: 'skipped-test',
    title: 'a test that is skipped by its name',
    files: append(CORE_TEST, "test.skip('later', () => {})\n"),
    at: `${CORE_TEST}:5`,
  },
  {
    rule: 'skipped-test',
    title: 'a test that is skipped by an option',
    files: append(CORE_TEST, "test('alone', { only: true }, () => {})\n"),
    at: `${CORE_TEST}:5`,
  },
  {
    rule: 'test-chance',
    title: 'a test that cannot be replayed',
    files: append(CORE_TEST, "test('rolls', () => assert.ok(Math.random() < 1))\n"),
    at: `${CORE_TEST}:5`,
  },
]

const TREE: readonly Planted[] = [
  {
    rule: 'dead-file',
    title: 'a file that nothing reaches',
    files: { 'src/raft/unused.ts': 'export const unused = 1\n' },
    at: 'src/raft/unused.ts:1',
  },
  {
    rule: 'machine-path',
    title: 'a directory of one machine',
    files: append('README.md', `It lives in /${'home'}/ada/quorate.\n`),
    at: 'README.md:2',
  },
  {
    rule: 'dead-link',
    title: 'a link to nothing',
    files: append('README.md', 'See [more](docs/more.md).\n'),
    at: 'README.md:2',
  },
  {
    rule: 'unknown-script',
    title: 'a command that does not exist',
    files: append('README.md', 'Then `npm run fly`.\n'),
    at: 'README.md:2',
  },
]

const PROTO = 'syntax = "proto3";\npackage sample;\n'

const GENERATED: readonly Planted[] = [
  {
    rule: 'proto',
    title: 'a field with the number of another one',
    files: { 'proto/a.proto': `${PROTO}message A {\n  bool b = 1;\n  bool c = 1;\n}\n` },
    at: 'proto/a.proto:5',
  },
  {
    rule: 'generated-stale',
    title: 'a message nothing was made from',
    files: { 'proto/a.proto': `${PROTO}message A {}\n` },
    at: 'src/wire/generated/a.ts:1',
  },
  {
    rule: 'generated-stale',
    title: 'a file made from one that is gone',
    files: {
      'src/wire/testing/test-a.ts': '// Made from proto/test/a.proto\nexport const a = 1\n',
      'src/wire/a.test.ts': `${TEST}import { a } from './testing/test-a.ts'
test('it is one', () => assert.equal(a, 1))
`,
    },
    at: 'src/wire/testing/test-a.ts:1',
  },
]

const FIGURE = '{ "percent": 91.5 }'
const BADGE = '<title>line coverage of src: 91.5 %</title>'
const SAID = 'The tests reach 91.5 % of the lines in `src`.\n'

const COVERAGE: readonly Planted[] = [
  {
    rule: 'coverage-figure',
    title: 'a share of covered lines that nobody measured',
    files: {
      'docs/coverage.json': FIGURE,
      'docs/coverage.svg': BADGE,
      'README.md': SAID.replace('91.5', '95.0'),
    },
    at: 'README.md:1',
  },
  {
    rule: 'coverage-figure',
    title: 'a badge of an earlier run',
    files: {
      'docs/coverage.json': FIGURE,
      'docs/coverage.svg': BADGE.replace('91.5', '95.0'),
      'README.md': SAID,
    },
    at: 'docs/coverage.svg:1',
  },
]

export const PLANTED: readonly Planted[] = [
  ...IMPORTS,
  ...NAMES,
  ...BUDGETS,
  ...ERROR_RULES,
  ...LANGUAGE,
  ...TESTS,
  ...TREE,
  ...GENERATED,
  ...COVERAGE,
]
