/** `quorate version` */

import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import { STATUS } from '../specs/shared.ts'
import type { VERSION } from '../specs/tools.ts'
import { printJson } from './show.ts'

export async function runVersion(
  { values }: CallOf<typeof VERSION>,
  parts: CommandParts,
): Promise<number> {
  const { own, etcd, runtime } = parts.versions
  if (values.json) printJson(parts, { quorate: own, etcd, runtime })
  else parts.print(`quorate ${own}, which offers what etcd ${etcd} does, on ${runtime}`)
  return STATUS.fine
}
