/** The program that the reference of the native API shows prints what it says there. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const DOCUMENT = readFileSync(path.join(ROOT, 'docs/reference/native-api.md'), 'utf8')

/** What stands between the fences of the first block of that kind. */
function block(kind: string): string {
  return new RegExp(`\`\`\`${kind}\n(.*?)\`\`\``, 's').exec(DOCUMENT)?.[1] ?? assert.fail(kind)
}

test('the example of the native API does what it says', async (context) => {
  const cluster = await startCluster({
    name: 'native-example',
    command: serverCommand(),
    environment: UNHURRIED,
  })
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-native-'))
  context.after(async () => {
    await cluster.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'))
  const [url] = cluster.urls
  const program = block('ts').replace('127.0.0.1:8081', new URL(url ?? assert.fail()).host)
  const file = path.join(directory, 'example.ts')
  writeFileSync(file, program)
  const child = spawn(process.execPath, [file], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  })
  let printed = ''
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.toString()
  })
  const [status] = await once(child, 'close')
  assert.deepEqual([status, printed], [0, block('text')])
})
