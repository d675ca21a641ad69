/** REST, asked by `wrk`. Keys are random; what is written is the same value. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Durations } from './durations.ts'
import type { Place } from './h2load.ts'
import { VALUE_BYTES } from './load.ts'
import type { Timing } from './meter.ts'
import type { Measured } from './order.ts'
import { runOutside } from './outside.ts'

/** In front of the line that our script prints. */
const MARK = 'quorate-bench '

export interface RestLoad {
  readonly method: 'GET' | 'PUT'
  readonly connections: number
  readonly keys: number
}

export interface WrkOutput {
  readonly requests: number
  readonly micros: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly longest: number
  readonly failures: Readonly<Record<string, number>>
}

export async function measureWrk(
  program: string,
  {
    rest,
    place,
    timing,
  }: { readonly rest: RestLoad; readonly place: Place; readonly timing: Timing },
): Promise<Measured> {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-wrk-'))
  try {
    const script = path.join(directory, 'load.lua')
    writeFileSync(script, scriptOf(rest))
    const run = async (ms: number) =>
      await runOutside(
        [
          ...[program, '-t', '1', '-c', String(rest.connections)],
          // It counts in whole seconds.
          ...['-d', `${Math.ceil(ms / 1000)}s`, '-s', script, place.url],
        ],
        { pids: place.pids, expectedMs: ms },
      )
    await run(timing.warmMs)
    const { printed, expenses } = await run(timing.measureMs)
    const output = parseWrk(printed)
    const failures = new Map(Object.entries(output.failures).filter(([, times]) => times > 0))
    const valueBytes = rest.method === 'PUT' ? VALUE_BYTES : 0
    const durations = new Durations()
    const measured = expenses.for({ count: output.requests, durations, failures, valueBytes })
    return {
      ...measured,
      perSecond: (output.requests / output.micros) * 1e6,
      p50Ms: output.p50 / 1000,
      p99Ms: output.p99 / 1000,
      p999Ms: output.p999 / 1000,
      longestMs: output.longest / 1000,
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A request is put together from two texts around the key, made by wrk itself once. */
export function scriptOf({ method, keys }: RestLoad): string {
  const body = method === 'PUT' ? `string.rep('v', ${VALUE_BYTES})` : 'nil'
  return `local head, tail
function init()
  local whole = wrk.format('${method}', '/api/v1/kv/bench/KEY', nil, ${body})
  local from, to = whole:find('KEY', 1, true)
  head, tail = whole:sub(1, from - 1), whole:sub(to + 1)
  math.randomseed(os.time())
end
function request()
  return head .. string.format('%010d', math.random(0, ${keys - 1})) .. tail
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('${MARK}{"requests":%d,"micros":%d,"p50":%.1f,"p99":%.1f,"p999":%.1f,' ..
    '"longest":%.1f,"failures":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency:percentile(99.9), latency.max, errors.connect, errors.read, errors.write,
    errors.status, errors.timeout))
end
`
}

export function parseWrk(printed: string): WrkOutput {
  const line = printed.split('\n').find((one) => one.startsWith(MARK))
  if (line === undefined) throw new Error(`wrk has not printed its figures:\n${printed}`)
  return JSON.parse(line.slice(MARK.length)) as WrkOutput
}
