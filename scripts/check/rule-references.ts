import type { Finding, Project } from './model.ts'

/** Documents that are made from what they describe are what is made of it now. */
export function referenceFindings({ files, references }: Project): Finding[] {
  const present = new Map(files.map(({ path, text }) => [path, text]))
  return references.flatMap(({ path, text, failure }) => {
    if (text !== null && present.get(path) === text) return []
    return [
      {
        rule: 'reference-stale',
        path,
        line: 1,
        what: text === null ? `cannot be made: ${failure}` : 'does not say what is so now',
        why: 'a reference that is wrong once is not trusted again',
        todo: text === null ? 'see scripts/reference/registry.ts' : 'run: npm run generate',
      },
    ]
  })
}
