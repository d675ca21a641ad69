/** Who the members of a new cluster are. */

import type { NamedUrl } from './kinds.ts'
import type { ClusterConfig, InitialMember } from './node-config.ts'
import type { PeerPlace } from './read-places.ts'
import type { SettingReader } from './setting-reader.ts'
import type { MemberUrl } from './urls.ts'

/** Every write waits for a majority of them; nobody runs more than seven. */
const MEMBERS_MAX = 15

interface OwnPlace extends PeerPlace {
  readonly name: string
}

export function readCluster(read: SettingReader, own: OwnPlace): ClusterConfig {
  const written = read.get('cluster.members')
  // A node that is told of no others is a cluster of its own.
  const peerUrls = own.advertised.length > 0 ? own.advertised : own.listen
  const members = written === null ? [{ name: own.name, peerUrls }] : byName(written)
  if (members.length > MEMBERS_MAX) {
    read.complain('cluster.members', `at most ${MEMBERS_MAX} members`, null)
  }
  const isExplicit = read.has('cluster.members')
  if (written !== null || !isExplicit) checkOwnPlace(read, members, own)
  return {
    token: read.get('cluster.token'),
    members,
    isExplicit,
    state: read.get('cluster.state'),
  }
}

function byName(written: readonly NamedUrl[]): readonly InitialMember[] {
  const found = new Map<string, MemberUrl[]>()
  for (const { name, url } of written) found.set(name, [...(found.get(name) ?? []), url])
  return [...found].map(([name, peerUrls]) => ({ name, peerUrls }))
}

/** A node that is not among those it names would wait for ever, or answer for another one. */
function checkOwnPlace(
  read: SettingReader,
  members: readonly InitialMember[],
  { name, advertised }: OwnPlace,
): void {
  const own = members.find((member) => member.name === name)
  if (own === undefined) {
    const names = members.map((member) => member.name).join(', ')
    read.complain('name', `the name of one of the members: ${names}`, null)
    return
  }
  const listed = sorted(own.peerUrls)
  if (advertised.length === 0 || listed === sorted(advertised)) return
  read.complain('peer.advertise', `what is said of ${name} among the members`, listed)
}

function sorted(urls: readonly MemberUrl[]): string {
  return urls
    .map(({ text }) => text)
    .sort()
    .join(',')
}
