import { isTestCode } from './layers.ts'
import type { Finding, Project } from './model.ts'

/** A package is wrapped in one file, so that replacing it changes one file. */
export function packageFindings({ modules }: Project): Finding[] {
  const firstUser = new Map<string, string>()
  const findings: Finding[] = []
  for (const module of modules) {
    if (isTestCode(module.path)) continue
    for (const { specifier, line } of module.imports) {
      if (/^(\.|node:)/.test(specifier)) continue
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
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
