/**
 * `npm run generate`: makes the types, codecs and descriptions in `src/wire` from `proto/`. What it
 * makes is checked in, and `npm run check` says when it is not current.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadFiles } from './check/load.ts'
import { generateWire, isGenerated } from './wire/generate.ts'
import { ProtoProblem } from './wire/model.ts'

const root = path.resolve(import.meta.dirname, '..')
const files = loadFiles(root)

try {
  const made = generateWire(files)
  const paths = new Set(made.map((file) => file.path))
  for (const { path: name } of files.filter(isGenerated)) {
    if (!paths.has(name)) rmSync(path.join(root, name))
  }
  for (const { path: name, text } of made) {
    const target = path.join(root, name)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
  console.log(`${made.length} files in src/wire are current`)
} catch (error) {
  if (!(error instanceof ProtoProblem)) throw error
  console.error(`proto/${error.file}:${error.line} ${error.message}`)
  process.exitCode = 1
}
