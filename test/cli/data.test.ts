import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterForCli, type Shown } from './quorate.ts'

const { quorate, fine, file } = clusterForCli('data')

describe('put and get', { concurrency: 4 }, () => {
  it('store a word, and print it as it is', async () => {
    const { out } = await fine(['put', 'greeting', 'hello'])
    assert.match(out, /^OK \(revision \d+\)\n$/)
    assert.equal((await fine(['get', 'greeting'])).out, 'hello')
  })

  it('take a value from standard input or a file, byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    await fine(['put', 'binary/input', '-'], bytes)
    await fine(['put', 'binary/file', '--file', file('value', bytes)])
    await fine(['put', 'binary/empty', ''])
    const [input, read, empty] = await Promise.all([
      fine(['get', 'binary/input']),
      fine(['get', 'binary/file']),
      fine(['get', 'binary/empty']),
    ])
    assert.deepEqual(new Uint8Array(input.bytes), bytes)
    assert.deepEqual(new Uint8Array(read.bytes), bytes)
    assert.equal(empty.bytes.length, 0)
  })

  it('take and print bytes in hexadecimal', async () => {
    await fine(['put', 'ff00', '0102ff', '--hex'])
    assert.equal((await fine(['get', 'ff00', '--hex'])).out, '0102ff\n')
    const shown = await quorate.json(['get', 'ff00', '--hex'])
    const { key, keyEncoding, value, encoding } = shown as Shown
    assert.deepEqual([key, keyEncoding, value, encoding], ['/wA=', 'base64', 'AQL/', 'base64'])
  })

  it('know words that look like options, behind --', async () => {
    await fine(['put', '--', '--key', '--value'])
    assert.equal((await fine(['get', '--', '--key'])).out, '--value')
  })

  it('show all there is to know of a key', async () => {
    const first = (await quorate.json(['put', 'known', 'x'])) as Shown
    const { revision } = (await quorate.json(['put', 'known', 'yes'])) as Shown
    const { out } = await fine(['get', 'known', '--long'])
    assert.match(out, /^key +known\nvalue +yes\nsize +3 B\nrevision +\d+\ncreated at +\d+\n/)
    assert.match(out, new RegExp(`created at +${first.revision}\nversion +2\nlease +none\n$`))
    assert.deepEqual(await quorate.json(['get', 'known']), {
      ...{ key: 'known', value: 'yes', encoding: 'text' },
      ...{ revision, createRevision: first.revision, version: 2 },
    })
  })

  it('read the past, and what any node knows', async () => {
    const { revision } = (await quorate.json(['put', 'past', 'old'])) as Shown
    await fine(['put', 'past', 'new'])
    assert.equal((await fine(['get', 'past', '--revision', `${revision}`])).out, 'old')
    // Whichever node is asked may not have heard of it yet.
    let stale = await quorate.run(['get', 'past', '--stale'])
    while (stale.status === 3) stale = await quorate.run(['get', 'past', '--stale'])
    assert.match(stale.out, /^(old|new)$/)
  })

  it('tell a key that is not there by the status', async () => {
    const plain = await quorate.run(['get', 'nothing'])
    assert.deepEqual([plain.status, plain.out], [3, ''])
    assert.equal(plain.err, 'quorate: there is no key "nothing"\n')
    const json = await quorate.run(['get', 'nothing', '--json'])
    assert.deepEqual([json.status, json.out, json.err], [3, 'null\n', ''])
  })

  it('store under conditions, and tell by the status when they do not hold', async () => {
    const { revision } = (await quorate.json(['put', 'guarded', '1', '--if-absent'])) as Shown
    const again = await quorate.run(['put', 'guarded', '2', '--if-absent'])
    assert.equal(again.status, 4)
    assert.match(again.err, /^quorate: .*\n {2}\S/)
    const late = await quorate.run(['put', 'guarded', '2', '--if-revision', `${revision + 7}`])
    assert.equal(late.status, 4)
    const told = await quorate.run(['put', 'guarded', '2', '--if-absent', '--json'])
    assert.equal(JSON.parse(told.err).error.code, 'CONDITION_FAILED')
    assert.equal(told.out, '')
    await fine(['put', 'guarded', '3', '--if-revision', `${revision}`])
    assert.equal((await fine(['get', 'guarded'])).out, '3')
  })

  it('tell what was there before', async () => {
    const first = await fine(['put', 'before', 'a', '--previous'])
    assert.match(first.out, /\nthere was none before\n$/)
    const second = await fine(['put', 'before', 'b', '--previous'])
    assert.match(second.out, /\nbefore: a\n$/)
    const { previous } = (await quorate.json(['put', 'before', 'c', '--previous'])) as Shown
    assert.equal((previous as Shown)['value'], 'b')
  })

  it('let keys end with time or with a lease', async () => {
    await fine(['put', 'short', 'x', '--ttl', '60s', '--if-absent'])
    const again = ['put', 'short', 'y', '--ttl', '60s', '--if-absent']
    assert.equal((await quorate.run(again)).status, 4)
    const { lease } = (await quorate.json(['get', 'short'])) as Shown
    const { keys, grantedTtlMs } = (await quorate.json([
      'lease',
      'ttl',
      `${lease}`,
      '--keys',
    ])) as Shown
    assert.deepEqual([keys, grantedTtlMs], [[{ key: 'short' }], 60_000])
    const granted = (await fine(['lease', 'grant', '60s'])).out.trim()
    await fine(['put', 'leased', 'x', '--lease', granted])
    await fine(['lease', 'revoke', granted])
    assert.equal((await quorate.run(['get', 'leased'])).status, 3)
  })
})

describe('incr', { concurrency: 4 }, () => {
  it('counts up and down, and prints what it is then', async () => {
    assert.equal((await fine(['incr', 'hits'])).out, '1\n')
    assert.equal((await fine(['incr', 'hits', '41'])).out, '42\n')
    assert.equal((await fine(['incr', 'hits', '-50'])).out, '-8\n')
    assert.deepEqual(await quorate.json(['incr', 'hits', '+8']), { key: 'hits', value: '0' })
  })

  it('refuses what is no counter', async () => {
    await fine(['put', 'text', 'abc'])
    const { status, err } = await quorate.run(['incr', 'text'])
    assert.equal(status, 1)
    assert.match(err, /^quorate: /)
    assert.equal((await fine(['get', 'text'])).out, 'abc')
  })
})

describe('del', () => {
  it('deletes keys, prefixes, and under a condition', async () => {
    for (const key of ['d/1', 'd/2', 'd/3', 'e']) await fine(['put', key, 'x'])
    assert.equal((await fine(['del', 'd/1', 'nothing'])).out, 'deleted 1 key\n')
    assert.equal((await fine(['del', '--prefix', 'd/'])).out, 'deleted 2 keys\n')
    const none = await quorate.run(['del', 'd/1'])
    assert.deepEqual([none.status, none.out], [3, 'deleted 0 keys\n'])
    const { revision } = (await quorate.json(['get', 'e'])) as Shown
    assert.equal((await quorate.run(['del', 'e', '--if-revision', `${revision + 1}`])).status, 4)
    const { deleted } = (await quorate.json(['del', 'e', '--if-revision', `${revision}`])) as Shown
    assert.equal(deleted, 1)
  })
})
