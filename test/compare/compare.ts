/** Does the same to both sides, step by step, and tells where they differ. */

import type { Clusters } from './clusters.ts'
import { type Outcome, Side } from './side.ts'
import type { Step } from './step.ts'

export interface Difference {
  readonly step: string
  readonly left: Outcome
  readonly right: Outcome
}

export interface Comparison {
  /** Commands and requests: what was run, or started and compared when it was stopped. */
  readonly compared: number
  readonly differences: readonly Difference[]
  /** Steps in which we follow a newer etcd on purpose, and why. */
  readonly newer: readonly string[]
}

export interface CompareOptions {
  readonly clusters: Clusters
  readonly steps: readonly Step[]
  readonly onStep?: (step: string) => void
}

export async function compare(options: CompareOptions): Promise<Comparison> {
  const [left, right] = options.clusters.map((cluster) => new Side(cluster)) as [Side, Side]
  try {
    return await compareSides([left, right], options)
  } finally {
    await left.close()
    await right.close()
  }
}

async function compareSides(
  [left, right]: readonly [Side, Side],
  { steps, onStep }: CompareOptions,
): Promise<Comparison> {
  const differences: Difference[] = []
  const newer: string[] = []
  let compared = 0
  for (const step of steps) {
    const name = describe(step)
    onStep?.(name)
    const [one, other] = await Promise.all([left.do(step), right.do(step)])
    if (step.kind === 'run' || step.kind === 'stop') compared += 1
    if (one.text === other.text) continue
    const reason = step.kind === 'run' ? step.newer : undefined
    if (reason !== undefined) newer.push(`${name}: ${reason}`)
    else differences.push({ step: name, left: one, right: other })
  }
  return { compared, differences, newer }
}

function describe(step: Step): string {
  if (step.kind === 'wait') return `wait for ${step.for}`
  if (step.kind === 'stop') return `stop ${step.what}`
  const words = step.words.map((word) => (/^[\w./=-]+$/.test(word) ? word : JSON.stringify(word)))
  return [step.program, ...words].join(' ')
}

/** A difference as a person reads it. */
export function differenceText(difference: Difference, [left, right]: Clusters): string {
  return [
    `--- ${difference.step}`,
    `${left.name}:`,
    indented(difference.left.text),
    `${right.name}:`,
    indented(difference.right.text),
  ].join('\n')
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}
