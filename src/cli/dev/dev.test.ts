import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { styleOf, widthOf } from '../terminal/index.ts'
import { press, question } from './keys.ts'
import { type ClusterView, type NodeView, sparkline, viewLines } from './view.ts'

const NODE: NodeView = {
  number: 1,
  endpoint: '127.0.0.1:8081',
  state: 'ready',
  endText: '',
  isLeader: false,
  term: 3,
  index: 12_345,
  behind: 0,
  memoryBytes: 96 * 1024 * 1024,
  diskBytes: 48 * 1024 * 1024,
}

const VIEW: ClusterView = {
  directory: '/tmp/somewhere',
  engine: 'bitcask',
  runsMs: 65_000,
  nodes: [
    { ...NODE, isLeader: true },
    { ...NODE, number: 2, endpoint: '127.0.0.1:8082', index: 12_340, behind: 5 },
    {
      ...NODE,
      ...{ number: 3, endpoint: '127.0.0.1:8083', state: 'stopped', endText: 'killed by SIGKILL' },
      ...{ term: null, index: null, behind: null, memoryBytes: null },
    },
  ],
  revision: 12_300,
  writesPerSecond: [0, 500, 1000],
  readMs: 0.8,
  events: ['Ready after 1.2 s.', 'node 1 leads in term 3'],
  question: null,
}

const SCREEN = { columns: 100, rows: 30, style: styleOf(false) }

describe('the live view', () => {
  it('shows nodes, rates, what happened and which keys there are', () => {
    assert.deepEqual(viewLines(VIEW, SCREEN), [
      'Quorate  2 of 3 nodes, bitcask, 65 s',
      '/tmp/somewhere',
      '',
      'NODE    CLIENTS         STATE              TERM     LOG  BEHIND    MEMORY      DISK',
      'node 1  127.0.0.1:8081  leader                3  12,345       0  96.0 MiB  48.0 MiB',
      'node 2  127.0.0.1:8082  follower              3  12,340       5  96.0 MiB  48.0 MiB',
      'node 3  127.0.0.1:8083  killed by SIGKILL                                  48.0 MiB',
      '',
      '1,000 writes/s   800 µs for a read   revision 12,300',
      '▁▅█',
      '',
      'Ready after 1.2 s.',
      'node 1 leads in term 3',
      '',
      'k kill a node   r start it again   q quit',
    ])
  })

  it('fits into any terminal, with colours and without', () => {
    const events = Array.from({ length: 100 }, (_, at) => `event ${at} ${'x'.repeat(200)}`)
    for (const isColored of [true, false]) {
      for (const [columns, rows] of [
        [200, 60],
        [80, 24],
        [60, 10],
        [20, 5],
      ] as const) {
        const lines = viewLines({ ...VIEW, events }, { columns, rows, style: styleOf(isColored) })
        assert.ok(lines.length < rows, `${columns} by ${rows}`)
        for (const line of lines) assert.ok(widthOf(line) <= columns, line)
      }
    }
  })

  it('keeps the newest events', () => {
    const events = Array.from({ length: 100 }, (_, at) => `event ${at}`)
    const lines = viewLines({ ...VIEW, events }, { ...SCREEN, rows: 24 })
    assert.ok(lines.includes('event 99') && !lines.includes('event 50'))
  })

  it('says when nobody leads, and asks what has to be asked', () => {
    const lines = viewLines({ ...VIEW, readMs: null, question: 'kill which node? 1, 2' }, SCREEN)
    assert.ok(lines.some((line) => line.includes('nobody leads')))
    assert.equal(lines.at(-1), 'kill which node? 1, 2')
  })

  it('draws rates as high as the most of them', () => {
    assert.equal(sparkline([], 10), '')
    assert.equal(sparkline([0, 0], 10), '▁▁')
    assert.equal(sparkline([1, 2, 3, 4, 8], 3), '▄▅█')
  })
})

const STATES = new Map([
  [1, 'ready'],
  [2, 'stopped'],
  [3, 'starting'],
] as const)

describe('keys', () => {
  it('quit, in every mode', () => {
    for (const mode of ['watching', 'killing', 'starting'] as const) {
      for (const key of ['q', '\u0003']) {
        assert.deepEqual(press(key, mode, STATES).wish, { kind: 'quit' })
      }
    }
  })

  it('ask which node to kill, among those that run', () => {
    const { mode, wish } = press('k', 'watching', STATES)
    assert.deepEqual([mode, wish.kind], ['killing', 'nothing'])
    assert.match(question(mode, STATES) ?? '', /^kill which node\? 1, 3 /)
    assert.deepEqual(press('3', mode, STATES), {
      mode: 'watching',
      wish: { kind: 'kill', number: 3 },
    })
  })

  it('do nothing to a node that is not among them', () => {
    for (const key of ['2', '9', 'x', '\u001b']) {
      const { mode, wish } = press(key, 'killing', STATES)
      assert.deepEqual([mode, wish.kind], ['watching', 'nothing'], key)
    }
  })

  it('ask nobody when there is only one', () => {
    assert.deepEqual(press('r', 'watching', STATES).wish, { kind: 'start', number: 2 })
    const all = new Map([[1, 'ready']] as const)
    assert.deepEqual(press('r', 'watching', all), { mode: 'watching', wish: { kind: 'nothing' } })
    assert.deepEqual(press('k', 'watching', all).wish, { kind: 'kill', number: 1 })
  })

  it('that mean nothing change nothing', () => {
    assert.deepEqual(press('z', 'watching', STATES).wish, { kind: 'nothing' })
    assert.equal(question('watching', STATES), null)
  })
})
