/** Which versions this is. */

import { readFileSync } from 'node:fs'

/** Of etcd's, whose behaviour is offered: clients choose theirs by it. */
export const ETCD_VERSION = '3.6.6'

/** Our own, as the package says. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text)
  return String(version)
}
