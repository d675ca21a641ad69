import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { it } from 'node:test'
import { freePorts } from '../../test/cluster/index.ts'
import { closed, SCENES } from './testing/scene.ts'

const VICTIM = new URL('./testing/victim.ts', import.meta.url).pathname

/** Resolves once it has told its port. */
async function start(...words: readonly number[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [VICTIM, ...words.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.on('data', (bytes: Buffer) => resolve(Number(bytes.toString())))
    child.on('exit', () => reject(new TypeError('it ended')))
  })
  return { child, port }
}

it('the death of a process is told at once, and so is its next life', async () => {
  const scene = SCENES[0]?.create()
  assert.ok(scene !== undefined)
  // Silence tells nothing here, so that only the machine's word is left.
  const one = scene.member({ id: 1, limits: { silentIntervalsMax: 1_000_000 } })
  await scene.settle(() => one.open())
  const [port = 0] = await freePorts(1)
  try {
    for (let life = 1; life <= 3; life++) {
      const victim = await start(port, life, one.address.port)
      assert.equal(victim.port, port)
      one.network.setPeers(new Map([[2, [{ host: '127.0.0.1', port }]]]))
      try {
        await scene.until(() => (one.statistics(2)?.connects ?? 0) === 2 * life)
      } finally {
        victim.child.kill('SIGKILL')
      }
      await scene.until(() => one.dropped.length === life)
    }
  } finally {
    await closed(scene, [one])
  }
  assert.deepEqual(one.dropped, [2, 2, 2])
})
