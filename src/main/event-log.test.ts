import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EVENT_LEVELS, type EventLevel, EventLog, type EventSink } from './event-log.ts'

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 6)

interface Heard {
  readonly events: EventLog
  readonly lines: string[]
}

function hear(level: EventLevel, how: Partial<EventSink> = {}): Heard {
  const lines: string[] = []
  const write = (line: string): void => {
    lines.push(line)
  }
  const sinks = [{ isPretty: false, isColoured: false, write, ...how }]
  return { events: new EventLog({ level, wallMs: () => AT_MS, sinks }), lines }
}

function tellAll(events: EventLog): void {
  for (const level of EVENT_LEVELS) events[level](level)
}

describe('events', () => {
  it('are lines of JSON with the names that etcd has', () => {
    const { events, lines } = hear('info')
    events.warn('odd', { peer: 2, 'took-ms': 1.5 })
    assert.deepEqual(lines, [
      '{"level":"warn","ts":"2026-01-02T03:04:05.006Z","msg":"odd","peer":2,"took-ms":1.5}\n',
    ])
  })

  it('are told from the level on that is wanted', () => {
    for (const [at, level] of EVENT_LEVELS.entries()) {
      const { events, lines } = hear(level)
      tellAll(events)
      assert.equal(lines.length, EVENT_LEVELS.length - at, level)
    }
  })

  it('change their level while they are told, and say so to everybody', () => {
    const { events, lines } = hear('error')
    events.changeLevel('debug', 'asked over HTTP')
    assert.equal(events.level, 'debug')
    const [told = ''] = lines
    const { level, msg, from, to, reason } = JSON.parse(told)
    assert.deepEqual([level, msg], ['info', 'log level changed'])
    assert.deepEqual([from, to, reason], ['error', 'debug', 'asked over HTTP'])
    tellAll(events)
    assert.equal(lines.length, 1 + EVENT_LEVELS.length)
    events.changeLevel('debug', 'again')
    assert.equal(lines.length, 1 + EVENT_LEVELS.length, 'nothing has changed')
  })

  it('refuse a level that there is not, and keep theirs', () => {
    const { events } = hear('warn')
    for (const level of ['', 'loud', 'WARN', 'constructor']) {
      assert.throws(() => events.changeLevel(level, 'x'), { code: 'BAD_REQUEST' }, level)
    }
    assert.equal(events.level, 'warn')
  })

  it('go to everything and back on a signal, whatever was configured', () => {
    for (const [level, other] of [
      ['warn', 'debug'],
      ['debug', 'info'],
    ] as const) {
      const { events } = hear(level)
      events.toggleDebug('SIGUSR2')
      assert.equal(events.level, other)
      events.toggleDebug('SIGUSR2')
      assert.equal(events.level, level)
    }
    const { events } = hear('error')
    events.changeLevel('info', 'HTTP')
    events.toggleDebug('SIGUSR2')
    events.toggleDebug('SIGUSR2')
    assert.equal(events.level, 'error', 'back to what was configured')
  })

  it('are a line for people at a terminal, in which no value can break out', () => {
    const { events, lines } = hear('info', { isPretty: true })
    events.info('started', { members: 'm1,m2', text: 'a "b"\nc', empty: '', list: [1, 2] })
    events.info('stopped')
    const [started = '', stopped = ''] = lines.map((line) => line.replace(/^\S+ /, ''))
    assert.equal(
      started.replace(/ +/g, ' '),
      'info started members=m1,m2 text="a \\"b\\"\\nc" empty="" list=[1,2]\n',
    )
    assert.equal(stopped, 'info  stopped\n')
    assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} info/)
  })

  it('have colours only where they are wanted', () => {
    const coloured = hear('info', { isPretty: true, isColoured: true })
    const plain = hear('info', { isPretty: true })
    const json = hear('info', { isColoured: true })
    for (const { events } of [coloured, plain, json]) events.error('broken', { a: 1 })
    assert.ok(coloured.lines.join().includes('\x1b[31merror\x1b[0m'))
    assert.ok(!plain.lines.join().includes('\x1b'))
    assert.ok(!json.lines.join().includes('\x1b'))
  })
})
