/** All rules of the house. STYLE.md says in words what they enforce. */

import type { Finding, Project, Rule } from './model.ts'
import { assertionFindings } from './rule-assertions.ts'
import { budgetFindings } from './rule-budgets.ts'
import { coverageFindings } from './rule-coverage.ts'
import { cycleFindings } from './rule-cycles.ts'
import { documentFindings } from './rule-documents.ts'
import { errorFindings } from './rule-errors.ts'
import { generatedFindings } from './rule-generated.ts'
import { importFindings } from './rule-imports.ts'
import { languageFindings } from './rule-language.ts'
import { nameFindings } from './rule-names.ts'
import { packageFindings } from './rule-packages.ts'
import { reachFindings } from './rule-reach.ts'
import { referenceFindings } from './rule-references.ts'
import { testFindings } from './rule-tests.ts'

const RULES: readonly Rule[] = [
  importFindings,
  cycleFindings,
  nameFindings,
  budgetFindings,
  errorFindings,
  packageFindings,
  languageFindings,
  assertionFindings,
  testFindings,
  reachFindings,
  documentFindings,
  generatedFindings,
  referenceFindings,
  coverageFindings,
]

/** Everything the rules find, sorted by place. */
export function judge(project: Project): Finding[] {
  return RULES.flatMap((rule) => rule(project)).sort(
    (one, other) => one.path.localeCompare(other.path) || one.line - other.line,
  )
}
