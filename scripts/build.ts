/**
 * Builds what is published to npm, in `dist`: a bundle for each entry of package.json with what
 * they share in chunks, and types; and, in `dist-client`, the package with the client alone.
 * Nothing else needs it; in this repository the sources run as they are. Why bundles:
 * docs/decision/0090.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { bundle } from './build/bundle.ts'
import { buildClientPackage, CLIENT_PACKAGE } from './build/client-package.ts'
import { copyLicenses } from './build/licenses.ts'
import { entries, type Manifest, publishedFiles } from './build/manifest.ts'
import { pruneTypes } from './build/types.ts'

const root = path.resolve(import.meta.dirname, '..')
const dist = path.join(root, 'dist')
const clientDirectory = path.join(root, 'dist-client')
const manifest: Manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

for (const made of [dist, clientDirectory]) rmSync(made, { recursive: true, force: true })
const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const words = [compiler, '-p', path.join(root, 'tsconfig.build.json')]
const compiled = spawnSync(process.execPath, words, { stdio: 'inherit' })
if (compiled.status !== 0) process.exit(compiled.status ?? 1)

const published = publishedFiles(manifest)
pruneTypes(
  dist,
  published.filter((file) => file.endsWith('.d.ts')).map((file) => path.join(root, file)),
)
const { optionalDependencies = {}, peerDependencies = {} } = manifest
const built = await bundle({
  ...{ root, dist },
  names: entries(manifest),
  external: Object.keys({ ...optionalDependencies, ...peerDependencies }),
})
copyLicenses({ root, dist, inputs: built.inputs })
const client = await buildClientPackage(manifest, { root, dist, directory: clientDirectory })

const missing = published.filter((file) => !existsSync(path.join(root, file)))
for (const file of missing) console.error(`package.json names ${file}, which was not built`)
for (const line of built.sizes) console.log(line)
console.log(`${CLIENT_PACKAGE}:`)
for (const line of client) console.log(line)
process.exitCode = missing.length === 0 ? 0 : 1
