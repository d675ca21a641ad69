import { globSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const IMPORT = /(?:from|import\()\s*["'](\.[^"']+)["']/g

/** Only types that a program can come to by an entry stay. */
export function pruneTypes(dist: string, roots: readonly string[]): void {
  const kept = new Set<string>()
  const waiting = [...roots]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (kept.has(file)) continue
    kept.add(file)
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      waiting.push(path.resolve(path.dirname(file), target.replace(/\.[jt]s$/, '.d.ts')))
    }
  }
  for (const name of globSync('**/*.d.ts', { cwd: dist })) {
    const file = path.join(dist, name)
    if (!kept.has(file)) rmSync(file)
  }
}
