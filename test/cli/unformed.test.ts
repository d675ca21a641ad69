import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freePorts } from '../cluster/index.ts'
import { Quorate, Running } from './quorate.ts'

/** One of three members; the others were never there. */
describe('a cluster that was never formed', () => {
  let node: Running
  let directory: string
  let endpoint = ''
  const quorate = new Quorate(() => [`http://${endpoint}`])

  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'quorate-unformed-'))
    const [clients, ...peers] = await freePorts(4)
    endpoint = `127.0.0.1:${clients}`
    const members = peers.map((port, at) => `  m${at + 1}: "http://127.0.0.1:${port}"`)
    const file = path.join(directory, 'node.yaml')
    const lines = [
      'name: m1',
      `data: { directory: ${path.join(directory, 'data')} }`,
      'limits: { logSegment: 16MiB }',
      `client: { listen: "http://${endpoint}" }`,
      'cluster:',
      ' members:',
      ...members,
    ]
    writeFileSync(file, lines.join('\n'))
    node = new Running(['node', '--config', file], {})
    await node.until(/"msg":"started"/)
  })

  after(async () => {
    node.child.kill('SIGTERM')
    await node.end()
    rmSync(directory, { recursive: true, force: true })
  })

  it('is no cluster that is well, and none that has lost anything', async () => {
    const { status, out } = await quorate.run(['status'])
    assert.equal(status, 1)
    assert.match(out, /^m1 +127\S+ +no leader /m)
    assert.match(out, /^127\S+: it knows no leader$/m)
    assert.doesNotMatch(out, /etcdserver/)
    for (const name of ['m2', 'm3']) assert.match(out, new RegExp(`^${name} +- +away$`, 'm'))
    assert.match(out, /^There is no majority yet: 1 of 3 members .* needed: start m2, m3\.$/m)
    const nodes = (await quorate.json(['status'])) as readonly { readonly isReachable: boolean }[]
    assert.deepEqual(
      nodes.map(({ isReachable }) => isReachable),
      [true, false, false],
    )
  })

  it('has all its members in what the doctor says', async () => {
    const { status, out } = await quorate.run(['doctor'])
    assert.equal(status, 1)
    assert.doesNotMatch(out, /^ok +reachable/m)
    for (const name of ['m2', 'm3']) {
      assert.match(out, new RegExp(`^WRONG +reachable +${name} has not told yet`, 'm'))
    }
  })

  it('lists its members all the same, and says how far that is known', async () => {
    const { status, out, err } = await quorate.run(['members'])
    assert.equal(status, 0, err)
    assert.deepEqual(out.match(/^m\d/gm), ['m1', 'm2', 'm3'])
    assert.match(err, /^quorate: no majority vouches for this/)
    assert.doesNotMatch(err, /Idempotency-Key|taken effect/)
  })

  it('says in the log of the node what it waits for', async () => {
    await node.until(/"msg":"there is no majority[^\n]*"reached":"1 of 3"/)
    assert.match(
      node.err,
      /"level":"warn"[^\n]*"msg":"a peer is not reached","peer":"m2","at":"http/,
    )
  })
})
