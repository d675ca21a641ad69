import type { Finding, Module, Project } from './model.ts'

/** Files that import each other at run time: the order in which they load decides what works. */
export function cycleFindings({ modules }: Project): Finding[] {
  return knots(modules, (module) =>
    module.imports.filter((entry) => !entry.typeOnly).map((entry) => entry.target),
  ).map((knot) => ({
    rule: 'import-cycle',
    path: knot[0] ?? '',
    line: 1,
    what: `${knot.length} files import each other: ${knot.join(', ')}`,
    why: 'none of them can be understood, tested or loaded without the others',
    todo: 'move what they share into a file that imports none of them',
  }))
}

/** Cycles through types alone are harmless at run time; they are counted, not refused. */
export function filesInTypeCycles(modules: readonly Module[]): number {
  const all = knots(modules, (module) => module.imports.map((entry) => entry.target))
  return all.reduce((sum, knot) => sum + knot.length, 0)
}

/** The strongly connected components with more than one file (Tarjan), each sorted. */
function knots(
  modules: readonly Module[],
  targetsOf: (module: Module) => readonly (string | null)[],
): string[][] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []

  const visit = (module: Module): number => {
    const own = order.size
    order.set(module.path, own)
    lowest.set(module.path, own)
    stack.push(module.path)
    for (const target of targetsOf(module)) {
      const next = target === null ? undefined : byPath.get(target)
      if (next === undefined) continue
      let reached = order.get(next.path)
      if (reached === undefined) reached = visit(next)
      else if (!stack.includes(next.path)) continue
      lowest.set(module.path, Math.min(lowest.get(module.path) ?? own, reached))
    }
    const low = lowest.get(module.path) ?? own
    if (low === own) {
      const knot = stack.splice(stack.indexOf(module.path))
      const importsItself = targetsOf(module).includes(module.path)
      if (knot.length > 1 || importsItself) found.push(knot.sort())
    }
    return low
  }
  for (const module of modules) if (!order.has(module.path)) visit(module)
  return found
}
