/**
 * What lets a bundle leave out what nothing in it uses, in the sources as the bundler reads them.
 * Without it the client carries every message of every protocol, two thirds of a megabyte.
 */

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const IMPORT = /^import \{([^}]*)\} from '(\.[^']+\/index\.ts)'$/gm
const NAMESPACE = /^export \* as (\w+) from '(\.[^']+)'$/gm
/** Only notes what it is given; unless told so, the bundler has to believe that it does more. */
const CODEC = /= new MessageCodec</g

/** Only what it says of itself changes, not what it does. */
export function shakable(text: string, directory: string): string {
  return text
    .replace(CODEC, '= /* @__PURE__ */ new MessageCodec<')
    .replace(IMPORT, (whole, list: string, surface: string) => {
      return directImports(list, { surface, directory }) ?? whole
    })
}

/**
 * A namespace that a surface passes on (`export * as etcd`) is an object with everything in it for
 * the bundler; imported from where it is, only what is used of it. Null: it passes none of these
 * on.
 */
function directImports(
  list: string,
  { surface, directory }: { readonly surface: string; readonly directory: string },
): string | null {
  const file = path.join(directory, surface)
  if (!existsSync(file)) return null
  const passed = new Map(
    [...readFileSync(file, 'utf8').matchAll(NAMESPACE)].map(([, name = '', from = '']) => {
      return [name, path.posix.join(path.posix.dirname(surface), from)]
    }),
  )
  const names = list.split(',').flatMap((one) => one.trim() || [])
  const nameThere = (name: string): string => name.replace(/ as .*$/, '')
  const namespaces = names.filter((name) => passed.has(nameThere(name)))
  if (namespaces.length === 0) return null
  const others = names.filter((name) => !namespaces.includes(name))
  return [
    ...namespaces.map((name) => {
      return `import * as ${name.replace(/^.* as /, '')} from '${passed.get(nameThere(name))}'`
    }),
    ...(others.length === 0 ? [] : [`import { ${others.join(', ')} } from '${surface}'`]),
  ].join('; ')
}
