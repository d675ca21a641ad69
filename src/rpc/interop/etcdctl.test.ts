import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import { EtcdStore, HOST, installPrograms, program, serve } from './testing/index.ts'

/** A client in Go: `etcdctl` of Debian, which is built on grpc-go. */

const ENVIRONMENT = { ETCDCTL_API: '3' }

async function start(context: TestContext) {
  const run = program(context, 'etcdctl')
  if (run === null) return null
  const own = await serve(context, { methods: new EtcdStore().methods })
  const endpoints = `--endpoints=http://${HOST}:${own.port}`
  const etcdctl = async (...words: string[]): Promise<string> => {
    const { code, out, err } = await run([endpoints, ...words], { environment: ENVIRONMENT })
    assert.equal(code, 0, err)
    return out
  }
  return { etcdctl, own, run, endpoints }
}

describe('etcdctl', () => {
  before(installPrograms)

  it('puts, gets and deletes', async (context) => {
    const started = await start(context)
    if (started === null) return
    const { etcdctl } = started
    assert.equal(await etcdctl('put', 'a/1', 'one'), 'OK\n')
    assert.equal(await etcdctl('put', 'a/2', 'two'), 'OK\n')
    assert.equal(await etcdctl('put', 'b', 'three'), 'OK\n')
    assert.equal(await etcdctl('get', 'a/1'), 'a/1\none\n')
    assert.equal(await etcdctl('get', 'nothing'), '')
    assert.equal(await etcdctl('get', '--prefix', 'a/'), 'a/1\none\na/2\ntwo\n')
    assert.equal(await etcdctl('get', '--prefix', '--keys-only', ''), 'a/1\n\na/2\n\nb\n\n')
    assert.equal(await etcdctl('put', '--prev-kv', 'b', 'four'), 'OK\nb\nthree\n')
    assert.equal(await etcdctl('del', '--prefix', 'a/'), '2\n')
    assert.equal(await etcdctl('get', '--prefix', ''), 'b\nfour\n')
    const [first] = JSON.parse(await etcdctl('get', 'b', '--write-out=json')).kvs
    assert.deepEqual([first.create_revision, first.mod_revision, first.version], [4, 5, 2])
  })

  it('gets a megabyte, and many keys', async (context) => {
    const started = await start(context)
    if (started === null) return
    const { etcdctl } = started
    const value = 'v'.repeat(100_000)
    for (let i = 0; i < 10; i++) await etcdctl('put', `k${i}`, value)
    const all = await etcdctl('get', '--prefix', 'k', '--print-value-only')
    assert.equal(all, `${value}\n`.repeat(10))
  })

  it('says what the server says when a method is not there', async (context) => {
    const started = await start(context)
    if (started === null) return
    const { run, endpoints } = started
    const words = [endpoints, 'lease', 'grant', '10']
    const { code, err } = await run(words, { environment: ENVIRONMENT })
    assert.notEqual(code, 0)
    assert.match(err, /Unimplemented.*no method \/etcdserverpb\.Lease\/LeaseGrant/)
  })
})
