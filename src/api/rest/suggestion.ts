/** What somebody meant who mistyped a name. */

import { editDistance } from '../../base/index.ts'

/** Farther away than that it was something else. */
const DISTANCE_MAX = 3
/** Longer texts are not mistyped names. */
const LENGTH_MAX = 80

/** What others call it; no mistyping leads from the one to the other. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  put: ['set', 'insert', 'write', 'create', 'update', 'upsert', 'add'],
  get: ['read', 'fetch', 'range', 'list', 'find'],
  delete: ['del', 'remove', 'unset', 'deleterange'],
  incr: ['increment', 'incrby', 'counter'],
  // Of etcd, and of the transactions of the command line.
  revision: ['mod', 'mod_revision', 'modrevision'],
  createRevision: ['create', 'create_revision'],
  version: ['ver'],
  value: ['val'],
  '=': ['==', '===', 'eq', 'equal'],
  '!=': ['<>', 'ne', 'not_equal'],
  '<': ['lt', 'less'],
  '>': ['gt', 'greater'],
}

/** `; did you mean …?`, or null when nothing is near. */
export function suggestion(written: string, names: readonly string[]): string | null {
  if (written.length > LENGTH_MAX) return null
  const word = written.toLowerCase()
  const other = names.find((name) => OTHER_WORDS[name]?.includes(word) === true)
  if (other !== undefined) return `; did you mean ${other}?`
  let best: string | null = null
  let least = Math.min(DISTANCE_MAX, Math.ceil(written.length / 2)) + 1
  for (const name of names) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = name
  }
  return best === null ? null : `; did you mean ${best}?`
}
