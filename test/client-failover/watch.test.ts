import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Client, connect, type Watch, type WatchOptions } from '../../src/client/index.ts'
import { type Cluster, type Member, serverCommand, startCluster } from '../cluster/index.ts'
import { Portions } from './portions.ts'

const KILLS = 20
const WRITERS = 4
const KEYS_PER_WRITER = 5
/** Enough that all writers have some under way before, at, and after the kill. */
const WRITES_PER_KILL = 200
/** Far more than a failover and the start of a node take, on a busy machine. */
const CALL_MS_MAX = 20_000

let cluster: Cluster
/** Writes, and knows at which revision each write took effect. */
let writing: Client
/** Another client, so that nothing but the cluster connects the two. */
let watching: Client

before(async () => {
  cluster = await startCluster({ name: 'client-watch', command: serverCommand() })
  const options = { endpoints: cluster.urls, timeoutMs: CALL_MS_MAX }
  writing = await connect(options)
  watching = await connect(options)
})

after(async () => {
  await writing.close()
  await watching.close()
  await cluster.stop()
})

async function leader(): Promise<Member> {
  for (;;) {
    for (const status of await writing.cluster.status()) {
      const leads = status.isReachable && status.isLeader
      const found = cluster.members.find(({ url }) => url === `http://${status.endpoint}`)
      if (leads && found?.isRunning === true) return found
    }
  }
}

/** What was written, by revision, as a watch has to tell it. */
const written = new Map<number, string>()

/** Puts and deletes, one after the other, as long as there is something to do. */
async function write(writer: number, portions: Portions): Promise<void> {
  for (let at = 0; await portions.take(); at++) {
    const key = `w/${writer}/${at % KEYS_PER_WRITER}`
    if (at % 7 === 6) {
      const { deleted, revision } = await writing.delete(key)
      if (deleted) written.set(revision, `${key} deleted`)
    } else {
      const { revision } = await writing.put(key, `${writer}-${at}`)
      assert.ok(!written.has(revision), 'a revision is one write')
      written.set(revision, `${key}=${writer}-${at}`)
    }
  }
}

interface Seen {
  readonly watch: Watch
  readonly lines: string[]
  readonly wants: (line: string) => boolean
  readonly reading: Promise<void>
}

/** Reads until it has seen the last write of all. */
function follow(options: WatchOptions, wants: (line: string) => boolean): Seen {
  const watch = watching.watch(options)
  const lines: string[] = []
  const latest = new Map<string, string>()
  const read = async (): Promise<void> => {
    for await (const event of watch) {
      if (options.previous === true) {
        assert.equal(event.previous?.value, latest.get(event.key), 'what was there before')
      }
      if (event.type === 'put') latest.set(event.key, event.entry.value)
      else latest.delete(event.key)
      const what = event.type === 'put' ? `=${event.entry.value}` : ' deleted'
      lines.push(`${event.revision} ${event.key}${what}`)
      if (event.type === 'put' && event.entry.value === 'the last') break
    }
  }
  return { watch, lines, wants, reading: read() }
}

test('watches survive 20 kills of the leader without gap or repeat', async () => {
  const all = { prefix: 'w/' }
  const followers = [
    follow(all, () => true),
    follow({ ...all, previous: true }, () => true),
    follow({ ...all, only: 'put' }, (line) => !line.endsWith(' deleted')),
    follow({ key: 'w/3/1' }, (line) => line.startsWith('w/3/1')),
    follow({ start: 'w/2', end: 'w/5' }, (line) => /^w\/[234]/.test(line)),
  ]
  await Promise.all(followers.map(({ watch }) => watch.ready))
  const portions = new Portions(WRITES_PER_KILL)
  const writers = Array.from({ length: WRITERS }, (_, at) => write(at, portions))
  for (let kill = 1; kill <= KILLS; kill++) {
    const victim = await leader()
    portions.handOut()
    await writing.put('elsewhere', `before ${kill}`)
    assert.ok(portions.left > 0, 'all writers are at work when it is killed')
    await victim.kill()
    victim.start()
    const before = written.size
    // Writes go on without the victim, and then with it.
    await writing.put('elsewhere', `${kill}`)
    await victim.ready()
    portions.handOut()
    // Some have been made since.
    while (written.size === before) await writing.get('elsewhere')
  }
  portions.end()
  await Promise.all(writers)
  for (const key of ['w/3/1', 'w/2/x']) {
    const { revision } = await writing.put(key, 'the last')
    written.set(revision, `${key}=the last`)
  }
  await Promise.all(followers.map(({ reading }) => reading))
  const history = [...written].sort(([one], [other]) => one - other)
  for (const { lines, wants } of followers) {
    const expected = history
      .filter(([, line]) => wants(line))
      .map(([revision, line]) => `${revision} ${line}`)
    // Every follower ends with the first last write that it sees.
    assert.deepEqual(lines, expected.slice(0, lines.length))
    assert.ok(lines.length >= expected.length - 1, `${lines.length} of ${expected.length}`)
    assert.ok(lines.at(-1)?.endsWith('=the last'))
  }
})
