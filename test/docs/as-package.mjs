// Loaded before a program of a document: `quorate/client` is the sources here, as it is what was
// built of them where the package is installed.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const root = new URL('../../', import.meta.url)
const { exports: entries } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'quorate' && !specifier.startsWith('quorate/'))
      return next(specifier, context)
    const target = entries[specifier.replace('quorate', '.')]?.default
    if (target === undefined) throw new Error(`package.json exports no ${specifier}`)
    const source = target.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
    return next(new URL(source, root).href, context)
  },
})
