/**
 * Builds what is published to npm: JavaScript with types, in `dist`. Nothing else needs it; in this
 * repository the sources run as they are.
 */

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
rmSync(path.join(root, 'dist'), { recursive: true, force: true })

const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const words = [compiler, '-p', path.join(root, 'tsconfig.build.json')]
const compiled = spawnSync(process.execPath, words, { stdio: 'inherit' })
if (compiled.status !== 0) process.exit(compiled.status ?? 1)

const description = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const missing: string[] = []
for (const target of publishedFiles(description)) {
  if (!existsSync(path.join(root, target))) missing.push(target)
}
for (const command of Object.values<string>(description.bin)) {
  if (existsSync(path.join(root, command))) chmodSync(path.join(root, command), 0o755)
}
for (const target of missing) console.error(`package.json names ${target}, which was not built`)
console.log(missing.length === 0 ? 'built dist' : `${missing.length} files are missing in dist`)
process.exitCode = missing.length === 0 ? 0 : 1

function publishedFiles(json: {
  bin: Record<string, string>
  exports: Record<string, string | { types: string; default: string }>
}): string[] {
  const exported = Object.values(json.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : [target.types, target.default],
  )
  return [...Object.values(json.bin), ...exported]
}
