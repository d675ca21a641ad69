import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unknownMetrics } from './metrics.ts'

const METRICS =
  '# HELP quorate_a Of a.\n# TYPE quorate_a counter\nquorate_a 1\n# TYPE etcd_b histogram\n'

test('metrics that a document names are looked for among those there are', () => {
  const document = 'rate(quorate_a[1m]) > 0, etcd_b_bucket; process_c, quorate_a_sum, quorate_a'
  assert.deepEqual(unknownMetrics(document, METRICS), ['process_c', 'quorate_a_sum'])
  assert.deepEqual(unknownMetrics('none, but up and node_load1', METRICS), [])
})
