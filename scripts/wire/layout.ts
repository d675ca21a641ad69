/** How the lines of TypeScript are laid out: as the formatter does it, which checks them too. */

const COLUMNS = 100

/** On one line when it fits there. */
export function bracket(open: string, items: readonly string[], close: string): string[] {
  const single = `${open} ${items.join(', ')} ${close}`
  return single.length <= COLUMNS ? [single] : [open, ...items.map((item) => `  ${item},`), close]
}

/** The same for a list inside an object. */
export function list(open: string, items: readonly string[], close: string): string[] {
  const single = `${open}${items.join(', ')}${close}`
  return single.length + 2 <= COLUMNS ? [single] : [open, ...items.map((item) => `${item},`), close]
}

/** The first line of a function, or the first lines. */
export function signature(name: string, parameters: readonly string[], type: string): string[] {
  const single = `export function ${name}(${parameters.join(', ')}): ${type} {`
  if (single.length <= COLUMNS) return [single]
  return [`export function ${name}(`, ...parameters.map((one) => `${one},`), `): ${type} {`]
}

/** Indents by brackets, and the statements of a case by one more. */
export function indented(lines: readonly string[]): string[] {
  const result: string[] = []
  /** What each open bracket is: a switch has cases, a case has statements. */
  const open: ('block' | 'switch')[] = []
  let inCase: boolean[] = []
  for (const line of lines) {
    if (/^[}\])]/.test(line)) {
      open.pop()
      inCase = inCase.slice(0, open.length + 1)
    }
    const depth = open.length
    const isLabel = open.at(-1) === 'switch' && /^(case|default)\b/.test(line)
    const extra = inCase.slice(0, depth + 1).filter(Boolean).length
    const hang = line.startsWith('|') ? 1 : 0
    const level = depth + extra + hang - (isLabel && inCase[depth] === true ? 1 : 0)
    result.push(line === '' ? '' : `${'  '.repeat(level)}${line}`)
    if (isLabel) inCase[depth] = true
    if (/[{[(]$/.test(line)) {
      open.push(line.startsWith('switch') ? 'switch' : 'block')
      inCase[open.length] = false
      if (isLabel) inCase[depth] = false
    }
  }
  return result
}
