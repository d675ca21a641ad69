import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { readNodeFile } from '../cli/config/index.ts'
import { EventLog } from './event-log.ts'
import { tellRoom } from './first-start.ts'

const SEGMENT_BYTES = 16 * 1024 * 1024

function temporary(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-first-start-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What is told of a node in that directory when so many bytes are free. */
function told(directory: string, freeBytes: number | null): readonly string[] {
  const outcome = readNodeFile(
    `data: { directory: ${JSON.stringify(directory)} }\nlimits: { logSegment: 16MiB }\n`,
  )
  assert.equal(outcome.kind, 'read')
  const lines: string[] = []
  const write = (line: string): void => {
    const { level, 'free-mib': free, 'needed-mib': needed } = JSON.parse(line)
    lines.push(`${level} ${free} ${needed}`)
  }
  const sinks = [{ isPretty: false, isColoured: false, write }]
  const events = new EventLog({ level: 'warn', wallMs: () => 0, sinks })
  tellRoom(outcome.config, events, () => freeBytes)
  return lines
}

test('a disk without room for what the log takes at once is told of', (t) => {
  const directory = path.join(temporary(t), 'data')
  assert.deepEqual(told(directory, 20 * 1024 * 1024), ['warn 20 48'])
  assert.deepEqual(told(directory, 3 * SEGMENT_BYTES - 1), ['warn 47 48'])
  assert.deepEqual(told(directory, 3 * SEGMENT_BYTES), [])
  assert.deepEqual(told(directory, null), [], 'nothing is said of what cannot be told')
})

test('what the log has taken already it does not take again', (t) => {
  const directory = temporary(t)
  mkdirSync(path.join(directory, 'log'))
  const file = (name: string, bytes: number): void => {
    const place = path.join(directory, 'log', name)
    writeFileSync(place, '')
    truncateSync(place, bytes)
  }
  file('short', 1000)
  file('one', SEGMENT_BYTES)
  assert.deepEqual(told(directory, 0), ['warn 0 32'])
  file('two', SEGMENT_BYTES)
  file('three', SEGMENT_BYTES)
  assert.deepEqual(told(directory, 0), [])
})
