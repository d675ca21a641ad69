import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blocksOf, commandsOf, isAsShown, missingProgram } from './blocks.ts'

const FENCE = '```'
const DOCUMENT = `# Title

${FENCE}sh
one
two
${FENCE}

<!-- in the background -->
${FENCE}sh
forever
${FENCE}

${FENCE}yaml
not: run
${FENCE}

<!-- shown by test/x.test.ts -->
${FENCE}ts
await nothing()
${FENCE}

1. in a list

   <!-- fails -->
   ${FENCE}console
   $ false
   ${FENCE}
`

test('blocks are found with their lines and with what is said before them', () => {
  assert.deepEqual(blocksOf(DOCUMENT), [
    { language: 'sh', text: 'one\ntwo', line: 4, meant: 'now' },
    { language: 'sh', text: 'forever', line: 10, meant: 'background' },
    { language: 'ts', text: 'await nothing()', line: 19, meant: { shownBy: 'test/x.test.ts' } },
    { language: 'console', text: '$ false', line: 26, meant: 'fails' },
  ])
})

test('a console is commands, each with what it prints', () => {
  const text = '$ one \\\n  more\nfirst\nsecond\n$ two\n$ three\nthird'
  assert.deepEqual(commandsOf(text), [
    { command: 'one \\\n  more', prints: 'first\nsecond' },
    { command: 'two', prints: null },
    { command: 'three', prints: 'third' },
  ])
  assert.throws(() => commandsOf('printed by nobody'), /begins with a command/)
})

test('what is printed is compared, but for what is left out', () => {
  for (const [printed, shown] of [
    ['revision 12\n', 'revision 12'],
    ['revision 12\n', 'revision …'],
    ['a\nb\nc\nd\n', 'a\n…\nd'],
    ['a\nd\n', 'a\n…\nd'],
    ['NAME   ID\nm1     7\n', 'NAME ID\nm1 …'],
    ['a\tb\n', 'a  b'],
    ['{"a":[1]}', '{"a":[1]}'],
  ] as const) {
    assert.ok(isAsShown(printed, shown), shown)
  }
  for (const [printed, shown] of [
    ['revision 12\n', 'revision 13'],
    ['revision 12\nmore\n', 'revision …'],
    ['a\nb\n', 'a'],
    ['', 'a'],
    ['aXb', 'a.b'],
  ] as const) {
    assert.ok(!isAsShown(printed, shown), shown)
  }
})

test('a block whose program is missing here is known before it is run', () => {
  const one = (text: string, language: 'sh' | 'ts' = 'sh') =>
    ({ language, text, line: 1, meant: 'now' }) as const
  const none = (): boolean => false
  assert.equal(missingProgram(one('x=1 etcdctl put a b'), none), 'etcdctl')
  assert.equal(missingProgram(one('(curl -s "$URL" | head)'), none), 'curl')
  assert.equal(missingProgram(one('quorate put a b # as etcdctl'), none), null)
  assert.equal(missingProgram(one('const curl = 1', 'ts'), none), null)
  assert.equal(missingProgram({ ...one('openssl req'), meant: { shownBy: 'a' } }, none), null)
  assert.equal(
    missingProgram(one('openssl req'), (program) => program === 'openssl'),
    null,
  )
})
