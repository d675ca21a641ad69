import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { suite, test } from 'node:test'
import { PROFILES, type Profile } from '../config.ts'
import { MUTANTS } from './list.ts'
import { type Mutant, mutate } from './mutant.ts'

const MUTANTS_MIN = 55
const SURVIVING_SHARE_MAX = 0.1

function sourceOf(file: string): string {
  return readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')
}

suite('each mutant', () => {
  for (const mutant of MUTANTS) {
    test(`${mutant.name} changes one place, and what comes out still parses`, () => {
      const source = sourceOf(mutant.file)
      assert.equal(source.split(mutant.find).length - 1, 1, 'the text occurs exactly once')
      const changed = mutate(source, mutant) as string
      assert.notEqual(changed, source)
      assert.equal(changed.length, source.length - mutant.find.length + mutant.replace.length)
      const before = stripTypeScriptTypes(source)
      assert.notEqual(stripTypeScriptTypes(changed), before, 'code changes, not only types')
    })
  }
})

suite('the list', () => {
  test('has at least 55 mutants, each with a name of its own', () => {
    const names = MUTANTS.map(({ name }) => name)
    assert.ok(names.length >= MUTANTS_MIN, `${names.length} mutants`)
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
    )
    for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/)
  })

  test('has a canary that any run must see', () => {
    const canary = MUTANTS.find(({ name }) => name === 'canary')
    assert.equal(canary?.profile, undefined)
    assert.equal(canary?.survives, undefined)
  })

  test('tells of each mutant what the bug was', () => {
    for (const { name, story } of MUTANTS) assert.match(story, /^[A-Z].{20,}[.:]$/, name)
  })

  test('names only profiles that exist', () => {
    for (const { name, profile } of MUTANTS) {
      const known = profile === undefined || PROFILES.includes(profile as Profile)
      assert.ok(known, `${name}: ${profile}`)
    }
  })

  test('names only tests that exist', () => {
    for (const { name, test: file } of MUTANTS) {
      if (file === undefined) continue
      assert.match(file, /\.test\.ts$/, name)
      assert.ok(sourceOf(file).length > 0, name)
    }
  })

  test('explains the few that survive', () => {
    const survivors = MUTANTS.filter(({ survives }) => survives !== undefined)
    for (const { name, survives } of survivors) assert.match(survives ?? '', /^.{30,}\.$/s, name)
    assert.ok(survivors.length <= MUTANTS.length * SURVIVING_SHARE_MAX)
  })

  test('loads nothing of the product, which would be there before it is changed', () => {
    for (const name of ['preload', 'list', 'mutant', 'sharing', 'state']) {
      const source = readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8')
      assert.doesNotMatch(source, /^(import|export) [^;]*from '\.\.\//m, name)
    }
  })

  test('does not make the same change twice', () => {
    const changes = MUTANTS.map(({ file, find, replace }) => `${file}\n${find}\n${replace}`)
    assert.equal(new Set(changes).size, changes.length)
  })
})

suite('a mutation', () => {
  const mutant: Mutant = { name: 'm', story: '', file: '', find: 'a < b', replace: 'a <= b' }

  test('replaces the text, and takes the replacement as it stands', () => {
    assert.equal(mutate('if (a < b) c()', mutant), 'if (a <= b) c()')
    const literal = { ...mutant, replace: "'$& $1 $$'" }
    assert.equal(mutate('if (a < b) c()', literal), "if ('$& $1 $$') c()")
  })

  test('is refused when the text is not there, or there twice', () => {
    assert.equal(mutate('if (a > b) c()', mutant), null)
    assert.equal(mutate('a < b && a < b', mutant), null)
    const overlapping = { ...mutant, find: 'xx' }
    assert.equal(mutate('xxx', overlapping), null)
  })
})
