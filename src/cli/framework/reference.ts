/** docs/reference/cli.md, made of the descriptions. */

import { argumentText, byCode, capital, optionText, partition, remark, usageLine } from './help.ts'
import { type Options, spelled } from './option.ts'
import { GROUPS, type Spec } from './spec.ts'

interface Frame {
  /** Between the title and the commands. */
  readonly intro: readonly string[]
  /** Options that many commands have, which are told once. */
  readonly shared: Options
}

export function referenceText(specs: readonly Spec[], { intro, shared }: Frame): string {
  const lines = ['# The command line', '', ...intro, '', ...optionTable(shared), '']
  for (const [group, title] of Object.entries(GROUPS)) {
    const own = specs.filter((spec) => spec.group === group)
    lines.push(`## ${title}`, '')
    lines.push('| Command | What it does |', '| --- | --- |')
    for (const { name, summary } of own) {
      lines.push(
        `| [\`quorate ${name}\`](#quorate-${name.replace(/ /g, '-')}) | ${capital(summary)} |`,
      )
    }
    lines.push('')
    for (const spec of own) lines.push(...section(spec, shared))
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function section(spec: Spec, shared: Options): readonly string[] {
  const { name, summary, about = [], grammar, arguments: wanted, options } = spec
  const { examples, exits } = spec
  const lines = [`### quorate ${name}`, '', `${capital(summary)}.`, '']
  for (const paragraph of about) lines.push(paragraph, '')
  if (grammar !== undefined) lines.push('```text', ...grammar, '```', '')
  lines.push('```text', usageLine(spec), '```', '')
  if (wanted.length > 0) {
    lines.push('| Argument | |', '| --- | --- |')
    for (const one of wanted) lines.push(`| \`${argumentText(one)}\` | ${cell(one.summary)} |`)
    lines.push('')
  }
  const [own, common] = partition(options, shared)
  if (Object.keys(own).length > 0) lines.push(...optionTable(own), '')
  const names = Object.keys(common)
  if (names.length > 0) {
    lines.push(`Also ${names.map((name) => `\`${spelled(name)}\``).join(', ')}, see above.`, '')
  }
  if (examples.length > 0) {
    lines.push('```sh')
    for (const { words, says } of examples) lines.push(`# ${says}`, words)
    lines.push('```', '')
  }
  if (exits.length > 0) {
    const texts = byCode(exits).map(({ code, when }) => `${code} ${when}`)
    lines.push(`Exit status: ${texts.join('; ')}.`, '')
  }
  return lines
}

function optionTable(options: Options): readonly string[] {
  const rows = Object.entries(options).map(([key, option]) => {
    return `| \`${cell(optionText(key, option))}\` | ${cell(remark(option))} |`
  })
  return ['| Option | |', '| --- | --- |', ...rows]
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replace(/\|/g, '\\|')
}
