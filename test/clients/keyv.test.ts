/**
 * Keyv's own test suite through `@keyv/etcd`, against three real processes. The suite is installed
 * when it is first needed, without the scripts of what it depends on: only its tests are wanted.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import KeyvEtcd from '@keyv/etcd'
import Keyv from 'keyv'
import { type Cluster, serverCommand, startCluster } from '../cluster/index.ts'

const FOLDER = path.join(import.meta.dirname, 'keyv-suite')
const SUITE = path.join(FOLDER, 'node_modules/@keyv/test-suite/dist/index.js')

interface Matchers {
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toBeDefined(): void
  toBeUndefined(): void
  toBeNull(): void
  toBeTruthy(): void
  toBeFalsy(): void
}

/** What the suite asks of the runner that it is given. */
interface Runner {
  beforeEach(body: () => Promise<void>): void
  afterEach(body: () => Promise<void>): void
  it(name: string, body: (context: { expect: (value: unknown) => Matchers }) => unknown): void
}

type Suite = (runner: Runner, keyv: typeof Keyv, store: () => KeyvEtcd) => void

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

const runner: Runner = {
  beforeEach,
  afterEach,
  it: (name, body) => {
    it(name, () => body({ expect: matchers }) as Promise<void> | undefined)
  },
}

if (!existsSync(SUITE)) {
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', words, { cwd: FOLDER, stdio: 'inherit', shell: process.platform === 'win32' })
}
const suite: { default: Suite } = await import(pathToFileURL(SUITE).href)

describe("Keyv's test suite", () => {
  let cluster: Cluster
  let stores: KeyvEtcd[] = []

  before(async () => {
    cluster = await startCluster({ name: 'keyv', command: serverCommand() })
  })
  afterEach(async () => {
    const used = stores
    stores = []
    for (const store of used) await store.disconnect()
  })
  after(() => cluster?.stop())

  suite.default(runner, Keyv, () => {
    const store = new KeyvEtcd(cluster.urls[0]?.replace('http://', ''), { busyTimeout: 3000 })
    stores.push(store)
    return store
  })
})
