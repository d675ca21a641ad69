/** Keyv's own test suite, on the runner of Node.js. It is installed when it is first needed. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type Keyv from 'keyv'

const FOLDER = path.join(import.meta.dirname, 'keyv-suite')
const SUITE = path.join(FOLDER, 'node_modules/@keyv/test-suite/dist/index.js')

const INSTALLS_MAX = 3
/** The shortest life of a value that the suite means to read: from then on it may be gone. */
const LIFE_MS = 1000
const ATTEMPTS_MAX = 5

interface Matchers {
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toBeDefined(): void
  toBeUndefined(): void
  toBeNull(): void
  toBeTruthy(): void
  toBeFalsy(): void
}

interface Expect {
  (value: unknown): Matchers
  /** So many of them are to be made in this test. */
  assertions(count: number): void
}

/** What the suite asks of the runner that it is given. */
interface Runner {
  beforeEach(body: () => Promise<void>): void
  afterEach(body: () => Promise<void>): void
  it(name: string, body: (context: { expect: Expect }) => unknown): void
}

/** `store` makes one that Keyv takes. */
type Suite = (runner: Runner, keyv: typeof Keyv, store: () => unknown) => void

export interface KeyvSuite {
  readonly default: Suite
  readonly keyvIteratorTests: Suite
}

/** Without the scripts of what it depends on: only its tests are wanted. */
export async function loadKeyvSuite(): Promise<KeyvSuite> {
  // A registry that does not answer once is asked again.
  for (let attempt = 0; !existsSync(SUITE) && attempt < INSTALLS_MAX; attempt++) {
    const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    spawnSync('npm', words, { cwd: FOLDER, stdio: 'inherit', shell: process.platform === 'win32' })
  }
  return (await import(pathToFileURL(SUITE).href)) as KeyvSuite
}

export const runner: Runner = {
  beforeEach,
  afterEach,
  it: (name, body) => {
    it(name, async () => {
      for (let left = ATTEMPTS_MAX - 1; ; left--) {
        const beganMs = performance.now()
        try {
          await attempt(body)
          return
        } catch (error) {
          // On a machine that stands still meanwhile, what was put is gone before it is read.
          if (left === 0 || performance.now() - beganMs < LIFE_MS) throw error
        }
      }
    })
  },
}

async function attempt(body: (context: { expect: Expect }) => unknown): Promise<void> {
  let made = 0
  let wanted: number | null = null
  const expect = (value: unknown): Matchers => {
    made += 1
    return matchers(value)
  }
  const assertions = (count: number): void => {
    wanted = count
  }
  await body({ expect: Object.assign(expect, { assertions }) })
  if (wanted !== null) assert.equal(made, wanted, 'as many assertions as announced')
}

function matchers(value: unknown): Matchers & { readonly not: Matchers } {
  return {
    toBe: (expected) => assert.ok(Object.is(value, expected), `${value} is ${expected}`),
    toEqual: (expected) => assert.deepEqual(value, expected),
    toBeDefined: () => assert.notEqual(value, undefined),
    toBeUndefined: () => assert.equal(value, undefined),
    toBeNull: () => assert.equal(value, null),
    toBeTruthy: () => assert.ok(value),
    toBeFalsy: () => assert.ok(!value),
    not: {
      toBe: (expected) => assert.ok(!Object.is(value, expected)),
      toEqual: (expected) => assert.notDeepEqual(value, expected),
      toBeDefined: () => assert.equal(value, undefined),
      toBeUndefined: () => assert.notEqual(value, undefined),
      toBeNull: () => assert.notEqual(value, null),
      toBeTruthy: () => assert.ok(!value),
      toBeFalsy: () => assert.ok(value),
    },
  }
}
