/** What programs of others print, as they have printed it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationsIn, failuresOf, parseH2load } from './h2load.ts'
import { loadOf } from './load.ts'
import { parseRedisBenchmark } from './redis.ts'
import { parseWrk, scriptOf } from './wrk.ts'

const H2LOAD = `Main benchmark duration is over for thread #0. Stopping all clients.

finished in 2.02s, 7350.00 req/s, 459.79KB/s
requests: 14700 total, 15700 started, 14700 done, 14698 succeeded, 1 failed, 1 errored, 0 timeout
status codes: 14698 2xx, 0 3xx, 0 4xx, 1 5xx
traffic: 919.58KB (941654) total, 43.44KB (44480) headers (space savings 95.74%), \
473.61KB (484974) data
                     min         max         mean         sd        +/- sd
time for request:     6.31ms    576.80ms    130.16ms    100.96ms    70.07%
`

test('h2load tells what succeeded, what failed, and how long the answers were', () => {
  assert.deepEqual(parseH2load(H2LOAD), { succeeded: 14_698, failed: 1, dataBytes: 484_974 })
  assert.throws(() => parseH2load('h2load: could not resolve'), /not understood/)
})

test('answers without a message are failures, which h2load cannot see', () => {
  const puts = loadOf('put', [10, 100])
  const ranges = loadOf('range', [10, 100])
  const fine = { succeeded: 100, failed: 0, dataBytes: 100 * 33 }
  assert.equal(failuresOf(fine, puts).size, 0)
  assert.match([...failuresOf(fine, ranges).keys()].join(), /too short/)
  assert.match([...failuresOf({ ...fine, dataBytes: 0 }, puts).keys()].join(), /too short/)
  assert.equal(failuresOf({ ...fine, failed: 3 }, puts).get('no answer'), 3)
})

test('the log of h2load gives percentiles, without what got no answer', () => {
  const log = ['1\t200\t1000', '2\t200\t2000', '3\t-1\t900000', '4\t200\t3000', ''].join('\n')
  const durations = durationsIn(log)
  assert.equal(durations.count, 3)
  assert.equal(durations.longestMs, 3)
  assert.ok(Math.abs(durations.percentileMs(0.5) - 2) < 0.05)
})

test('wrk prints its figures through our script, with what failed', () => {
  const line =
    'quorate-bench {"requests":5166,"micros":2179817,"p50":17605.0,"p99":200000.0,' +
    '"p999":337267.0,"longest":340000.0,"failures":{"connect":0,"read":0,"write":0,"status":2,' +
    '"timeout":0}}'
  const output = parseWrk(`Running 2s test @ http://127.0.0.1:1\n${line}\n`)
  assert.equal(output.requests, 5166)
  assert.equal(output.p99, 200_000)
  assert.equal(output.failures['status'], 2)
  assert.throws(() => parseWrk('unable to connect'), /has not printed/)
})

test('the script of wrk writes 256 bytes to keys that are there', () => {
  const script = scriptOf({ method: 'PUT', connections: 64, keys: 5000 })
  assert.match(script, /wrk\.format\('PUT'.*string\.rep\('v', 256\)/)
  assert.match(script, /math\.random\(0, 4999\)/)
  assert.match(scriptOf({ method: 'GET', connections: 64, keys: 1 }), /'GET'.*nil, nil\)/)
})

const REDIS = [
  '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms",' +
    '"p99_latency_ms","max_latency_ms"',
  '"SET","57537.40","1.607","0.520","1.543","2.231","3.079","9.463"',
  '',
].join('\n')

test('redis-benchmark tells its figures by the names of columns', () => {
  const expected = { perSecond: 57_537.4, p50Ms: 1.543, p99Ms: 3.079, longestMs: 9.463 }
  assert.deepEqual(parseRedisBenchmark(REDIS), expected)
  assert.throws(() => parseRedisBenchmark('"SET","57537.40"\n'), /does not tell rps/)
})
