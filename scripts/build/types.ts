import { cpSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const IMPORT = /(?:from|import\()\s*["'](\.[^"']+)["']/g

/** Only types that a program can come to by an entry stay. */
export function pruneTypes(dist: string, roots: readonly string[]): void {
  const kept = typesBehind(roots)
  for (const name of globSync('**/*.d.ts', { cwd: dist })) {
    const file = path.join(dist, name)
    if (!kept.has(file)) rmSync(file)
  }
}

/** The types behind some entries, at the same places in another directory. */
export function copyTypes(parts: {
  readonly from: string
  readonly to: string
  readonly roots: readonly string[]
}): void {
  const { from, to, roots } = parts
  for (const file of typesBehind(roots.map((root) => path.join(from, root)))) {
    const target = path.join(to, path.relative(from, file))
    mkdirSync(path.dirname(target), { recursive: true })
    cpSync(file, target)
  }
}

function typesBehind(roots: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = [...roots]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue
    found.add(file)
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      waiting.push(path.resolve(path.dirname(file), target.replace(/\.[jt]s$/, '.d.ts')))
    }
  }
  return found
}
