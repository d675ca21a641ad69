/** Loaded before anything else in a thread that runs a mutant; the environment names it. */

import { registerHooks } from 'node:module'
import { MUTANTS } from './list.ts'
import { mutate } from './mutant.ts'

const name = process.env['QUORATE_MUTANT'] ?? ''
const mutant = MUTANTS.find((one) => one.name === name)
if (mutant !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!url.endsWith(`/src/${mutant.file}`)) return loaded
      const source =
        typeof loaded.source === 'string'
          ? loaded.source
          : new TextDecoder().decode(loaded.source as Uint8Array)
      return { ...loaded, source: mutate(source, mutant) ?? source }
    },
  })
}
