import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterForCli, jsonLines } from './quorate.ts'

const { quorate } = clusterForCli('coordination')

async function fine(...words: string[]): Promise<string> {
  const { status, out, err } = await quorate.run(words)
  assert.equal(status, 0, `${words.join(' ')}: ${err}`)
  return out
}

describe('lease', { concurrency: 3 }, () => {
  it('is granted with the id that is printed, or one that is wished', async () => {
    const id = (await fine('lease', 'grant', '90s')).trim()
    assert.match(id, /^[0-9a-f]{1,16}$/)
    assert.equal(await fine('lease', 'grant', '90', '--id', 'abc'), 'abc\n')
    const again = await quorate.run(['lease', 'grant', '90s', '--id', 'abc', '--json'])
    assert.equal(again.status, 1)
    assert.equal(JSON.parse(again.err).error.code, 'LEASE_EXISTS')
    const ids = (await fine('lease', 'list')).trim().split('\n')
    assert.ok(ids.includes(id) && ids.includes('abc'))
    const { leases } = (await quorate.json(['lease', 'list'])) as { leases: readonly string[] }
    assert.ok(leases.includes(id))
  })

  it('tells how long it lasts, and the keys that go with it', async () => {
    const granted = await quorate.json(['lease', 'grant', '2m', '--id', 'def'])
    assert.deepEqual(granted, {
      ...{ lease: 'def', ttlMs: 120_000, grantedTtlMs: 120_000 },
    })
    await fine('put', 'c/a', 'x', '--lease', 'def')
    const out = await fine('lease', 'ttl', 'def', '--keys')
    assert.match(out, /^left +1(20|1\d(\.\d)?) s|^left +\d+ min \d+ s/)
    assert.match(out, /\ngranted +2 min 0 s\nkey +c\/a\n$|\ngranted +\d+ s\nkey +c\/a\n$/)
    assert.doesNotMatch(await fine('lease', 'ttl', 'def'), /c\/a/)
  })

  it('is kept alive once, or until it is interrupted', async () => {
    await fine('lease', 'grant', '60s', '--id', '123')
    assert.equal(await fine('lease', 'keepalive', '123', '--once'), '123 lasts 60 s\n')
    const running = quorate.start(['lease', 'keepalive', '123', '--json'])
    await running.until(/\n/)
    running.child.kill('SIGINT')
    const { status, out } = await running.end()
    assert.equal(status, 130)
    assert.deepEqual(jsonLines(out)[0], {
      ...{ lease: '123', ttlMs: 60_000, grantedTtlMs: 60_000 },
    })
  })

  it('is revoked once; what is not there has status 3', async () => {
    await fine('lease', 'grant', '60s', '--id', '77')
    assert.deepEqual(await quorate.json(['lease', 'revoke', '77']), {
      ...{ lease: '77', revoked: true },
    })
    for (const words of [['revoke'], ['ttl'], ['keepalive'], ['keepalive', '--once']]) {
      const [verb = '', ...more] = words
      const { status, err } = await quorate.run(['lease', verb, '77', ...more])
      assert.equal(status, 3, words.join(' '))
      assert.match(err, /^quorate: [Tt]here is no/)
    }
    const put = await quorate.run(['put', 'c/b', 'x', '--lease', '77'])
    assert.equal(put.status, 3)
  })
})

describe('lock', { concurrency: 4 }, () => {
  it('runs a program with a fence that grows, and ends as it ends', async () => {
    const words = ['lock', 'job', '--', 'sh', '-c', 'echo "$QUORATE_LOCK $QUORATE_FENCE"; exit 7']
    const first = await quorate.run(words)
    const second = await quorate.run(words)
    assert.deepEqual([first.status, second.status], [7, 7])
    const [, one] = /^job (\d+)\n$/.exec(first.out) ?? []
    const [, other] = /^job (\d+)\n$/.exec(second.out) ?? []
    assert.ok(Number(other) > Number(one), `${one}, then ${other}`)
  })

  it('passes input and outputs on', async () => {
    const { out, err } = await quorate.run(
      ['lock', 'pipes', '--', 'sh', '-c', 'cat; echo no >&2'],
      {
        input: 'what is read',
      },
    )
    assert.deepEqual([out, err], ['what is read', 'no\n'])
  })

  it('ends as a program that a signal has killed, and as one that is none', async () => {
    const killed = await quorate.run(['lock', 'signals', '--', 'sh', '-c', 'kill -TERM $$'])
    assert.equal(killed.status, 143)
    const none = await quorate.run(['lock', 'none', '--', 'no-such-program-here'])
    assert.equal(none.status, 127)
    assert.match(none.err, /^quorate: no-such-program-here did not start: .*ENOENT/)
  })

  it('is one at a time, and waits no longer than it is told to', async () => {
    const holder = quorate.start(['lock', 'single'])
    await holder.until(/holds single; fence \d+/)
    const late = await quorate.run(['lock', 'single', '--wait', '200ms', '--', 'echo', 'mine'])
    assert.deepEqual([late.status, late.out], [4, ''])
    assert.match(late.err, /^quorate: others hold the lock "single"\n/)
    const patient = quorate.start(['lock', 'single', '--wait', '30s', '--', 'echo', 'mine'])
    holder.child.kill('SIGINT')
    assert.equal((await holder.end()).status, 130)
    const { status, out } = await patient.end()
    assert.deepEqual([status, out], [0, 'mine\n'])
  })

  it('is held by others only when they hold it, and need not be waited for', async () => {
    for (const wait of ['0', '1ms', '0s']) {
      const { status, out, err } = await quorate.run(['lock', 'free', '--wait', wait, '--', 'echo'])
      assert.deepEqual([status, out, err], [0, '\n', ''], wait)
    }
    const holder = quorate.start(['lock', 'held'])
    await holder.until(/holds held/)
    const late = await quorate.run(['lock', 'held', '--wait', '0', '--', 'echo', 'mine'])
    assert.deepEqual([late.status, late.out], [4, ''])
    assert.match(late.err, /^quorate: others hold the lock "held"\n/)
    holder.child.kill('SIGINT')
    await holder.end()
    // Whoever did not wait has left nothing behind.
    assert.equal((await quorate.run(['list', 'held/', '--count'])).out, '0\n')
  })

  it('is held without a program until it is interrupted, and told as JSON', async () => {
    const holder = quorate.start(['lock', 'alone', '--json', '--ttl', '10s'])
    await holder.until(/\n/)
    holder.child.kill('SIGTERM')
    const { status, out } = await holder.end()
    const { name, key, fence } = JSON.parse(out)
    assert.equal(status, 130)
    assert.match(key, /^alone\//)
    assert.match(`${name} ${fence}`, /^alone \d+$/)
    assert.equal((await quorate.run(['lock', 'alone', '--wait', '20s', '--', 'true'])).status, 0)
  })

  it('kills the program when the lock is lost', async () => {
    const words = ['lock', 'lost', '--', 'sh', '-c', 'echo runs; exec sleep 60']
    const running = quorate.start(words)
    await running.until(/runs/)
    const { out } = await quorate.run(['list', 'lost/', '--json'])
    const [{ lease = '' } = {}] = jsonLines(out) as readonly { lease?: string }[]
    await fine('lease', 'revoke', lease)
    const { status, err } = await running.end()
    assert.equal(status, 1)
    assert.match(err, /quorate: the lock "lost" was lost, and the program killed/)
  })

  it('passes signals on to the program', async () => {
    const script = 'trap "echo got it; exit 9" TERM; echo runs; while :; do sleep 0.1; done'
    const running = quorate.start(['lock', 'trap', '--', 'sh', '-c', script])
    await running.until(/runs/)
    running.child.kill('SIGTERM')
    const { status, out } = await running.end()
    assert.deepEqual([status, out], [9, 'runs\ngot it\n'])
  })
})
