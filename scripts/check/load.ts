import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { type Budget, EMPTY_BUDGET, type TextFile } from './model.ts'
import { BUDGET_FILE } from './rule-budgets.ts'

const BYTES_MAX = 1_000_000

/** Every text file that git tracks or would track. */
export function loadFiles(root: string): TextFile[] {
  return listFiles(root).flatMap((name) => {
    const file = path.join(root, name)
    if (!existsSync(file) || !statSync(file).isFile() || statSync(file).size > BYTES_MAX) return []
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? [] : [{ path: name, text }]
  })
}

function listFiles(root: string): string[] {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const git = spawnSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (git.status === 0) return [...new Set(git.stdout.split('\0').filter((name) => name !== ''))]
  // Not a git checkout, for instance an unpacked archive.
  return globSync('**/*', {
    cwd: root,
    exclude: (name) => /(^|[\\/])(node_modules|dist|\.git)$/.test(name),
  }).map((name) => name.replaceAll('\\', '/'))
}

export function loadBudget(root: string): Budget {
  const file = path.join(root, BUDGET_FILE)
  if (!existsSync(file)) return EMPTY_BUDGET
  return { ...EMPTY_BUDGET, ...JSON.parse(readFileSync(file, 'utf8')) }
}
