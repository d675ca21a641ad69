import { globSync } from 'node:fs'

const FOLDERS = ['src', 'sim', 'test', 'scripts', 'bench']

/** Paths relative to the root, with `/`, sorted. */
export function findTestFiles(root: string): string[] {
  const found = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
  return found.map((file) => file.replaceAll('\\', '/')).sort()
}
