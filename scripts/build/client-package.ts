/**
 * The client as a package of its own, for programs that talk to a cluster and never run a node. It
 * is made of the same sources at the same time, with the version of the whole: there is nothing of
 * its own to keep.
 */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundle } from './bundle.ts'
import type { Manifest, Target } from './manifest.ts'
import { copyTypes } from './types.ts'

export const CLIENT_PACKAGE = 'quorate-client'
/** Entries of the whole that it has, too; `quorate/client` is its main one, by both names. */
const ENTRIES = ['./client', './abstract-level', './keyv']
const MAIN_ENTRY = './client'
const README = path.join(import.meta.dirname, 'client-readme.md')

interface Place {
  readonly root: string
  /** Of the whole, with all types. */
  readonly dist: string
  /** Of the package: what is in it is what is published. */
  readonly directory: string
}

/** Types are taken from what the compiler made for the whole. */
export async function buildClientPackage(
  manifest: Manifest,
  { root, dist, directory }: Place,
): Promise<readonly string[]> {
  const entries = ENTRIES.map((name): [string, Target] => [name, targetOf(manifest, name)])
  const made = path.join(directory, 'dist')
  mkdirSync(made, { recursive: true })
  copyTypes({ from: dist, to: made, roots: entries.map(([, { types }]) => inDist(types)) })
  const { sizes } = await bundle({
    ...{ root, dist: made },
    names: entries.map(([, target]) => inDist(target.default).replace(/\.js$/, '')),
    external: Object.keys(manifest.peerDependencies ?? {}),
  })
  const text = JSON.stringify(manifestOf(manifest, entries), null, 2)
  writeFileSync(path.join(directory, 'package.json'), `${text}\n`)
  cpSync(README, path.join(directory, 'README.md'))
  cpSync(path.join(root, 'LICENSE'), path.join(directory, 'LICENSE'))
  return sizes
}

function targetOf({ exports }: Manifest, name: string): Target {
  const target = exports[name]
  if (target === undefined || typeof target === 'string') {
    throw new RangeError(`package.json has no entry ${name} with types`)
  }
  return target
}

function inDist(file: string): string {
  return path.posix.relative('dist', file)
}

function manifestOf(manifest: Manifest, entries: readonly [string, Target][]): object {
  const { version, license, engines, peerDependencies, peerDependenciesMeta } = manifest
  return {
    ...{ name: CLIENT_PACKAGE, version },
    description: 'The client of Quorate, a distributed, strongly consistent key-value database',
    keywords: ['key-value', 'database', 'distributed', 'client', 'watch', 'lock', 'lease'],
    ...{ license, type: 'module', sideEffects: false, engines },
    exports: {
      '.': targetOf(manifest, MAIN_ENTRY),
      ...Object.fromEntries(entries),
      './package.json': './package.json',
    },
    files: ['dist'],
    ...{ peerDependencies, peerDependenciesMeta },
  }
}
