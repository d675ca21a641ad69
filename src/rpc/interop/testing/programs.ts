import { execFile, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'

/** Programs of others that the tests drive, each from a Debian package. */

const PACKAGES = {
  curl: 'curl',
  h2load: 'nghttp2-client',
  etcdctl: 'etcd-client',
} as const

export type ProgramName = keyof typeof PACKAGES

/** Only a program that hangs runs this long. */
const PROGRAM_MS_MAX = 60_000
const INSTALL_MS_MAX = 90_000

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

export type Run = (words: readonly string[], extra?: RunOptions) => Promise<Outcome>

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Set-up of a file: installs the programs that are missing where that is expected of a test, which
 * is as root in continuous integration (`CI` is set). Whoever fails to is told by `program`.
 */
export function installPrograms(): void {
  const names = Object.keys(PACKAGES) as ProgramName[]
  const missing = names.filter((name) => !isThere(name)).map((name) => PACKAGES[name])
  const { CI = '' } = process.env
  if (missing.length === 0 || CI === '' || process.getuid?.() !== 0) return
  const words = ['--quiet', '--yes', '-o', 'Acquire::http::Timeout=10']
  const apt = `DEBIAN_FRONTEND=noninteractive apt-get ${words.join(' ')}`
  const install = `${apt} install --no-install-recommends ${missing.join(' ')}`
  // Files run at the same time, and apt-get does not wait for another one.
  const lock = path.join(tmpdir(), 'quorate-programs.lock')
  const script = `${install} || { ${apt} update && ${install}; }`
  spawnSync('flock', [lock, 'sh', '-c', script], { timeout: INSTALL_MS_MAX })
}

/** The program, or null after it was said in the test's output why it cannot run. */
export function program(context: TestContext, name: ProgramName): Run | null {
  if (isThere(name)) return (words, extra) => run(name, words, extra)
  const what = `${name} (Debian package ${PACKAGES[name]}) is not installed`
  context.diagnostic(`NOT RUN: ${what}, so nothing was tested here`)
  return null
}

function isThere(name: ProgramName): boolean {
  return spawnSync(name, [name === 'etcdctl' ? 'version' : '--version']).error === undefined
}

function run(
  name: ProgramName,
  words: readonly string[],
  { environment = {} }: RunOptions = {},
): Promise<Outcome> {
  const options = {
    timeout: PROGRAM_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...environment },
    // One character is one byte.
    encoding: 'latin1',
  } as const
  return new Promise((resolve) => {
    const child = execFile(name, words, options, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
    child.stdin?.end()
  })
}
