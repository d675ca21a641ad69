import { globSync } from 'node:fs'

/**
 * In the order in which their files are started. Those of `test` start processes and take longest,
 * those of `src` are many and short: at the end no file is alone while a processor has nothing to
 * do.
 */
const FOLDERS = ['test', 'bench', 'sim', 'scripts', 'src']

/** Paths relative to the root, with `/`, sorted within each folder. */
export function findTestFiles(root: string): string[] {
  return FOLDERS.flatMap((folder) => {
    const found = globSync(`${folder}/**/*.test.ts`, { cwd: root })
    return found.map((file) => file.replaceAll('\\', '/')).sort()
  })
}
