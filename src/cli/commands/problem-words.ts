/** What a node says is wrong with it, which it says as etcd does, in words for people. Pure. */

import type { Member } from '../../client/index.ts'
import { nameOf } from './look.ts'
import { idText } from './show.ts'

export const NO_LEADER = 'etcdserver: no leader'

const ALARM = /^memberID:(\d+) alarm:(\S+) $/
const NO_SPACE = 'NOSPACE'

/** What is not known here is told as it came. */
export function problemText(problem: string, members: readonly Member[]): string {
  if (problem === NO_LEADER) return 'it knows no leader'
  const [, id = '', alarm] = ALARM.exec(problem) ?? []
  if (alarm === undefined) return problem
  const who = nameOf(BigInt(id), members) || `member ${idText(BigInt(id))}`
  const effect = alarm === NO_SPACE ? ': puts are refused until it is disarmed' : ''
  return `the alarm ${alarm} of ${who} is on${effect}`
}
