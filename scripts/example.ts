/**
 * `npm run example NAME`: a program of `examples`, or a file of your own, on the sources of this
 * checkout.
 */

import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const folder = path.join(import.meta.dirname, '..', 'examples')
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('testing'))
  .map((entry) => entry.name)
const [name = '', ...words] = process.argv.slice(2)
const file = names.includes(name) ? path.join(folder, name, 'index.ts') : name
if (/\.[cm]?[jt]s$/.test(file) && existsSync(file)) {
  const command = ['--import', path.join(folder, 'from-source.ts'), file, ...words]
  spawn(process.execPath, command, { stdio: 'inherit' }).once('exit', (code) => {
    process.exitCode = code ?? 1
  })
} else {
  if (name !== '')
    console.error(`There is no example ${JSON.stringify(name)}, and no such program.`)
  console.error(`Name an example, or a file that is a program: ${names.join(', ')}`)
  process.exitCode = 2
}
