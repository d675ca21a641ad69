/**
 * `node --import ./examples/from-source.ts FILE`: in a checkout, where nothing is built, the
 * package `quorate` is its sources. Who has installed it needs none of this.
 */

import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const root = new URL('../', import.meta.url)
const { name, exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

registerHooks({
  resolve: (specifier, context, next) => {
    const isOwn = specifier === name || specifier.startsWith(`${name}/`)
    const file = isOwn ? exports[`.${specifier.slice(name.length)}`]?.default : undefined
    if (file === undefined) return next(specifier, context)
    const source = file.replace('./dist/', './src/').replace(/\.js$/, '.ts')
    return next(new URL(source, root).href, context)
  },
})
