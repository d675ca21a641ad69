/**
 * Every document that is made from what it describes. Each is loaded by itself, so that one that
 * cannot be made is told of and the others are made all the same.
 */

import type { MadeReference, TextFile } from '../check/model.ts'

export interface Maker {
  /** The whole text. The same for the same sources, whatever the machine. */
  make(files: readonly TextFile[]): string
}

export interface Reference {
  readonly path: string
  readonly load: () => Promise<Maker>
}

export const REFERENCES: readonly Reference[] = [
  { path: 'docs/reference/configuration.md', load: () => import('./configuration.ts') },
  { path: 'docs/reference/errors.md', load: () => import('./errors.ts') },
  { path: 'docs/reference/client.md', load: () => import('./client.ts') },
  { path: 'docs/reference/adapters.md', load: () => import('./adapters.ts') },
  { path: 'docs/reference/embedding.md', load: () => import('./embedding.ts') },
  { path: 'docs/reference/cli.md', load: () => import('./cli.ts') },
  { path: 'docs/reference/rest.md', load: () => import('./rest.ts') },
  { path: 'docs/reference/openapi.json', load: () => import('./openapi.ts') },
]

export function makeReferences(files: readonly TextFile[]): Promise<MadeReference[]> {
  return Promise.all(REFERENCES.map((reference) => make(reference, files)))
}

async function make({ path, load }: Reference, files: readonly TextFile[]): Promise<MadeReference> {
  try {
    const maker = await load()
    return { path, text: maker.make(files), failure: '' }
  } catch (error) {
    return { path, text: null, failure: error instanceof Error ? error.message : String(error) }
  }
}
