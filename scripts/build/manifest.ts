/** The part of package.json that says what is published. */
export interface Manifest {
  readonly version: string
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Target>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

export interface Target {
  readonly types: string
  readonly default: string
}

/** The command, which `bin` only leads to. */
const PROGRAM = 'main'

export function publishedFiles({ bin, exports }: Manifest): readonly string[] {
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : [target.types, target.default],
  )
  return [...Object.values(bin), `./dist/${PROGRAM}.js`, ...exported]
}

/** Each with the source behind it: `client/index` is `src/client/index.ts`, built. */
export function entries({ exports }: Manifest): readonly string[] {
  const exported = Object.values(exports).flatMap((target) => {
    const file = typeof target === 'string' ? target : target.default
    return /^\.\/dist\/(.+)\.js$/.exec(file)?.[1] ?? []
  })
  return [PROGRAM, ...exported]
}
