import { isTestCode } from './layers.ts'
import type { Finding, Module, Project } from './model.ts'

const WAITS: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'sleep', 'delay'])
const WAITING_MODULES: ReadonlySet<string> = new Set(['timers/promises', 'node:timers/promises'])
const CASE = /^(test|it|describe|suite)$/
const SKIPPING_CALL = /^(test|it|describe|suite|t|context)\.(skip|only|todo)$/
const SKIPPING_KEYS: ReadonlySet<string> = new Set(['skip', 'only', 'todo'])
/** What spans folders drives real processes, in real time. */
const END_TO_END = 'test/'

export function testFindings({ modules }: Project): Finding[] {
  return modules
    .filter((module) => isTestCode(module.path))
    .flatMap((module) => [
      ...skipFindings(module),
      ...(module.path.startsWith(END_TO_END) ? [] : waitFindings(module)),
      ...chanceFindings(module),
    ])
}

function skipFindings({ path, calls }: Module): Finding[] {
  return calls
    .filter(
      (call) =>
        SKIPPING_CALL.test(call.callee) ||
        (CASE.test(call.callee) && call.arguments.some(({ keys }) => keys.some(isSkipping))),
    )
    .map(({ line }) => ({
      rule: 'skipped-test',
      path,
      line,
      what: 'skips tests, or lets only some of them run',
      why: 'a test that does not run protects nothing and looks as if it did',
      todo: 'make it pass, or remove it; register a case only where it can hold',
    }))
}

function isSkipping(key: string): boolean {
  return SKIPPING_KEYS.has(key)
}

function waitFindings({ path, globals, calls, imports }: Module): Finding[] {
  const words = [
    ...globals.filter(({ name }) => WAITS.has(name)),
    ...calls
      .filter(({ callee }) => callee === 'sleep' || callee === 'delay')
      .map(({ callee, line }) => ({ name: callee, line })),
    ...imports
      .filter(({ specifier }) => WAITING_MODULES.has(specifier))
      .map(({ specifier, line }) => ({ name: specifier, line })),
  ]
  const lines = new Map(words.map(({ name, line }) => [line, name]))
  return [...lines].map(([line, name]) => ({
    rule: 'test-waits',
    path,
    line,
    what: `waits with ${name}`,
    why: 'a wait is too short on a busy machine and too long on every other',
    todo: 'use a clock of the test, or wait for the event itself',
  }))
}

function chanceFindings({ path, accesses }: Module): Finding[] {
  return accesses
    .filter(({ name }) => name === 'Math.random')
    .map(({ line }) => ({
      rule: 'test-chance',
      path,
      line,
      what: 'uses Math.random',
      why: 'a failure that cannot be replayed cannot be fixed',
      todo: 'use a SeededChance with a fixed seed, or fast-check, which prints its seed',
    }))
}
