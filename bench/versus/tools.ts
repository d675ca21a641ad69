/** Programs of others that are measured, or measure; none of them must be there. */

import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'

/** Program, the package of Debian that has it, and how it tells its version. */
const TOOLS = {
  etcd: { package: 'etcd-server', version: ['--version'], pattern: /etcd Version: (\S+)/ },
  h2load: { package: 'nghttp2-client', version: ['--version'], pattern: /nghttp2\/(\S+)/ },
  wrk: { package: 'wrk', version: ['--version'], pattern: /wrk (\S+)/ },
  'redis-server': { package: 'redis-server', version: ['--version'], pattern: /v=(\S+)/ },
  'redis-benchmark': { package: 'redis-tools', version: ['--version'], pattern: /(\d\S+)/ },
} as const

export type ToolName = keyof typeof TOOLS

/** Where a program is; null: this machine does not have it. */
export function findTool(name: ToolName, directories = searchPath()): string | null {
  for (const directory of directories) {
    const file = path.join(directory, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // It may be in the next one.
    }
  }
  return null
}

function searchPath(): readonly string[] {
  const { PATH = '' } = process.env
  // Where Debian puts servers is not on everybody's path.
  return [...PATH.split(path.delimiter).filter((one) => one !== ''), '/usr/sbin', '/usr/local/bin']
}

export function installText(name: ToolName): string {
  return `${name} is not here: apt-get install ${TOOLS[name].package}`
}

export function versionOf(name: ToolName, file: string): string {
  const { version, pattern } = TOOLS[name]
  return pattern.exec(printedBy(file, version))?.[1] ?? 'unknown'
}

/** Also of a program that ends with a failure after it has told its version. */
function printedBy(file: string, words: readonly string[]): string {
  try {
    return execFileSync(file, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout = '' } = error as { readonly stdout?: string }
    return stdout
  }
}

/**
 * Where etcd is; when it is nowhere, it is unpacked beneath the directory from the package of
 * Debian. It is not installed: that would need rights, and start a service.
 */
export function findEtcd(directory: string): string | null {
  const place = path.join(directory, 'usr/bin')
  const found = findTool('etcd', [...searchPath(), place])
  if (found !== null) return found
  mkdirSync(directory, { recursive: true })
  try {
    console.log(`etcd is not here; its package is fetched into ${directory}`)
    const quietly = { cwd: directory, stdio: 'ignore' } as const
    execFileSync('apt-get', ['download', TOOLS.etcd.package], quietly)
    const file = readdirSync(directory).find((one) => one.endsWith('.deb'))
    if (file !== undefined) execFileSync('dpkg-deb', ['-x', file, '.'], quietly)
  } catch {
    rmSync(directory, { recursive: true, force: true })
  }
  return findTool('etcd', [place])
}
