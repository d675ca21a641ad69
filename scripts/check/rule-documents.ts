import path from 'node:path'
import type { Finding, Project, TextFile } from './model.ts'

/** Homes of one machine. Written in pieces: this file must pass its own rule. */
const MACHINE_PATH = new RegExp(`(?<![\\w.~/-])/(${['work', 'root', 'home', 'Users'].join('|')})/`)

export function documentFindings({ files }: Project): Finding[] {
  const paths = new Set(files.map((file) => file.path))
  const scripts = npmScripts(files)
  return files.flatMap((file) => [
    ...machineFindings(file),
    ...(file.path.endsWith('.md') ? linkFindings(file, paths) : []),
    ...(file.path.endsWith('.md') && scripts !== null ? scriptFindings(file, scripts) : []),
  ])
}

function machineFindings({ path: name, text }: TextFile): Finding[] {
  return matchLines(text, MACHINE_PATH).map(({ line, match }) => ({
    rule: 'machine-path',
    path: name,
    line,
    what: `names a directory of one machine: ${match[0]}`,
    why: 'it exists nowhere else',
    todo: 'use a path relative to the repository, or os.tmpdir()',
  }))
}

function linkFindings({ path: name, text }: TextFile, paths: ReadonlySet<string>): Finding[] {
  return matchLines(text, /\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)/g).flatMap((found) => {
    const target = path.posix.join(path.posix.dirname(name), found.match[1] ?? '')
    const folder = target.endsWith('/') ? target : `${target}/`
    if (paths.has(target) || [...paths].some((one) => one.startsWith(folder))) return []
    return [
      {
        rule: 'dead-link',
        path: name,
        line: found.line,
        what: `links to ${target}, which is not there`,
        why: 'a reader who follows it is lost',
        todo: 'correct the link',
      },
    ]
  })
}

function scriptFindings({ path: name, text }: TextFile, scripts: ReadonlySet<string>): Finding[] {
  return matchLines(text, /\bnpm run(?: -s)? ([a-z][\w:-]*)/g)
    .filter(({ match }) => !scripts.has(match[1] ?? ''))
    .map(({ line, match }) => ({
      rule: 'unknown-script',
      path: name,
      line,
      what: `tells to run "npm run ${match[1]}", which does not exist`,
      why: 'a document that is wrong once is not trusted again',
      todo: 'name a script of package.json',
    }))
}

function npmScripts(files: readonly TextFile[]): ReadonlySet<string> | null {
  const text = files.find((file) => file.path === 'package.json')?.text
  return text === undefined ? null : new Set(Object.keys(JSON.parse(text).scripts ?? {}))
}

function matchLines(text: string, pattern: RegExp): { line: number; match: RegExpMatchArray }[] {
  const everywhere = new RegExp(pattern, pattern.flags.replace('g', '').concat('g'))
  return text
    .split('\n')
    .flatMap((content, at) =>
      [...content.matchAll(everywhere)].map((match) => ({ line: at + 1, match })),
    )
}
