/**
 * Wraps comment lines that are too wide: the words that do not fit move to the next line of the
 * same paragraph. Lists, tables, drawings and code are left as they are.
 */

const COLUMNS_MAX = 100

export function wrapComments(text: string): string {
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if ([...line].length <= COLUMNS_MAX) continue
    const single = /^(\s*)\/\*\* (.*) \*\/$/.exec(line)
    if (single !== null) {
      // A comment on one line becomes a block; its middle is looked at next.
      lines.splice(at, 1, `${single[1]}/**`, `${single[1]} * ${single[2]}`, `${single[1]} */`)
      continue
    }
    const prefix = prosePrefix(line)
    if (prefix === undefined) continue
    const [kept, moved] = breakLine(line, prefix)
    if (moved === '') continue
    lines[at] = kept
    const closing = kept.trimStart().startsWith('/**') ? prefix.replace('/**', ' *') : prefix
    const next = lines[at + 1]
    const joins = next !== undefined && prosePrefix(next) === closing
    if (joins) lines[at + 1] = `${closing}${moved} ${next.slice(closing.length)}`
    else lines.splice(at + 1, 0, closing + moved)
  }
  return lines.join('\n')
}

/** ` * `, `// ` or `/** ` with its indentation, when prose follows it on this line. */
function prosePrefix(line: string): string | undefined {
  const match = /^(\s*(?:\*|\/\/|\/\*\*) )(?=[\p{L}`"'(\d])/u.exec(line)
  if (match === null) return undefined
  const rest = line.slice(match[0].length)
  if (/^(biome-ignore|@ts-)/.test(rest)) return undefined
  // A numbered list, a table, a drawing, or words lined up in columns.
  return /^\d+[.)] |[|+─│]| {3}/.test(rest) ? undefined : match[0]
}

function breakLine(line: string, prefix: string): [string, string] {
  const at = line.lastIndexOf(' ', COLUMNS_MAX)
  return at < prefix.length ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}
