/** The text format of Prometheus, version 0.0.4. */

import type { Histogram } from './histogram.ts'

export type Labels = Readonly<Record<string, string>>

export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
}

export class Exposition {
  #text = ''

  get text(): string {
    return this.#text
  }

  /** A value that is not known makes no line. */
  single(family: Family, value: number | undefined, labels: Labels = {}): void {
    if (value !== undefined) this.family(family, [[labels, value]])
  }

  family({ name, type, help }: Family, samples: readonly (readonly [Labels, number])[]): void {
    if (samples.length === 0) return
    this.#head(name, type, help)
    for (const [labels, value] of samples) this.#sample(name, labels, value)
  }

  histogram(name: string, help: string, histogram: Histogram): void {
    this.histograms(name, help, [[{}, histogram]])
  }

  histograms(
    name: string,
    help: string,
    histograms: readonly (readonly [Labels, Histogram])[],
  ): void {
    this.#head(name, 'histogram', help)
    for (const [labels, { bounds, counts, sum }] of histograms) {
      let below = 0
      for (const [at, count] of counts.entries()) {
        below += count
        this.#sample(`${name}_bucket`, { ...labels, le: String(bounds[at] ?? '+Inf') }, below)
      }
      this.#sample(`${name}_sum`, labels, sum)
      this.#sample(`${name}_count`, labels, below)
    }
  }

  #head(name: string, type: string, help: string): void {
    this.#text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  }

  #sample(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
    const braced = pairs.length === 0 ? '' : `{${pairs.join(',')}}`
    this.#text += `${name}${braced} ${value}\n`
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
