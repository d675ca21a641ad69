import { isTestCode } from './layers.ts'
import type { Finding, Project } from './model.ts'

/** A package is wrapped in one file, so that replacing it changes one file. */
export function packageFindings({ files, modules }: Project): Finding[] {
  const manifest = files.find(({ path }) => path === 'package.json')?.text ?? '{}'
  const { name: ownName } = JSON.parse(manifest)
  const firstUser = new Map<string, string>()
  const findings: Finding[] = []
  for (const module of modules) {
    if (isTestCode(module.path)) continue
    for (const { specifier, line } of module.imports) {
      if (/^(\.|node:)/.test(specifier)) continue
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
      if (name === ownName) continue
      const user = firstUser.get(name) ?? module.path
      firstUser.set(name, user)
      if (user === module.path) continue
      findings.push({
        rule: 'package-twice',
        path: module.path,
        line,
        what: `imports the package ${name}, as ${user} does`,
        why: 'one file knows a package, the rest of the code knows that file',
        todo: `use what ${user} exports`,
      })
    }
  }
  return findings
}
