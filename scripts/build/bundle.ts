import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { shakable } from './shaking.ts'

/** What the client runs on; the server asks for more when it starts. */
const TARGET = 'node22'
/** As deep as the sources that ask where they are, so that what they name from there is there. */
const CHUNKS = 'chunks/[name]-[hash]'

export interface Bundle {
  /** Sources and packages that went in. */
  readonly inputs: readonly string[]
  readonly sizes: readonly string[]
}

/** Readable code: names stay, for whoever looks at a stack. */
export async function bundle(parts: {
  readonly root: string
  readonly dist: string
  /** Of sources, without their ending: `client/index`. */
  readonly names: readonly string[]
  /** Packages that are not part of it. */
  readonly external: readonly string[]
}): Promise<Bundle> {
  const { root, dist, names, external } = parts
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])),
    outdir: dist,
    chunkNames: CHUNKS,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    external: [...external],
    plugins: [shaking(path.join(root, 'src'))],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // Its other form asks for modules of Node.js by `require`, which a bundle does not have.
    alias: { yaml: path.join(root, 'node_modules', 'yaml', 'browser', 'index.js') },
  })
  checkPlaces(metafile, { root, dist })
  const made = path.relative(root, dist)
  return { inputs: Object.keys(metafile.inputs), sizes: sizesOf(metafile, { made, names }) }
}

function shaking(sources: string): Plugin {
  return {
    name: 'shaking',
    setup: (builder) => {
      builder.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (!file.startsWith(sources + path.sep)) return null
        return { contents: shakable(readFileSync(file, 'utf8'), path.dirname(file)), loader: 'ts' }
      })
    },
  }
}

/** `new URL('../main.js', import.meta.url)` is right only where the bundle has the same depth. */
function checkPlaces(
  { outputs }: Metafile,
  { root, dist }: { readonly root: string; readonly dist: string },
): void {
  for (const output of Object.keys(outputs)) {
    const place = path.relative(dist, path.join(root, output))
    const text = readFileSync(path.join(root, output), 'utf8')
    const asks = /new URL\([^)]*import\.meta\.url/.test(text)
    if (asks && place !== 'main.js' && path.dirname(place) !== 'chunks') {
      throw new RangeError(`${place} asks where it is, and would be told the wrong place`)
    }
  }
}

/** What is loaded with each entry. */
function sizesOf(
  { outputs }: Metafile,
  { made, names }: { readonly made: string; readonly names: readonly string[] },
): readonly string[] {
  const all = Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0)
  const lines = names.map((name) => {
    const loaded = new Set<string>()
    const load = (output: string): void => {
      if (loaded.has(output)) return
      loaded.add(output)
      for (const { path: next, kind, external } of outputs[output]?.imports ?? []) {
        if (external !== true && kind === 'import-statement') load(next)
      }
    }
    load(`${made}/${name}.js`)
    const bytes = [...loaded].reduce((sum, output) => sum + (outputs[output]?.bytes ?? 0), 0)
    return `${kib(bytes)}  in ${loaded.size} files with ${name}`
  })
  return [...lines, `${kib(all)}  in ${Object.keys(outputs).length} files in all`]
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0).padStart(6)} KiB`
}
