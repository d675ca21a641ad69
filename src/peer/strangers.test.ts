import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32c, PEER_PING_MS, PEER_REFUSED_MS, PEER_SILENT_INTERVALS_MAX } from '../base/index.ts'
import { type CallEnd, RpcChannel, RpcServer, type ServerCall, STATUS } from '../rpc/index.ts'
import { encodeHello, encodePing, encodeWelcome, FRAME } from './greeting.ts'
import { type Envelope, encodeEnvelope } from './index.ts'
import { CLUSTER, type Member } from './testing/member.ts'
import { closed, connected, SimulatedScene } from './testing/scene.ts'

const SILENT_MS = PEER_PING_MS * PEER_SILENT_INTERVALS_MAX
const HELLO = { clusterId: CLUSTER, from: 9, to: 1, incarnation: 4 }

/** Whoever dials node 1 and says what a test likes. */
class Stranger {
  readonly said: Uint8Array[] = []
  #end: CallEnd | null = null
  readonly #scene: SimulatedScene
  readonly #channel: RpcChannel
  readonly #words: Uint8Array[]
  #call: ReturnType<RpcChannel['stream']> | null = null

  constructor(scene: SimulatedScene, target: Member, words: readonly Uint8Array[]) {
    const { clock, chance, gzip, sockets } = scene.process(200)
    this.#scene = scene
    this.#words = [...words]
    this.#channel = new RpcChannel({
      clock,
      chance,
      gzip,
      endpoints: [target.address],
      connect: (address) => sockets.connect(address),
      onFault: (error) => assert.fail(error as Error),
    })
    this.#call = this.#channel.stream('/quorate.peer.v1.Peer/Messages', {
      message: (bytes, offset, length) => this.said.push(bytes.slice(offset, offset + length)),
      writable: () => this.#speak(),
      ended: (end) => {
        this.#end = end
      },
    })
  }

  get isEnded(): boolean {
    return this.#end !== null
  }

  say(word: Uint8Array): void {
    this.#call?.write(word, 0, word.length, false)
  }

  close(): void {
    this.#channel.close()
  }

  async untilEnded(): Promise<CallEnd> {
    await this.#scene.until(() => this.isEnded)
    return this.#end as CallEnd
  }

  #speak(): void {
    for (const word of this.#words.splice(0)) this.say(word)
  }
}

/** A hello of another protocol: the number behind the checksum. */
function helloOf(protocol: number): Uint8Array {
  const bytes = encodeHello(HELLO)
  bytes[5] = protocol
  const checksum = crc32c(bytes, 5, bytes.length, 0)
  for (let i = 0; i < 4; i++) bytes[1 + i] = checksum >>> (8 * i)
  return bytes
}

function envelopeOf(more: Partial<Envelope>): Uint8Array {
  const { from = 9, to = 1 } = more
  const messages = [{ kind: 'timeoutNow', group: 2, from, to, term: 3 } as const]
  return encodeEnvelope({ clusterId: CLUSTER, from, to, incarnation: 4, messages, ...more })
}

/** Node 1 and node 2, and a stranger between them. */
async function meets(
  words: readonly Uint8Array[],
  body: (met: { stranger: Stranger; one: Member; scene: SimulatedScene }) => Promise<void>,
): Promise<void> {
  const scene = new SimulatedScene(1, { fragment: 0.5 })
  const members = await connected(scene, [1, 2])
  const [one, two] = members as [Member, Member]
  const stranger = new Stranger(scene, one, words)
  await body({ stranger, one, scene })
  stranger.close()
  // Nobody else has felt it.
  two.sendHeartbeat(1, 1)
  await scene.until(() => one.heard.includes('heartbeat 1'))
  assert.ok(!one.dropped.includes(2))
  await closed(scene, members)
}

describe('whoever greets', () => {
  const refusals: readonly (readonly [string, Uint8Array, RegExp])[] = [
    [
      'another cluster',
      encodeHello({ ...HELLO, clusterId: 5 }),
      /of cluster 5, this is cluster 77/,
    ],
    ['another node', encodeHello({ ...HELLO, to: 3 }), /node 3 is looked for, this is node 1/],
    ['as the node itself', encodeHello({ ...HELLO, from: 1 }), /node 1 itself/],
    ['in another protocol', helloOf(2), /protocol 2 is not spoken here, but 1/],
  ]
  for (const [what, hello, text] of refusals) {
    it(`${what} is refused, and told why`, async () => {
      await meets([hello], async ({ stranger, one }) => {
        const { status } = await stranger.untilEnded()
        assert.equal(status.code, STATUS.FAILED_PRECONDITION)
        assert.match(status.message, text)
        assert.deepEqual(
          one.faults.map((fault) => (fault.kind === 'refused' ? fault.by : fault.kind)),
          ['us'],
        )
        assert.deepEqual(one.received, [])
      })
    })
  }

  it('in an earlier life than one that was here is refused', async () => {
    await meets([encodeHello(HELLO)], async ({ stranger, one, scene }) => {
      await scene.until(() => stranger.said.length > 0)
      const late = new Stranger(scene, one, [encodeHello({ ...HELLO, incarnation: 3 })])
      const { status } = await late.untilEnded()
      assert.match(status.message, /life 3 of node 9 is over, its life 4 was here/)
      assert.equal(one.network.isConnected(9), true)
      late.close()
    })
  })

  it('in a later life ends the life before', async () => {
    await meets([encodeHello(HELLO)], async ({ stranger, one, scene }) => {
      await scene.until(() => stranger.said.length > 0)
      const next = new Stranger(scene, one, [encodeHello({ ...HELLO, incarnation: 5 })])
      await stranger.untilEnded()
      assert.deepEqual(one.dropped, [9])
      await scene.until(() => one.network.isConnected(9))
      next.close()
    })
  })

  it('well is welcome, and heard', async () => {
    const words = [encodeHello(HELLO), envelopeOf({})]
    await meets(words, async ({ stranger, one, scene }) => {
      await scene.until(() => one.heard.includes('timeoutNow') && stranger.said.length > 0)
      assert.deepEqual(stranger.said[0], encodeWelcome({ incarnation: 1 }))
    })
  })
})

describe('whoever says what no peer says', () => {
  const damaged = envelopeOf({})
  damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1
  const endless = envelopeOf({})
  endless.set([0xff, 0xff, 0xff, 0x7f], 8)
  const cases: readonly (readonly [string, readonly Uint8Array[]])[] = [
    ['noise instead of a hello', [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)]],
    ['nothing instead of a hello', [new Uint8Array(0)]],
    ['an envelope instead of a hello', [envelopeOf({})]],
    ['a welcome', [encodeWelcome({ incarnation: 1 })]],
    ['two hellos', [encodeHello(HELLO), encodeHello(HELLO)]],
    ['a frame of no kind', [encodeHello(HELLO), Uint8Array.of(99, 1)]],
    ['an empty frame', [encodeHello(HELLO), new Uint8Array(0)]],
    ['a ping without a number', [encodeHello(HELLO), Uint8Array.of(FRAME.ping)]],
    ['a damaged envelope', [encodeHello(HELLO), damaged]],
    ['an envelope of gigabytes', [encodeHello(HELLO), endless]],
    ['the beginning of one', [encodeHello(HELLO), envelopeOf({}).subarray(0, 12)]],
    ['an envelope of somebody else', [encodeHello(HELLO), envelopeOf({ from: 2 })]],
    ['an envelope to somebody else', [encodeHello(HELLO), envelopeOf({ to: 2 })]],
    ['an envelope of another cluster', [encodeHello(HELLO), envelopeOf({ clusterId: 5 })]],
    [
      'half an envelope, and a ping',
      [
        encodeHello(HELLO),
        envelopeOf({}).subarray(0, 15),
        encodePing(1),
        encodePing(1),
        encodePing(1),
        encodePing(1),
      ],
    ],
  ]
  for (const [what, words] of cases) {
    it(`${what} is cut off, and heard by nobody`, async () => {
      await meets(words, async ({ stranger, one }) => {
        const { status } = await stranger.untilEnded()
        assert.equal(status.code, STATUS.DATA_LOSS)
        assert.deepEqual(
          one.faults.map(({ kind }) => kind),
          ['damaged'],
        )
        assert.deepEqual(one.received, [])
      })
    })
  }

  it('bytes that are not even HTTP/2 is cut off', async () => {
    await meets([], async ({ one, scene }) => {
      const { sockets } = scene.process(201)
      for (const text of [
        'GET / HTTP/1.1\r\n\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnoise',
        '\x16\x03',
      ]) {
        let isClosed = false
        const socket = sockets.connect(one.address)
        socket.onData = () => {}
        socket.onEnd = () => socket.end()
        socket.onClose = () => {
          isClosed = true
        }
        socket.write(Buffer.from(text))
        await scene.until(() => isClosed)
      }
    })
  })

  it('nothing at all has as long as a peer may be silent', async () => {
    await meets([], async ({ stranger, scene }) => {
      await scene.pass(SILENT_MS - 2 * PEER_PING_MS)
      assert.ok(!stranger.isEnded)
      await scene.pass(3 * PEER_PING_MS)
      assert.ok(stranger.isEnded)
      assert.equal((await stranger.untilEnded()).status.code, STATUS.UNAVAILABLE)
    })
  })

  it('half an envelope and nothing more, too', async () => {
    const words = [encodeHello(HELLO), envelopeOf({}).subarray(0, 20)]
    await meets(words, async ({ stranger, one, scene }) => {
      await scene.pass(SILENT_MS + 2 * PEER_PING_MS)
      assert.equal((await stranger.untilEnded()).status.code, STATUS.UNAVAILABLE)
      assert.deepEqual(one.dropped, [9])
    })
  })
})

describe('a node that is refused', () => {
  it('tells why, and does not ask again all the time', async () => {
    const scene = new SimulatedScene(3)
    const one = scene.member({ id: 1 })
    const other = scene.member({ id: 2, clusterId: 5 })
    await scene.settle(() => one.open())
    await scene.settle(() => other.open())
    other.knows(one)
    await scene.pass(4 * PEER_REFUSED_MS)
    const texts = other.faults.map((fault) => (fault.kind === 'refused' ? fault.text : fault.kind))
    assert.ok(texts.length >= 4 && texts.length <= 9, `${texts.length} attempts`)
    for (const text of texts) assert.match(text, /node 2 is of cluster 5, this is cluster 77/)
    assert.equal(one.faults.length, texts.length)
    assert.deepEqual([one.dropped, other.dropped], [[], []])
    assert.deepEqual(one.network.statistics(), [])
    await closed(scene, [one, other])
  })
})

describe('whoever is dialled', () => {
  const otherWelcome = encodeWelcome({ incarnation: 1 })
  otherWelcome[5] = 3
  const checksum = crc32c(otherWelcome, 5, otherWelcome.length, 0)
  for (let i = 0; i < 4; i++) otherWelcome[1 + i] = checksum >>> (8 * i)

  /** Node 1 dials what pretends to be node 2 for so long. */
  async function dials(answer: ((call: ServerCall) => void) | null, ms: number): Promise<Member> {
    const scene = new SimulatedScene(5)
    const { clock, gzip, sockets, host } = scene.process(2)
    const open = (call: ServerCall) => ({
      message: () => answer?.(call),
      ended: () => call.end(),
      writable: () => {},
      cancelled: () => {},
    })
    const path = '/quorate.peer.v1.Peer/Messages'
    const methods = answer === null ? [] : [{ kind: 'stream', path, open } as const]
    const onFault = (error: unknown): void => assert.fail(error as Error)
    const server = new RpcServer({ clock, gzip, methods, onFault })
    const address = { host, port: 80 }
    await scene.world.perform(() => sockets.listen(address, (socket) => server.accept(socket)))
    const one = scene.member({ id: 1, peers: new Map([[2, [address]]]) })
    await scene.settle(() => one.open())
    await scene.pass(ms)
    assert.equal(one.network.isConnected(2), false)
    assert.deepEqual(one.dropped, [])
    await closed(scene, [one])
    return one
  }

  it('and speaks another protocol is left alone for a while', async () => {
    const { faults } = await dials((call) => call.write(otherWelcome, 0, otherWelcome.length), 2000)
    assert.deepEqual(faults, [
      { kind: 'refused', peer: 2, by: 'peer', text: 'it speaks protocol 3, not 1' },
    ])
  })

  it('and is no peer at all is left alone for a while', async () => {
    const { faults } = await dials(null, 2000)
    assert.deepEqual(
      faults.map(({ kind }) => kind),
      ['refused'],
    )
  })

  it('and answers with noise is asked again, with pauses', async () => {
    const noise = Uint8Array.of(9, 9, 9)
    const { faults } = await dials((call) => call.write(noise, 0, noise.length), 2000)
    assert.ok(faults.length > 5 && faults.length < 20, `${faults.length}`)
    assert.ok(faults.every(({ kind }) => kind === 'damaged'))
  })

  it('and never answers is given up each time, and nothing is said to it', async () => {
    const heard: number[] = []
    const { faults } = await dials(() => heard.push(1), 6 * SILENT_MS)
    assert.ok(heard.length >= 3 && heard.length <= 6, `${heard.length} attempts`)
    assert.deepEqual(faults, [])
  })
})
