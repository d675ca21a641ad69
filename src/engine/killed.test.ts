import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { SeededChance } from '../base/index.ts'
import { contentOf, sameContent } from './contract/index.ts'
import { factoryOf, isDropped, type KilledKind, recordOf } from './testing/killed.ts'
import type { RevisionRecord } from './types.ts'

const PROGRAM = fileURLToPath(import.meta.resolve('./testing/killed.ts'))
const ROUNDS = 30
/**
 * Where this process keeps what it has compiled: one that is killed finds it, and leaves nothing.
 */
const COMPILED = getCompileCacheDir()

/**
 * Lets it live until it has told of so many checkpoints and has said so much more, and kills it
 * there; the last checkpoint it told of.
 */
async function killedAfter(
  { checkpoints, characters }: { checkpoints: number; characters: number },
  args: readonly string[],
): Promise<number> {
  const cache = COMPILED === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(COMPILED) }
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...cache },
  })
  const ended = once(child, 'exit')
  let text = ''
  child.stdout.on('data', (bytes) => {
    text += String(bytes)
    const rest = text.split('\n').slice(checkpoints)
    if (rest.length > 0 && rest.join('\n').length >= characters) child.kill('SIGKILL')
  })
  const [, signal] = await ended
  assert.equal(signal, 'SIGKILL')
  return Number(/(\d+)\n\.*\d*$/.exec(text)?.[1] ?? 0)
}

function expectedAt(index: number): RevisionRecord[] {
  const records: RevisionRecord[] = []
  for (let main = 1; main <= index; main++)
    if (!isDropped(main, index)) records.push(recordOf(main))
  return records
}

describe('a process that is killed with SIGKILL', { concurrency: true }, () => {
  for (const kind of ['bitcask', 'lmdb'] as const satisfies readonly KilledKind[]) {
    it(`leaves ${kind} at a checkpoint, with exactly what it had`, async () => {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-killed-'))
      const chance = new SeededChance(5, kind)
      try {
        let lastTold = 0
        for (let round = 0; round < ROUNDS; round++) {
          const told = await killedAfter(
            { checkpoints: chance.below(8), characters: chance.below(20) },
            [kind, directory],
          )
          assert.ok(told >= lastTold, 'a process goes on where another was killed')
          const engine = await factoryOf(kind, directory).open()
          const headers: number[] = []
          await engine.scanHeaders((main) => headers.push(main))
          const index = engine.durable?.appliedIndex ?? 0
          assert.ok(index >= told, `${told} was durable, and it came back at ${index}`)
          if (index > 0) assert.deepEqual(engine.durable?.meta, Uint8Array.of(index % 256))
          const expected = expectedAt(index)
          assert.deepEqual(
            headers,
            expected.map(({ main }) => main),
          )
          sameContent(await contentOf(engine, 50_000), expected)
          await engine.close()
          lastTold = index
        }
        assert.ok(lastTold > 200, 'they got somewhere')
      } finally {
        fs.rmSync(directory, { recursive: true })
      }
    })
  }
})
