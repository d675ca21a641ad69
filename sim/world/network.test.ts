import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Direction,
  type Frame,
  type Life,
  Network,
  type NetworkConditions,
  type NetworkFaultKind,
  type Port,
  World,
} from './index.ts'

interface TextFrame extends Frame {
  readonly text: string
}

function frame(text: string, bytes = 100): TextFrame {
  return {
    text,
    bytes,
    corrupt: (chance) => (chance.happens(0.5) ? frame(`${text}?`, bytes) : null),
  }
}

interface Node {
  readonly port: Port
  readonly life: Life
  readonly got: string[]
}

/** Nodes a, b, c that note what reaches them as `from:text`, `peer!` for a dropped peer. */
function setUp(conditions: Partial<NetworkConditions> = {}, seed = 1) {
  const world = new World({ seed })
  const faults: NetworkFaultKind[] = []
  const network = new Network({
    world,
    conditions,
    onFault: (kind) => faults.push(kind),
    makeForeign: ({ from }) => frame(`alien as ${from}`),
  })
  const attach = (address: string): Node => {
    const life = world.createLife(address)
    const got: string[] = []
    const port = network.attach(address, life, {
      receive: (from, received) => got.push(`${from}:${(received as TextFrame).text}`),
      dropped: (peer) => got.push(`${peer}!`),
    })
    return { port, life, got }
  }
  const settle = (): Promise<unknown> => world.run()
  return { world, network, faults, attach, settle, a: attach('a'), b: attach('b'), c: attach('c') }
}

const AB: Direction = { from: 'a', to: 'b' }
const BA: Direction = { from: 'b', to: 'a' }

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`)
}

function sendAll(port: Port, to: string, texts: readonly string[]): void {
  for (const text of texts) port.send(to, frame(text))
}

describe('a healthy network', () => {
  it('delivers every frame once, in order, later, and counts no fault', async () => {
    const { a, b, c, faults, settle, world } = setUp()
    sendAll(a.port, 'b', numbers(500))
    assert.deepEqual(b.got, [], 'not inside the call')
    await settle()
    assert.deepEqual(
      b.got,
      numbers(500).map((n) => `a:${n}`),
    )
    assert.deepEqual(c.got, [])
    assert.deepEqual(faults, [])
    assert.ok(world.nowUs >= 100 && world.nowUs < 2_000)
  })

  it('takes the delay it is told, per direction', async () => {
    const { a, b, network, world, settle } = setUp({ delayUs: [10, 10] })
    network.setLatency([5_000, 5_000], AB)
    a.port.send('b', frame('slow'))
    b.port.send('a', frame('fast'))
    await world.run({ untilUs: 100 })
    assert.deepEqual([a.got, b.got], [['b:fast'], []])
    await settle()
    assert.deepEqual(b.got, ['a:slow'])
    assert.ok(world.nowUs >= 5_000 && world.nowUs < 5_010)
  })

  it('lets large frames wait for the wire, and drops what its queue cannot hold', async () => {
    const { a, b, faults, world, settle } = setUp({
      bytesPerSecond: 1_000_000,
      queueBytesMax: 250_000,
    })
    for (const text of ['1', '2', '3']) a.port.send('b', frame(text, 100_000))
    await world.run({ untilUs: 150_000 })
    assert.deepEqual(b.got, ['a:1'])
    await settle()
    assert.deepEqual(b.got, ['a:1', 'a:2'])
    assert.deepEqual(faults, ['queueFull'])
  })
})

describe('faults of the network by chance', () => {
  const cases: [Partial<NetworkConditions>, NetworkFaultKind][] = [
    [{ drop: 0.3 }, 'dropped'],
    [{ duplicate: 0.3 }, 'duplicated'],
    [{ reorder: 0.3 }, 'reordered'],
    [{ replay: 0.3 }, 'replayed'],
    [{ slow: 0.3 }, 'slow'],
    [{ reset: 0.05 }, 'reset'],
    [{ corrupt: 0.3 }, 'corrupted'],
    [{ foreign: 0.3 }, 'foreign'],
  ]
  for (const [conditions, kind] of cases) {
    it(`${kind}: happens when asked for, is counted, and changes what arrives`, async () => {
      const { a, b, faults, settle } = setUp(conditions)
      sendAll(a.port, 'b', numbers(200))
      await settle()
      assert.ok(faults.filter((one) => one === kind).length > 0)
      const other = faults.filter((one) => one !== kind && one !== 'lostWithProcess')
      assert.deepEqual(other, [])
      const sent = numbers(200).map((n) => `a:${n}`)
      if (kind === 'slow') assert.deepEqual(b.got, sent)
      else assert.notDeepEqual(b.got, sent)
    })
  }

  it('duplicates and replays add copies; nothing is lost by them or by reordering', async () => {
    const { a, b, settle, faults } = setUp({ duplicate: 0.2, replay: 0.2, reorder: 0.5 })
    sendAll(a.port, 'b', numbers(200))
    await settle()
    assert.equal(new Set(b.got).size, 200)
    const copies = faults.filter((kind) => kind === 'duplicated' || kind === 'replayed').length
    assert.equal(b.got.length, 200 + copies)
  })

  it('a corrupted frame arrives as its owner says, or not at all', async () => {
    const { a, b, settle } = setUp({ corrupt: 1 })
    sendAll(a.port, 'b', numbers(100))
    a.port.send('b', { bytes: 10 })
    await settle()
    assert.ok(b.got.length > 20 && b.got.length < 80)
    assert.ok(b.got.every((text) => text.endsWith('?')))
  })
})

describe('cuts and clogs', () => {
  it('a cut is one way, loses what is under way, and ends with heal', async () => {
    const { a, b, network, settle, faults } = setUp()
    a.port.send('b', frame('under way'))
    network.cut(AB)
    a.port.send('b', frame('lost'))
    b.port.send('a', frame('other way'))
    await settle()
    assert.deepEqual([a.got, b.got], [['b:other way'], []])
    assert.deepEqual(faults, ['cut', 'cut'])
    network.heal(AB)
    a.port.send('b', frame('again'))
    await settle()
    assert.deepEqual(b.got, ['a:again'])
  })

  it('an isolated node reaches nobody, nobody reaches it, not even newcomers', async () => {
    const { a, b, c, network, attach, settle } = setUp()
    network.isolate('a')
    const d = attach('d')
    d.port.send('a', frame('x'))
    a.port.send('d', frame('x'))
    a.port.send('b', frame('x'))
    b.port.send('c', frame('y'))
    await settle()
    assert.deepEqual([a.got, b.got, c.got, d.got], [[], [], ['b:y'], []])
    network.rejoin('a')
    d.port.send('a', frame('z'))
    await settle()
    assert.deepEqual(a.got, ['d:z'])
  })

  it('setCuts replaces the pattern and heal without directions ends everything', async () => {
    const { network } = setUp()
    network.cut(AB)
    network.setCuts([BA])
    assert.deepEqual([network.isCut(AB), network.isCut(BA)], [false, true])
    network.isolate('c')
    assert.equal(network.isCut({ from: 'a', to: 'c' }), true)
    network.heal()
    assert.equal(network.isCut(BA) || network.isCut({ from: 'a', to: 'c' }), false)
  })

  it('a clog holds frames in order until released, up to its limit', async () => {
    const { a, b, network, settle, faults } = setUp({ queueBytesMax: 350 })
    network.hold(AB)
    sendAll(a.port, 'b', ['1', '2', '3', '4'])
    await settle()
    assert.deepEqual(b.got, [])
    assert.deepEqual(faults, ['clogged', 'clogged', 'clogged', 'queueFull'])
    network.release(AB)
    await settle()
    assert.deepEqual(b.got, ['a:1', 'a:2', 'a:3'])
  })

  it('the next frames can be dropped or doubled on purpose', async () => {
    const { a, b, network, settle } = setUp()
    network.dropNext(AB)
    sendAll(a.port, 'b', ['1', '2'])
    network.duplicateNext(AB, 2)
    sendAll(a.port, 'b', ['3', '4', '5'])
    await settle()
    assert.deepEqual(b.got, ['a:2', 'a:3', 'a:3', 'a:4', 'a:4', 'a:5'])
  })
})

describe('connections and the ends of processes', () => {
  it('a killed process is noticed by every peer it had a connection with, once', async () => {
    const { a, b, c, settle, network } = setUp()
    a.port.send('b', frame('1'))
    b.port.send('a', frame('2'))
    await settle()
    b.life.end('killed')
    await settle()
    assert.deepEqual(a.got, ['b:2', 'b!'])
    assert.deepEqual(c.got, [])
    a.port.send('b', frame('nobody there'))
    network.reset('a', 'c')
    await settle()
    assert.deepEqual(a.got, ['b:2', 'b!', 'c!'])
  })

  it('the news of a killed process comes once, whatever is sent before it arrives', async () => {
    const { a, b, settle, network } = setUp()
    network.setLatency([1_000, 2_000])
    a.port.send('b', frame('1'))
    await settle()
    b.life.end('killed')
    sendAll(a.port, 'b', numbers(5))
    await settle()
    assert.deepEqual(a.got, ['b!'])
  })

  it('a peer that only received is told too', async () => {
    const { a, b, settle } = setUp()
    a.port.send('b', frame('1'))
    await settle()
    a.life.end('killed')
    await settle()
    assert.deepEqual(b.got, ['a:1', 'a!'])
  })

  it('nobody is told of a power failure until the machine is back and answers', async () => {
    const { a, b, settle, attach, faults } = setUp()
    a.port.send('b', frame('1'))
    await settle()
    b.life.end('powerLost')
    a.port.send('b', frame('2'))
    await settle()
    assert.deepEqual(a.got, [])
    assert.deepEqual(faults, ['lostWithProcess'])
    const reborn = attach('b')
    a.port.send('b', frame('3'))
    await settle()
    assert.deepEqual([a.got, reborn.got], [['b!'], []])
    a.port.send('b', frame('4'))
    await settle()
    assert.deepEqual(reborn.got, ['a:4'])
  })

  it('behind a cut nobody is told of a kill', async () => {
    const { a, b, settle, network } = setUp()
    a.port.send('b', frame('1'))
    await settle()
    network.cut(BA)
    b.life.end('killed')
    await settle()
    assert.deepEqual(a.got, [])
    network.heal()
    a.port.send('b', frame('2'))
    await settle()
    assert.deepEqual(a.got, ['b!'])
  })

  it('what was sent to one life does not reach the next, but a replay may', async () => {
    const { a, b, attach, network, settle, world } = setUp()
    network.setConditions({ replay: 1, replayMs: [50, 60] })
    network.setLatency([1_000, 1_000])
    a.port.send('b', frame('old'))
    b.life.end('powerLost')
    const reborn = attach('b')
    await world.run({ untilUs: 40_000 })
    assert.deepEqual(reborn.got, [])
    await settle()
    assert.deepEqual(reborn.got, ['a:old'])
  })

  it('a reset tells both ends and loses what is under way or held', async () => {
    const { a, b, network, settle } = setUp()
    network.hold(BA)
    a.port.send('b', frame('1'))
    b.port.send('a', frame('2'))
    network.reset('a', 'b')
    network.releaseAll()
    await settle()
    assert.deepEqual([a.got, b.got], [['b!'], ['a!']])
    a.port.send('b', frame('3'))
    await settle()
    assert.deepEqual(b.got, ['a!', 'a:3'])
  })

  it('the dead neither send nor receive', async () => {
    const { a, b, settle } = setUp()
    b.port.send('a', frame('under way'))
    a.life.end('powerLost')
    a.port.send('b', frame('from the grave'))
    await settle()
    assert.deepEqual([a.got, b.got], [[], []])
  })

  it('a paused process gets everything after it, in order', async () => {
    const { a, b, settle } = setUp()
    b.life.pause()
    sendAll(a.port, 'b', numbers(20))
    await settle()
    assert.deepEqual(b.got, [])
    b.life.resume()
    await settle()
    assert.deepEqual(
      b.got,
      numbers(20).map((n) => `a:${n}`),
    )
  })
})
