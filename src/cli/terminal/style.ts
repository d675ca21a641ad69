/** Colours, where somebody sees them. */

export type ColorChoice = 'auto' | 'always' | 'never'

export interface Style {
  readonly isColored: boolean
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

interface Where {
  readonly isTerminal: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * An explicit choice, then NO_COLOR (no-color.org), then whether it is a terminal that has them.
 */
export function wantsColor(choice: ColorChoice, { isTerminal, environment }: Where): boolean {
  if (choice !== 'auto') return choice === 'always'
  const { NO_COLOR: none, TERM: term } = environment
  if (none !== undefined && none !== '') return false
  return isTerminal && term !== 'dumb'
}

export function styleOf(isColored: boolean): Style {
  // Ends with what is usual for that attribute alone, so that styles can be nested.
  const code = (begin: number, end: number) => (text: string) =>
    isColored && text !== '' ? `\u001b[${begin}m${text}\u001b[${end}m` : text
  return {
    isColored,
    bold: code(1, 22),
    dim: code(2, 22),
    red: code(31, 39),
    green: code(32, 39),
    yellow: code(33, 39),
    cyan: code(36, 39),
  }
}
