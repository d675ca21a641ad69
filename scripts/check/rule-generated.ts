import { generateWire, isGenerated, PROTO_FOLDER } from '../wire/generate.ts'
import { ProtoProblem } from '../wire/model.ts'
import type { Finding, Project, TextFile } from './model.ts'

/** What is made from `proto/` is checked in, and is what the present generator makes of it. */
export function generatedFindings({ files }: Project): Finding[] {
  try {
    return compare(files, generateWire(files))
  } catch (error) {
    if (!(error instanceof ProtoProblem)) throw error
    return [
      {
        rule: 'proto',
        path: `${PROTO_FOLDER}${error.file}`,
        line: error.line,
        what: error.message,
        why: 'no types and codecs can be made from it',
        todo: 'correct the file',
      },
    ]
  }
}

function compare(files: readonly TextFile[], made: readonly TextFile[]): Finding[] {
  const present = new Map(files.map(({ path, text }) => [path, text]))
  const wanted = new Set(made.map(({ path }) => path))
  const stale = made.filter(({ path, text }) => present.get(path) !== text)
  const left = files.filter((file) => isGenerated(file) && !wanted.has(file.path))
  return [
    ...stale.map(({ path }) => finding(path, 'is not what proto/ makes of it')),
    ...left.map(({ path }) => finding(path, 'was made from a file that is gone')),
  ]
}

function finding(path: string, what: string): Finding {
  const why = 'code and description of a message must be the same'
  return { rule: 'generated-stale', path, line: 1, what, why, todo: 'run: npm run generate' }
}
