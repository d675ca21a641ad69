/**
 * The import table: which folder of `src` may use which. The same table stands in ARCHITECTURE.md,
 * in words. Sorted so that every folder imports only from rows above its own: no cycle is possible.
 */

export interface Layer {
  readonly folder: string
  /** Folders whose code it may run. */
  readonly imports: readonly string[]
  /**
   * Folders of which it may name types, with `import type`; `'above'` stands for every row above.
   */
  readonly types: readonly string[] | 'above'
  /** Computes only: no promise, timer, clock, chance, or module of Node.js. */
  readonly pure: boolean
}

export const LAYERS: readonly Layer[] = [
  { folder: 'base', imports: [], types: [], pure: true },
  { folder: 'raft', imports: ['base'], types: [], pure: true },
  { folder: 'wire', imports: ['base'], types: [], pure: true },
  // `wire`: a command in the log is the message of the client that asked for it.
  { folder: 'state', imports: ['base', 'wire'], types: [], pure: true },
  { folder: 'shard', imports: ['base'], types: [], pure: true },
  { folder: 'io', imports: ['base'], types: [], pure: false },
  { folder: 'rpc', imports: ['base', 'wire', 'io'], types: [], pure: false },
  { folder: 'log', imports: ['base', 'io'], types: ['raft'], pure: false },
  { folder: 'engine', imports: ['base', 'io'], types: ['state'], pure: false },
  { folder: 'peer', imports: ['base', 'io', 'rpc', 'wire'], types: ['raft'], pure: false },
  { folder: 'group', imports: ['base', 'raft', 'state'], types: 'above', pure: false },
  // `wire`: what a node asks of its own groups are the messages of clients, too.
  {
    folder: 'server',
    imports: ['base', 'wire', 'shard', 'state', 'group'],
    types: 'above',
    pure: false,
  },
  // `state`: what a request may ask is decided once, at the door and again at apply.
  { folder: 'api', imports: ['base', 'wire', 'state', 'rpc'], types: 'above', pure: false },
  { folder: 'client', imports: ['base', 'wire', 'io', 'rpc'], types: [], pure: false },
  // `log` and `io` for the offline commands on a data directory.
  { folder: 'cli', imports: ['base', 'io', 'log', 'client'], types: [], pure: false },
  {
    folder: 'main',
    imports: [
      ...['base', 'raft', 'wire', 'state', 'io', 'rpc', 'log', 'engine', 'peer', 'group'],
      ...['server', 'api', 'client', 'cli'],
    ],
    types: 'above',
    pure: false,
  },
]

/** The composition root: the only part of `src` that constructs real parts. */
export const ROOT_FILE = 'src/main.ts'
export const ROOT_FOLDER = 'main'

/** Inside a folder, what others may import; the second and third only from test code and `sim`. */
export const SURFACE = 'index.ts'
/**
 * Further surfaces, of what is not always wanted with the rest: `quorate --help` would otherwise
 * load all that the configuration of a node consists of.
 */
export const MORE_SURFACES: readonly string[] = [
  'src/cli/config/index.ts',
  // The entry of the package; the command does without it.
  'src/main/embed/index.ts',
  // Entries of the package of their own: each needs what the client does without.
  'src/client/adapters/abstract-level.ts',
  'src/client/adapters/keyv.ts',
]
export const TEST_SURFACES: readonly string[] = ['contract/index.ts', 'testing/index.ts']

export function layerOf(path: string): Layer | undefined {
  const folder = folderOf(path)
  return LAYERS.find((layer) => layer.folder === folder)
}

/** `log` for `src/log/segment/name.ts`; undefined for everything that is in no folder of `src`. */
export function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

/** Tests, and what only tests use: contract suites and test doubles. Never part of the product. */
export function isTestCode(path: string): boolean {
  return /\.test\.ts$|(^|\/)(testing|contract)\/|^test\//.test(path)
}

export function isPure(path: string): boolean {
  return !isTestCode(path) && layerOf(path)?.pure === true
}

export function typesAllowed(layer: Layer): readonly string[] {
  if (layer.types !== 'above') return layer.types
  const at = LAYERS.indexOf(layer)
  return LAYERS.slice(0, at).map((above) => above.folder)
}
