import type { Finding, Project } from './model.ts'

const FIGURE_FILE = 'docs/coverage.json'
const BADGE_FILE = 'docs/coverage.svg'

/** A figure that somebody typed is wrong after the next change: all of them come from one run. */
export function coverageFindings({ files }: Project): Finding[] {
  const textOf = (name: string) => files.find((file) => file.path === name)?.text
  const figure = textOf(FIGURE_FILE)
  if (figure === undefined) return []
  const percent = Number(JSON.parse(figure).percent).toFixed(1)
  const findings: Finding[] = []
  const judge = (name: string, pattern: RegExp): void => {
    const said = pattern.exec(textOf(name) ?? '')?.[1]
    if (said === percent) return
    findings.push({
      rule: 'coverage-figure',
      path: name,
      line: 1,
      what: `calls ${said ?? 'nothing'} the share of covered lines; ${FIGURE_FILE}: ${percent} %`,
      why: 'a figure that is wrong once is not trusted again',
      todo: `write "${percent} % of the lines in \`src\`", or run npm test -- --coverage`,
    })
  }
  judge('README.md', /([\d.]+) % of the lines in `src`/)
  judge(BADGE_FILE, /line coverage of src: ([\d.]+) %/)
  return findings
}
