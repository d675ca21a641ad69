import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PlannedMember } from '../cli/index.ts'
import { ManualClock } from '../log/testing/index.ts'
import { ContactWatch } from './contact-watch.ts'
import { EventLog } from './event-log.ts'

const MEMBERS: readonly PlannedMember[] = [1, 2, 3].map((id) => {
  const text = `http://10.0.0.${id}:2380`
  return {
    id,
    name: `m${id}`,
    peerUrls: [{ text, isSecure: false, address: { host: `10.0.0.${id}`, port: 2380 } }],
  }
})

class Scene {
  readonly clock = new ManualClock()
  readonly connected = new Set<number>()
  leader: number | null = null
  #told: string[] = []
  readonly watch: ContactWatch

  constructor(electionMs = 1000) {
    const write = (line: string): void => {
      const { level, msg, ts: _, ...fields } = JSON.parse(line)
      this.#told.push(`${level} ${msg} ${JSON.stringify(fields)}`)
    }
    const sinks = [{ isPretty: false, isColoured: false, write }]
    this.watch = new ContactWatch({
      clock: this.clock,
      events: new EventLog({ level: 'info', wallMs: () => 0, sinks }),
      electionMs,
      nodeId: 1,
      members: MEMBERS,
      voters: () => [1, 2, 3],
      isConnected: (peer) => this.connected.has(peer),
      leader: () => this.leader,
    })
    this.watch.start()
  }

  /** What is told in that time. */
  async pass(seconds: number): Promise<readonly string[]> {
    for (let left = 2 * seconds; left > 0; left--) await this.clock.advance(500)
    const told = this.#told
    this.#told = []
    return told
  }
}

describe('a node that stands alone', () => {
  it('says who is not reached, and that there is no majority, after some seconds', async () => {
    const scene = new Scene()
    assert.deepEqual(await scene.pass(5), [])
    assert.deepEqual(await scene.pass(1), [
      'warn a peer is not reached {"peer":"m2","at":"http://10.0.0.2:2380","for-s":5}',
      'warn a peer is not reached {"peer":"m3","at":"http://10.0.0.3:2380","for-s":5}',
      'warn there is no majority: this node waits for more members, and nothing can be written ' +
        '{"reached":"1 of 3","needed":2,"missing":"m2,m3","for-s":5}',
    ])
  })

  it('says when that is over', async () => {
    const scene = new Scene()
    await scene.pass(10)
    scene.connected.add(2)
    scene.leader = 2
    assert.deepEqual(await scene.pass(1), [
      'info the peer is reached again {"peer":"m2","at":"http://10.0.0.2:2380","for-s":10}',
      'info there is a leader again {"leader":"m2","for-s":10}',
    ])
    assert.deepEqual(await scene.pass(20), [])
  })

  it('repeats itself less and less often, and begins anew the next time', async () => {
    const scene = new Scene()
    scene.connected.add(2)
    scene.leader = 2
    assert.equal((await scene.pass(6)).length, 1)
    assert.equal((await scene.pass(25)).length, 0)
    assert.match((await scene.pass(5)).join(), /^warn a peer is not reached .*"for-s":35\}$/)
    assert.equal((await scene.pass(59)).length, 0)
    assert.equal((await scene.pass(1)).length, 1)
    assert.ok((await scene.pass(2 * 3600)).length < 20)
    scene.connected.add(3)
    assert.equal((await scene.pass(1)).length, 1)
    scene.connected.delete(3)
    assert.equal((await scene.pass(6)).length, 1)
    assert.equal((await scene.pass(30)).length, 1)
  })

  it('tells nothing of what passes at once', async () => {
    const scene = new Scene()
    for (let turn = 0; turn < 5; turn++) {
      scene.connected.clear()
      scene.leader = null
      assert.deepEqual(await scene.pass(4), [])
      for (const peer of [2, 3]) scene.connected.add(peer)
      scene.leader = 3
      assert.deepEqual(await scene.pass(4), [])
    }
  })

  it('tells a majority that has no leader from none, and waits for slow elections', async () => {
    const scene = new Scene(5000)
    scene.connected.add(2)
    scene.connected.add(3)
    assert.deepEqual(await scene.pass(15), [])
    assert.deepEqual(await scene.pass(1), [
      'warn nobody leads, although a majority is reached ' +
        '{"reached":"3 of 3","needed":2,"missing":"","for-s":15}',
    ])
  })

  it('is silent when it has ended', async () => {
    const scene = new Scene()
    scene.watch.end()
    scene.watch.end()
    assert.deepEqual(await scene.pass(60), [])
  })
})
