import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../../base/index.ts'
import {
  anyText,
  choice,
  duration,
  flag,
  leaseId,
  many,
  optional,
  parse,
  size,
  spec,
  text,
  wholeNumber,
  withDefault,
} from './index.ts'

const SAMPLE = spec({
  name: 'sample',
  group: 'data',
  summary: 'shows what there is',
  arguments: [
    { name: 'KEY', summary: 'a key' },
    { name: 'VALUE', summary: 'a value', isOptional: true },
  ],
  options: {
    limit: optional(wholeNumber(1, 100), 'at most so many', { short: 'n' }),
    keysOnly: flag('names only', { short: 'k' }),
    long: flag('more of it', { short: 'l' }),
    wait: withDefault(duration(100), 'as long', { fallback: '5s', variable: 'SAMPLE_WAIT' }),
    mix: choice(['write', 'read'], 'what it does', { fallback: 'write' }),
    at: many(text('PLACE'), 'places'),
    prefix: optional(anyText('PREFIX'), 'begins so'),
    bytes: optional(size(1024 * 1024), 'how much'),
    lease: optional(leaseId, 'with it'),
    json: flag('for programs', { variable: 'SAMPLE_JSON' }),
  },
  examples: [],
  exits: [],
})

const RUNNER = spec({ ...SAMPLE, name: 'runner', program: 'COMMAND' })

function read(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return parse(SAMPLE, words, environment)
}

function refused(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  try {
    read(words, environment)
  } catch (error) {
    assert.ok(error instanceof KvError && error.code === 'BAD_REQUEST', String(error))
    return error.message
  }
  return assert.fail(`"${words.join(' ')}" was taken`)
}

describe('a command line', () => {
  it('is words and options, in any order and in every way to write them', () => {
    for (const words of [
      ['a', 'b', '--limit', '7', '--keys-only', '--mix', 'read'],
      ['--limit=7', 'a', '--mix=read', '-k', 'b'],
      ['-kn', '7', '--mix=read', 'a', 'b'],
      ['-kn7', '--mix', 'read', '--', 'a', 'b'],
    ]) {
      const { values, words: own } = read(words)
      assert.deepEqual(own, ['a', 'b'], words.join(' '))
      const { limit, keysOnly, long, mix } = values
      assert.deepEqual([limit, keysOnly, long, mix], [7, true, false, 'read'], words.join(' '))
    }
  })

  it('may be silent about options, which then have what they have by default', () => {
    const { limit, keysOnly, wait, mix, at, prefix } = read(['a']).values
    assert.deepEqual(
      [limit, keysOnly, wait, mix, at, prefix],
      [undefined, false, 5000, 'write', [], undefined],
    )
  })

  it('has numbers that are no options, and a lone minus that is a word', () => {
    assert.deepEqual(read(['a', '-5']).words, ['a', '-5'])
    assert.deepEqual(read(['a', '-12345']).words, ['a', '-12345'])
    assert.deepEqual(read(['a', '-']).words, ['a', '-'])
    assert.deepEqual(read(['--', '--limit', '-k']).words, ['--limit', '-k'])
  })

  it('repeats what may be repeated', () => {
    assert.deepEqual(read(['a', '--at', 'x', '--at=y']).values.at, ['x', 'y'])
    assert.equal(read(['a', '--json', '--json']).values.json, true)
  })

  it('takes times, sizes, leases and empty texts', () => {
    const words = ['a', '--wait', '1m30s', '--bytes', '64KiB', '--lease', '00ff', '--prefix', '']
    const { wait, bytes, lease, prefix } = read(words).values
    assert.deepEqual([wait, bytes, lease, prefix], [90_000, 65_536, 255n, ''])
    assert.equal(read(['a', '--bytes', '1m']).values.bytes, 1_048_576)
    assert.equal(read(['a', '--prefix=--json']).values.prefix, '--json')
  })

  it('leaves words behind -- to the program that is run, if there is one', () => {
    assert.throws(
      () => parse(RUNNER, ['a', 'b', 'ls'], {}),
      /^KvError: "ls" is one word too many; put -- before the program$/,
    )
    const call = parse(RUNNER, ['a', '--json', '--', 'ls', '--limit', '-5', '--', 'b'], {})
    assert.deepEqual(call.words, ['a'])
    assert.deepEqual(call.program, ['ls', '--limit', '-5', '--', 'b'])
    assert.equal(call.values.limit, undefined)
  })
})

describe('a plain number', () => {
  it('is of seconds where a time is taken', () => {
    assert.equal(read(['a', '--wait', '5']).values.wait, 5000)
    assert.equal(read(['a', '--wait=0.5']).values.wait, 500)
    assert.equal(read(['a', '--wait=1d']).values.wait, 86_400_000)
    assert.equal(read(['a', '--wait=2d12h']).values.wait, 216_000_000)
    assert.equal(read(['a'], { SAMPLE_WAIT: '7' }).values.wait, 7000)
  })
})

describe('a variable', () => {
  it('counts when the command line is silent, and not when it is empty', () => {
    assert.equal(read(['a'], { SAMPLE_WAIT: '2s' }).values.wait, 2000)
    assert.equal(read(['a', '--wait', '1s'], { SAMPLE_WAIT: '2s' }).values.wait, 1000)
    assert.equal(read(['a'], { SAMPLE_WAIT: '' }).values.wait, 5000)
    assert.equal(read(['a'], { SAMPLE_JSON: '1' }).values.json, true)
    assert.equal(read(['a'], { SAMPLE_JSON: 'no' }).values.json, false)
  })

  it('is named when it makes no sense', () => {
    assert.match(refused(['a'], { SAMPLE_WAIT: 'soon' }), /^the variable SAMPLE_WAIT takes a time/)
    assert.match(refused(['a'], { SAMPLE_JSON: 'maybe' }), /^the variable SAMPLE_JSON takes/)
  })
})

describe('wrong usage', () => {
  it('is told with what would be right', () => {
    for (const [words, message] of [
      [[], /^KEY is missing: a key$/],
      [['a', 'b', 'c'], /^"c" is one word too many; a value with spaces needs quotes$/],
      [['a', '--limit'], /^--limit needs a number from 1 to 100 behind it$/],
      [['a', '--limit', '--json'], /^--limit needs a number from 1 to 100 behind it$/],
      [['a', '--limit', 'many'], /^--limit takes a number from 1 to 100, not "many"$/],
      [['a', '--limit', '0'], /^--limit takes a number from 1 to 100, not "0"$/],
      [['a', '--limit', '101'], /not "101"$/],
      [['a', '--limit', '1.5'], /not "1.5"$/],
      [['a', '--limit', '-1'], /not "-1"$/],
      [['a', '--limit='], /^--limit takes a number from 1 to 100, not ""$/],
      [['a', '--limit', '1', '-n', '2'], /^-n is there twice$/],
      [['a', '--wait', 'soon'], /^--wait takes a time such as 10 \(seconds\), 500ms or 1h30m, /],
      [['a', '--wait', '0'], /not "0"$/],
      [['a', '--wait', '1ms'], /100ms or more/],
      [['a', '--wait', '1dx'], /not "1dx"$/],
      [['a', '--wait', '-1s'], /not "-1s"$/],
      [['a', '--wait', '9000h'], /at most a year/],
      [['a', '--mix', 'raed'], /^--mix takes write, read, not "raed"; read is meant\?$/],
      [['a', '--bytes', '2MiB'], /^--bytes takes a size such as 100, 64KiB or 1MiB, not "2MiB"$/],
      [['a', '--lease', 'xyz'], /^--lease takes the id of a lease/],
      [['a', '--lease', '0'], /^--lease takes the id of a lease/],
      [['a', '--lease', '1ffffffffffffffff'], /^--lease takes the id of a lease/],
      [['a', '--at', ''], /^--at takes a place, not ""$/],
      [['a', '--json=yes'], /^--json takes no value, not "yes"$/],
      [['a', '--limti', '5'], /^there is no option --limti; --limit is meant\?$/],
      [['a', '--keysonly'], /^there is no option --keysonly; --keys-only is meant\?$/],
      [['a', '--keysOnly'], /^there is no option --keysOnly; --keys-only is meant\?$/],
      [['a', '--no-json'], /^there is no option --no-json/],
      [['a', '--something'], /^there is no option --something$/],
      [['a', '-x'], /^there is no option -x$/],
      [['a', '-kx'], /^there is no option -x$/],
    ] as const) {
      assert.match(refused(words), message, words.join(' '))
    }
  })

  it('is not shown in full when it is long', () => {
    assert.ok(refused(['a', '--limit', 'x'.repeat(10_000)]).length < 200)
  })
})
