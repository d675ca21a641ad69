/**
 * `npm run format`: the formatter and the safe fixes of the linter, then our own wrapping of
 * comments that are too wide, which the formatter leaves alone. Arguments are files; without any,
 * everything.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadFiles } from './check/load.ts'
import { wrapComments } from './format/wrap.ts'

const root = path.resolve(import.meta.dirname, '..')
const chosen = process.argv.slice(2)

const biome = path.join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
const words = [biome, 'check', '--write', ...(chosen.length > 0 ? chosen : [root])]
const formatted = spawnSync(process.execPath, words, { stdio: 'inherit' })

const all = loadFiles(root).map((file) => path.join(root, file.path))
const files = chosen.length > 0 ? chosen : all
for (const file of files.filter((name) => /\.(ts|mjs)$/.test(name))) {
  const before = readFileSync(file, 'utf8')
  const after = wrapComments(before)
  if (after !== before) writeFileSync(file, after)
}
process.exitCode = formatted.status ?? 1
