import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Packages that went into the bundle are passed on with the terms that they came with. */
export function copyLicenses(parts: {
  readonly root: string
  readonly dist: string
  readonly inputs: readonly string[]
}): void {
  const { root, dist, inputs } = parts
  const packages = new Set(
    inputs.flatMap((input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []),
  )
  for (const name of packages) {
    const text = readFileSync(path.join(root, 'node_modules', name, 'LICENSE'), 'utf8')
    const directory = path.join(dist, 'licenses')
    mkdirSync(directory, { recursive: true })
    writeFileSync(path.join(directory, `${name.replace('/', '-')}.txt`), text)
  }
}
