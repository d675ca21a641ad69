import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { ERRORS } from '../../src/base/index.ts'
import { ETCD_FLAGS, readNodeFile, SETTING_NAMES, variableOf } from '../../src/cli/config/index.ts'
import { loadFiles } from '../check/load.ts'
import type { TextFile } from '../check/model.ts'
import { CONFIGURATION_EXAMPLE } from './configuration-example.ts'
import { type Declaration, declarationsOf } from './declarations.ts'
import { table } from './markdown.ts'
import { makeReferences } from './registry.ts'

const INDEX = 'src/thing/index.ts'

const FILES: readonly TextFile[] = [
  {
    path: INDEX,
    text: `export { open, type Options } from './open.ts'
export type * from './types.ts'
export const limit = 5
`,
  },
  {
    path: 'src/thing/open.ts',
    text: `/** Not of the next one. */

/**
 * Opens it.
 *
 * Twice is fine: \`open(open())\`.
 */
export async function open(
  name: string,
  options: Options = {},
): Promise<Thing> {
  return make(name)
}

export interface Options {
  /** Of a call;
   * in milliseconds. */
  readonly timeoutMs?: number
}

/** Not passed on. */
export function close(): void {}
function make() {}
`,
  },
  {
    path: 'src/thing/types.ts',
    text: `/** A thing. */
export interface Thing<Value = string> extends AsyncDisposable {
  /** What it holds. */
  get<Other = Value>(key: string): Promise<Other>
  readonly size: number
}
export type Kind = 'a' | 'b'
/** Fails. */
export class Failure extends Error {
  readonly code: string
  #hidden = 1
  private other = 2
  constructor(code: string) {
    super(code)
    this.code = code
  }
  /** Whether to try again. */
  again(): boolean {
    return this.#hidden === this.other
  }
}
/** Makers. */
export const make = {
  /** One. */
  one: (key: string): Kind => 'a',
} as const
`,
  },
  { path: 'src/thing/types.test.ts', text: 'export const notOffered = 1\n' },
]

function declared(name: string): Declaration {
  const found = declarationsOf(FILES, INDEX).find((one) => one.name === name)
  assert.ok(found !== undefined, name)
  return found
}

describe('what a folder offers', () => {
  it('is what its surface passes on, and nothing else', () => {
    const names = declarationsOf(FILES, INDEX).map(({ name }) => name)
    assert.deepEqual(names, ['open', 'Options', 'Thing', 'Kind', 'Failure', 'make', 'limit'])
  })

  it('has the signature of a function on one line, and the comment before it', () => {
    const { signature, comment } = declared('open')
    assert.equal(signature, 'function open(name: string, options: Options = {}): Promise<Thing>')
    assert.equal(comment, 'Opens it.\n\nTwice is fine: `open(open())`.')
  })

  it('has members of interfaces and classes that others can use', () => {
    const thing = declared('Thing')
    assert.equal(thing.signature, 'interface Thing<Value = string> extends AsyncDisposable')
    assert.deepEqual(thing.members, [
      {
        name: 'get',
        signature: 'get<Other = Value>(key: string): Promise<Other>',
        comment: 'What it holds.',
      },
      { name: 'size', signature: 'size: number', comment: '' },
    ])
    const failure = declared('Failure').members
    assert.deepEqual(
      failure.map(({ signature }) => signature),
      ['code: string', 'constructor(code: string)', 'again(): boolean'],
    )
    assert.equal(declared('Options').members[0]?.comment, 'Of a call;\nin milliseconds.')
  })

  it('has the members of a constant, and types as they stand', () => {
    const [one] = declared('make').members
    assert.deepEqual(one, { name: 'one', signature: 'one(key: string): Kind', comment: 'One.' })
    assert.equal(declared('Kind').signature, "type Kind = 'a' | 'b'")
  })
})

describe('generated documents', async () => {
  const made = await makeReferences(loadFiles(path.resolve(import.meta.dirname, '../..')))
  const textOf = (name: string): string => {
    const found = made.find((one) => one.path === `docs/reference/${name}`)
    assert.ok(found !== undefined && found.text !== null, `${name}: ${found?.failure}`)
    return found.text
  }

  it('name every setting with its variable, and every flag of etcd', () => {
    const text = textOf('configuration.md')
    for (const name of SETTING_NAMES) {
      assert.ok(text.includes(`| \`${name}\` |`), name)
      assert.ok(text.includes(`\`${variableOf(name)}\``), name)
    }
    for (const name of ETCD_FLAGS.keys()) assert.ok(text.includes(`--${name}`), name)
  })

  it('show a file that is right', () => {
    const outcome = readNodeFile(CONFIGURATION_EXAMPLE)
    assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  })

  it('say of every error what happened and what to do', () => {
    const text = textOf('errors.md')
    for (const [name, { http, grpc, retry, what }] of Object.entries(ERRORS)) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\` | ${http} |`))
      assert.ok(row?.includes(`(${grpc}) | ${retry} |`) && row.includes(what), name)
    }
  })

  it('have the methods of the client', () => {
    const text = textOf('client.md')
    assert.match(textOf('embedding.md'), /### startCluster\n/)
    for (const word of ['### Client\n', '- `get<', '- `watch(', '### Codec\n', 'compare.version']) {
      assert.ok(text.includes(word), word)
    }
  })

  it('say how stores for other libraries are made, and not how these use them', () => {
    const text = textOf('adapters.md')
    for (const word of [
      '## quorate/keyv\n',
      '- `new QuorateLevel(client: ',
      '- `new QuorateKeyv(',
    ]) {
      assert.ok(text.includes(word), word)
    }
    assert.doesNotMatch(text, /- `(async )?_/)
    assert.doesNotMatch(textOf('client.md'), /- `new /)
  })

  it('keep a cell in its row', () => {
    const text = table(['a'], [['x | y\n  z']])
    assert.equal(text, '| a |\n| --- |\n| x \\| y z |')
  })
})
