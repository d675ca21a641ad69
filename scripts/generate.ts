/**
 * `npm run generate`: makes the types, codecs and descriptions in `src/wire` from `proto/`, and the
 * documents in `docs/reference` from what they describe. All of it is checked in, and `npm run
 * check` says when it is not current.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadFiles } from './check/load.ts'
import type { TextFile } from './check/model.ts'
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
  for (const file of made) write(file)
  console.log(`${made.length} files in src/wire are current`)
  await writeReferences()
} catch (error) {
  if (!(error instanceof ProtoProblem)) throw error
  console.error(`proto/${error.file}:${error.line} ${error.message}`)
  process.exitCode = 1
}

/** Loaded after what was made of `proto/`, which some of them are made from. */
async function writeReferences(): Promise<void> {
  const { makeReferences } = await import('./reference/registry.ts')
  for (const { path: name, text, failure } of await makeReferences(loadFiles(root))) {
    if (text !== null) {
      write({ path: name, text })
      console.log(`${name} is current`)
      continue
    }
    console.error(`${name} cannot be made: ${failure}`)
    process.exitCode = 1
  }
}

function write({ path: name, text }: TextFile): void {
  const target = path.join(root, name)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text)
}
