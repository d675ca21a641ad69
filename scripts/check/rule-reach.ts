import type { Finding, Project } from './model.ts'

/**
 * Every file of src and sim is reached from something that runs: an npm script, what package.json
 * publishes, a test, or a program in bench or scripts.
 */
export function reachFindings({ files, modules }: Project): Finding[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const waiting = roots(files.find((file) => file.path === 'package.json')?.text ?? '{}')
  for (const { path } of modules) {
    if (path.endsWith('.test.ts') || /^(bench|scripts)\//.test(path)) waiting.push(path)
  }
  const reached = new Set<string>()
  while (waiting.length > 0) {
    const module = byPath.get(waiting.pop() ?? '')
    if (module === undefined || reached.has(module.path)) continue
    reached.add(module.path)
    waiting.push(...module.mentions)
    for (const { target } of module.imports) if (target !== null) waiting.push(target)
  }
  return modules
    .filter(({ path }) => /^(src|sim)\//.test(path) && !reached.has(path))
    .map(({ path }) => ({
      rule: 'dead-file',
      path,
      line: 1,
      what: 'nothing that runs reaches this file',
      why: 'code that never runs is wrong unnoticed',
      todo: 'use it, test it, or remove it',
    }))
}

/** The sources behind what package.json runs and publishes. */
function roots(packageJson: string): string[] {
  const { scripts = {}, bin = {}, exports = {} } = JSON.parse(packageJson)
  const texts = [JSON.stringify(scripts), JSON.stringify(bin), JSON.stringify(exports)]
  return texts.flatMap((text) => {
    const sources = [...text.matchAll(/[\w./-]+\.ts\b/g)].map((match) => match[0])
    const built = [...text.matchAll(/\.\/dist\/([\w./-]+)\.js\b/g)].map((match) => match[1])
    return [...sources, ...built.map((name) => `src/${name}.ts`)]
  })
}
