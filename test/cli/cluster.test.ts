import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { EtcdClient } from '../cluster/index.ts'
import { clusterForCli, type Ended } from './quorate.ts'

const { cluster, quorate } = clusterForCli('cluster')

interface Node {
  readonly isReachable: boolean
  readonly endpoint: string
  readonly name: string
  readonly isLeader: boolean
  readonly leader: string
  readonly term: number
  readonly error?: { readonly code: string }
}

interface Told {
  readonly healthy: boolean
  readonly findings: readonly { check: string; level: string; what: string; todo: string }[]
}

/** Term and leader, as each node says. */
async function leadersTold(): Promise<readonly string[]> {
  const clients = cluster().urls.map((url) => new EtcdClient(url))
  try {
    const told = await Promise.all(clients.map((client) => client.status()))
    return told.map(({ raftTerm, leader }) => `${raftTerm} ${leader}`)
  } finally {
    for (const client of clients) client.close()
  }
}

/**
 * What is told of a cluster in which nothing is wrong. On a busy machine a leader may fall by
 * itself, and whoever looks just then is told so: only then it is looked at again.
 */
async function whenWell(words: readonly string[]): Promise<string> {
  for (let left = 5; ; left--) {
    const before = await leadersTold()
    const { status, out } = await quorate.run(words)
    const told = new Set([...before, ...(await leadersTold())])
    if (status === 0) return out
    assert.ok(left > 0 && told.size > 1, `${out}\n${cluster().lastWords()}`)
  }
}

describe('a cluster that is well', { concurrency: 3 }, () => {
  it('is shown node by node', async () => {
    const out = await whenWell(['status'])
    const [title = '', ...rows] = out.trim().split('\n')
    assert.match(
      title,
      /^NODE +ENDPOINT +ROLE +TERM +INDEX +BEHIND +REVISION +SIZE +AS ETCD +ANSWER$/,
    )
    assert.equal(rows.length, 3)
    assert.equal(rows.filter((row) => / leader /.test(row)).length, 1)
    const nodes = JSON.parse(await whenWell(['status', '--json'])) as readonly Node[]
    assert.deepEqual(nodes.map(({ name }) => name).sort(), ['m1', 'm2', 'm3'])
    assert.equal(new Set(nodes.map(({ leader }) => leader)).size, 1)
    const bold = '\u001b[1m'
    assert.ok(!out.includes(bold), 'no colours in a pipe')
    assert.ok((await quorate.run(['status', '--color', 'always'])).out.includes(bold))
  })

  it('has members', async () => {
    const { status, out } = await quorate.run(['members'])
    assert.equal(status, 0)
    for (const url of cluster().urls)
      assert.match(out, new RegExp(`m[123] +[0-9a-f]+ +voter +${url}`))
    const members = (await quorate.json(['members'])) as readonly Record<string, unknown>[]
    assert.deepEqual(members.map(({ name }) => name).sort(), ['m1', 'm2', 'm3'])
    assert.match(String(members[0]?.['id']), /^[0-9a-f]{1,16}$/)
  })

  it('is found well by the doctor, with the directory of a node that runs', async () => {
    const data = path.join(cluster().directory, 'm1')
    const out = await whenWell(['doctor', '--data', data])
    assert.match(out, /^ok +reachable +all of 3 nodes answer$/m)
    assert.match(out, /^ok +log +a node runs here$/m)
    assert.match(out, /\nNothing is wrong\.\n$/)
    const { healthy, findings } = JSON.parse(await whenWell(['doctor', '--json'])) as Told
    assert.equal(healthy, true)
    const checks = findings.map(({ check }) => check)
    assert.deepEqual(checks, ['reachable', 'leader', 'quorum', 'versions', 'clocks'])
  })

  it('is found wrong when a directory is of no node', async () => {
    const { status, out } = await quorate.run(['doctor', '--data', '/no/such/place'])
    assert.equal(status, 1)
    assert.match(out, /^WRONG +directory +\/no\/such\/place cannot be read/m)
    assert.match(out, /-> name the data directory of a node/)
    const other = await quorate.run(['doctor', '--data', cluster().directory])
    assert.equal(other.status, 1)
    const several = `${cluster().directory} holds the directories of nodes: m1, m2, m3`
    assert.ok(other.out.includes(several), other.out)
    assert.match(other.out, /-> name one of them, such as .*\/m1\nOne thing is wrong\.\n$/)
  })
})

describe('bench', () => {
  it('tells counts and latencies, and leaves nothing behind', async () => {
    const sizes = ['--clients', '2', '--pipeline', '4', '--value', '1KiB', '--keys', '50']
    const mixed = ['--mix', 'mixed', '--prefix', 'bench/', '--warmup', '0']
    const words = ['bench', '--seconds', '1', ...sizes, ...mixed]
    const bench = async (): Promise<Record<string, Record<string, number>>> => {
      const told = (await quorate.json(words)) as Record<string, unknown>
      const { operations, failures, ...asked } = told
      assert.deepEqual(failures, {})
      const { clients, pipeline, valueBytes, mix } = asked
      assert.deepEqual([clients, pipeline, valueBytes, mix], [2, 4, 1024, 'mixed'])
      return operations as Record<string, Record<string, number>>
    }
    let operations = await bench()
    // One of ten writes: in a second in which the machine stood still there may be none.
    for (let left = 5; left > 0 && operations['write'] === undefined; left--) {
      operations = await bench()
    }
    const { write, read } = operations
    for (const facts of [write, read]) {
      assert.ok(facts !== undefined && (facts['count'] ?? 0) > 0)
      const { p50Ms = 0, p99Ms = 0, maxMs = 0 } = facts
      assert.ok(p50Ms > 0 && p50Ms <= p99Ms && p99Ms <= maxMs)
    }
    assert.equal((await quorate.run(['list', 'bench/', '--count'])).out, '0\n')
  })

  it('prints a table, and can be interrupted', async () => {
    const running = quorate.start(['bench', '--seconds', '60', '--warmup', '0'])
    const count = async () => (await quorate.run(['list', 'quorate-bench/', '--count'])).out
    while ((await count()) === '0\n') assert.equal(running.err, '')
    running.child.kill('SIGINT')
    const { status, out } = await running.end()
    assert.equal(status, 130)
    assert.match(
      out,
      /^OPERATION +COUNT +PER SECOND +MEAN +50% +90% +99% +99\.9% +MOST\nwrite +[\d,]+/,
    )
    assert.equal(await count(), '0\n')
  })

  it('deletes no keys of anybody', async () => {
    await quorate.run(['put', 'mine/a', 'x'])
    const { status, err } = await quorate.run(['bench', '--prefix', 'mine/'])
    assert.equal(status, 2)
    assert.match(err, /^quorate bench: 1 keys begin with mine\/ already/)
    assert.equal((await quorate.run(['get', 'mine/a'])).out, 'x')
  })
})

describe('a cluster with a node that is away', () => {
  it('is told as such, with what to do', async () => {
    await cluster().members[2]?.stop()
    const gone = new URL(cluster().urls[2] ?? '').host
    const { status, out } = await quorate.run(['status'])
    assert.equal(status, 1)
    assert.match(out, new RegExp(`^m3 +${gone} +away$`, 'm'))
    const nodes = (await quorate.json(['status'])) as readonly Node[]
    const away = nodes.filter(({ isReachable }) => !isReachable)
    assert.deepEqual(
      away.map(({ endpoint, name, error }) => [endpoint, name, error?.code]),
      [[gone, 'm3', 'UNREACHABLE']],
    )
    const doctor = await quorate.run(['doctor'])
    assert.equal(doctor.status, 1)
    assert.match(doctor.out, new RegExp(`^WRONG +reachable +${gone} does not answer`, 'm'))
    assert.match(doctor.out, /^advice +quorum +2 of 3 voters answer, 2 are needed$/m)
  })

  it('has the log of that node looked at', async () => {
    const data = path.join(cluster().directory, 'm3')
    const { out } = await quorate.run(['doctor', '--data', data])
    assert.match(out, /^ok +log +no node runs here; the log is whole: /m)
    const check = await quorate.run(['log', 'check', path.join(data, 'log')])
    assert.equal(check.status, 0, check.err)
    assert.match(check.out, /clean/)
  })

  it('cannot write without a majority, and says so in the time that is given', async () => {
    // What is asked below of the one that stays, that one has heard of.
    const [stays = ''] = cluster().urls.map((url) => new URL(url).host)
    assert.equal((await quorate.run(['get', 'mine/a', '--endpoints', stays])).out, 'x')
    await cluster().members[1]?.stop()
    const [there, ...others] = cluster().urls.map((url) => new URL(url).host)
    const lost =
      `\n  The majority is lost: 1 of 3 members answers (${there}), and 2 are needed: ` +
      `start those at ${others.toSorted().join(', ')} again.\n`
    // One that stands still when it is looked for, which nobody waits for, is told as silent, too.
    const whoIsThere = async (words: readonly string[], told: string): Promise<Ended> => {
      for (let left = 5; ; left--) {
        const ended = await quorate.run(words)
        if (left === 0 || `${ended.out}${ended.err}`.includes(told)) return ended
      }
    }
    const put = await whoIsThere(['put', 'a', 'b', '--timeout', '1500ms'], lost)
    assert.equal(put.status, 5, put.err)
    assert.ok(put.err.includes(lost), put.err)
    const shown = await whoIsThere(['status'], lost.trim())
    assert.equal(shown.status, 1)
    assert.ok(shown.out.endsWith(lost.slice('\n  '.length)), shown.out)
    const asked = ['get', 'mine/a', '--timeout', '1500ms', '--json']
    const get = await whoIsThere(asked, `"answering":["${there}"]`)
    const { reach, advice, retry } = JSON.parse(get.err).error
    assert.equal(advice, lost.trim(), 'a read has changed nothing')
    assert.equal(retry, 'later')
    assert.deepEqual(reach, {
      ...{ answering: [there], silent: others.toSorted() },
      ...{ voters: 3, votersAnswering: 1, votersNeeded: 2 },
    })
    const members = await quorate.run(['members', '--timeout', '1500ms'])
    assert.deepEqual([members.status, members.out.split('\n').length], [0, 5], members.err)
    assert.match(members.err, /^quorate: no majority vouches for this: it is what one node knows/)
    const watch = await quorate.run(['watch', '--timeout', '1.5'])
    assert.equal(watch.status, 5, watch.err)
    const stale = await quorate.run(['get', 'mine/a', '--stale'])
    assert.deepEqual([stale.status, stale.out], [0, 'x'])
    const doctor = await whoIsThere(['doctor', '--timeout', '2s', '--json'], '"quorum"')
    const { healthy, findings } = JSON.parse(doctor.out) as Told
    assert.equal(healthy, false)
    const wrong = findings.filter(({ level }) => level === 'wrong').map(({ check }) => check)
    assert.ok(wrong.includes('quorum') && !wrong.includes('alarm'), JSON.stringify(findings))
  })
})
