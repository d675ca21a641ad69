import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unknownVariables } from '../config/variables.ts'
import { makeReference } from '../index.ts'
import { LOCK } from '../specs/coordination.ts'
import { CONNECTION } from '../specs/shared.ts'
import { COMMANDS } from '../table.ts'
import { commandHelp, overview, spelled } from './index.ts'

const SPECS = COMMANDS.map(({ spec }) => spec)

describe('the help of every command', () => {
  for (const spec of SPECS) {
    it(`says all about "${spec.name}", in lines that fit`, () => {
      const text = commandHelp(spec)
      assert.match(text, new RegExp(`^usage: quorate ${spec.name}\\b`))
      for (const line of text.split('\n')) {
        if (!line.includes('quorate')) assert.ok(line.length <= 80, line)
      }
      for (const { words, says } of spec.examples) {
        assert.ok(text.includes(words) && text.includes(says), words)
      }
      for (const name of Object.keys(spec.options)) assert.ok(text.includes(spelled(name)), name)
      for (const { code } of spec.exits) assert.match(text, new RegExp(`^  ${code} `, 'm'))
    })
  }
})

describe('what many commands share', () => {
  it('comes behind what is of one of them, and an exit status stands there once', () => {
    const text = commandHelp(LOCK, undefined, CONNECTION)
    const [own = '', common = ''] = text.split('\nWhere the cluster is\n')
    assert.ok(own.includes('--ttl') && !own.includes('--endpoints'))
    assert.ok(common.includes('--endpoints') && !common.includes('--ttl'))
    assert.equal(common.match(/^ {2}1 /gm)?.length, 1)
    assert.match(common, /^ {8}also: the lock was lost/m)
  })
})

describe('descriptions', () => {
  it('have examples that use the command and only options that it has', () => {
    for (const { name, examples, options, isRaw } of SPECS) {
      assert.ok(examples.length > 0, name)
      const known = Object.keys(options).map(spelled)
      for (const { words } of examples) {
        assert.ok(words.includes(`quorate ${name}`), words)
        const own = words.split(`quorate ${name}`)[1]?.split(' -- ')[0] ?? ''
        for (const [option = ''] of own.matchAll(/--[a-z-]+/g)) {
          assert.ok(isRaw === true || known.includes(option), words)
        }
      }
    }
  })

  it('have names and summaries that fit into the overview', () => {
    const text = overview(SPECS)
    for (const { name, summary } of SPECS) {
      assert.match(text, new RegExp(`^  ${name} `, 'm'))
      assert.match(summary, /^[a-z].*[^.]$/)
    }
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  })

  it('have no option twice under one letter', () => {
    for (const { name, options } of SPECS) {
      const letters = Object.values(options).flatMap(({ short }) => short ?? [])
      assert.equal(new Set(letters).size, letters.length, name)
    }
  })

  it('have variables that a node does not take for mistyped settings', () => {
    const variables = SPECS.flatMap(({ options }) =>
      Object.values(options).flatMap(({ variable }) => variable ?? []),
    )
    const environment = Object.fromEntries(variables.map((name) => [name, 'x']))
    assert.deepEqual(unknownVariables(environment), [])
  })

  it('are all in the reference', () => {
    const text = makeReference()
    for (const { name, options, exits } of SPECS) {
      const section = text.split(`\n### quorate ${name}\n`)[1]?.split('\n### ')[0] ?? ''
      for (const option of Object.keys(options)) {
        assert.match(section, new RegExp(`${spelled(option)}[ \`]`), `${name} ${option}`)
      }
      for (const { code, when } of exits) assert.ok(section.includes(`${code} ${when}`), name)
    }
  })
})
