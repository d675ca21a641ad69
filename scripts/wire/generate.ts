/**
 * From the texts of `proto/` to the texts of `src/wire`. A pure function: the command writes what
 * it returns, and `npm run check` compares.
 */

import type { TextFile } from '../check/model.ts'
import { emitFile, GENERATED_MARK } from './emit.ts'
import type { ProtoFile } from './model.ts'
import { parseProto } from './parse.ts'
import { Names } from './resolve.ts'

export const PROTO_FOLDER = 'proto/'
const PRODUCT_FOLDER = 'src/wire/generated/'
/** What only tests use, from `proto/test`. */
const TESTING_FOLDER = 'src/wire/testing/'

/** Throws a `ProtoProblem`. */
export function generateWire(files: readonly TextFile[]): TextFile[] {
  const parsed = files
    .filter(({ path }) => path.startsWith(PROTO_FOLDER) && path.endsWith('.proto'))
    .map(({ path, text }) => parseProto(path.slice(PROTO_FOLDER.length), text))
  const names = new Names(parsed)
  return parsed.map((file) => ({
    path: pathOf(file),
    text: emitFile(file, { names, moduleOf: (other) => `./${moduleName(other)}` }),
  }))
}

/** Whether a file is one that only the generator writes. */
export function isGenerated({ path, text }: TextFile): boolean {
  const inFolder = path.startsWith(PRODUCT_FOLDER) || path.startsWith(TESTING_FOLDER)
  return inFolder && text.startsWith(GENERATED_MARK)
}

function pathOf(file: ProtoFile): string {
  const folder = file.name.startsWith('test/') ? TESTING_FOLDER : PRODUCT_FOLDER
  return `${folder}${moduleName(file)}`
}

function moduleName(file: ProtoFile): string {
  return file.name
    .replaceAll('/', '-')
    .replaceAll('_', '-')
    .replace(/\.proto$/, '.ts')
}
