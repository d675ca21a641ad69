/** The command in a fresh clone, where nobody has installed or built anything yet. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'

const ROOT = path.join(import.meta.dirname, '../..')
const COMMANDS = ['bin/quorate', 'bin/quorate.mjs'] as const

/** What of a checkout the command looks at; `src/main.ts` only says that it runs. */
function checkout(t: TestContext): string {
  const home = mkdtempSync(path.join(tmpdir(), 'quorate-checkout-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  for (const name of ['bin', 'src']) mkdirSync(path.join(home, name))
  for (const name of COMMANDS) copyFileSync(path.join(ROOT, name), path.join(home, name))
  writeFileSync(path.join(home, 'package.json'), '{ "type": "module" }')
  writeFileSync(path.join(home, 'src/main.ts'), 'console.log(process.argv[2] satisfies unknown)')
  return home
}

function run(home: string, command: string) {
  const words = command.endsWith('.mjs') ? [process.execPath, command] : [command]
  const [program = '', ...rest] = [...words, 'version']
  const { PATH } = process.env
  const env = { PATH: `${path.dirname(process.execPath)}:${PATH}` }
  return spawnSync(program, rest, { cwd: home, encoding: 'utf8', env })
}

test('without its packages it says how to get them', (t) => {
  const home = checkout(t)
  for (const command of COMMANDS) {
    const { status, stdout, stderr } = run(home, command)
    assert.deepEqual([status, stdout], [1, ''], command)
    const said = `quorate: its packages are not there yet: run "npm ci" in ${home}/\n`
    assert.equal(stderr, said, command)
  }
})

test('with them it runs from its sources, built or not', (t) => {
  const home = checkout(t)
  mkdirSync(path.join(home, 'node_modules/.bin'), { recursive: true })
  for (const isPinned of [false, true]) {
    if (isPinned) symlinkSync(process.execPath, path.join(home, 'node_modules/.bin/node'))
    for (const command of COMMANDS) {
      const { status, stdout, stderr } = run(home, command)
      assert.deepEqual([status, stdout, stderr], [0, 'version\n', ''], command)
    }
  }
})
