/**
 * Our own client against three nodes (`npm run bench:native`), each a process of its own: puts that
 * a program asks for at the same time, each with a promise of its own.
 *
 *   --under-way N   puts that wait for their answers at a time; 1,000 when absent
 *   --value N       bytes of a value; 256 when absent
 *   --keys N        keys are any of so many, which are put before; 100,000 when absent
 *   --seconds N     of each round; 5 when absent
 *   --rounds N      3 when absent
 *   --batch         a hundred to a `db.batch`
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serverCommand, startCluster } from '../test/cluster/index.ts'
import { machine } from './figures.ts'
import type { PutsMeasured, PutsOrder } from './native-puts.ts'

const WARM_MS = 2000

const { values } = parseArgs({
  options: {
    'under-way': { type: 'string', default: '1000' },
    value: { type: 'string', default: '256' },
    keys: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'boolean', default: false },
  },
})

const cluster = await startCluster({ name: 'native', command: serverCommand() })
const child = fork(fileURLToPath(new URL('./native-puts.ts', import.meta.url)))
try {
  console.log(machine())
  const order: Omit<PutsOrder, 'fills'> = {
    urls: cluster.urls,
    pids: cluster.members.map(({ pid }) => pid),
    underWay: Number(values['under-way']),
    valueBytes: Number(values.value),
    keys: Number(values.keys),
    isBatched: values.batch,
    warmMs: WARM_MS,
    measureMs: Number(values.seconds) * 1000,
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    child.send({ ...order, fills: round === 0 } satisfies PutsOrder)
    const [measured] = (await once(child, 'message')) as [PutsMeasured]
    console.log(textOf(measured))
    if (Object.keys(measured.failures).length > 0) process.exitCode = 1
  }
} finally {
  if (child.connected) child.disconnect()
  await cluster.stop()
}

function textOf(measured: PutsMeasured): string {
  const { perSecond, p50Ms, p99Ms, clientMicros, nodeMicros, failures } = measured
  const failed = Object.entries(failures).map(([text, count]) => `; ${count} x ${text}`)
  return (
    `${perSecond.toFixed(0)} puts/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ` +
    `${clientMicros.toFixed(1)} µs of the client and ${nodeMicros.toFixed(1)} µs of the nodes ` +
    `for each put${failed.join('')}`
  )
}
