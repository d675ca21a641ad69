/**
 * What `quorate node` and `config` take, for the completion: it is described in config's own words.
 */

import { flagOf, SETTING_NAMES, settingOf } from '../config/index.ts'
import { anyText, flag, type Option, type Options, optional } from '../framework/index.ts'

/** By names that are spelled as the flags are. */
export function nodeOptions(): Options {
  const settings = SETTING_NAMES.map((name) => [nameOf(flagOf(name)), optionOf(name)] as const)
  return {
    config: optional(anyText('FILE'), 'YAML that describes the node', { completes: 'files' }),
    ...Object.fromEntries(settings),
    json: flag('for programs'),
  }
}

function nameOf(spelledFlag: string): string {
  return spelledFlag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function optionOf(name: (typeof SETTING_NAMES)[number]): Option<unknown> {
  const { kind } = settingOf(name)
  const summary = `${name}: ${kind.wanted}`
  const choices = [...kind.name.matchAll(/`([^`]+)`/g)].flatMap(([, choice]) => choice ?? [])
  const option = optional(anyText('VALUE'), summary)
  if (kind.name === 'file') return { ...option, completes: 'files' }
  if (kind.name === 'directory') return { ...option, completes: 'directories' }
  return { ...option, choices }
}
