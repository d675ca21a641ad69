/** Who the members of a new cluster are. */

import type { ClusterConfig, InitialMember } from './node-config.ts'
import type { PeerPlace } from './read-places.ts'
import type { SettingReader } from './setting-reader.ts'
import { type MemberUrl, parseMemberUrl } from './urls.ts'

const TOKEN_DEFAULT = 'etcd-cluster'
/** Every write waits for a majority of them; nobody runs more than seven. */
const MEMBERS_MAX = 15

const CLUSTER_WANTED =
  'the members with their URLs, such as m1=http://10.0.0.1:2380,m2=http://10.0.0.2:2380, ' +
  'no URL twice'

interface OwnPlace extends PeerPlace {
  readonly name: string
}

export function readCluster(read: SettingReader, own: OwnPlace): ClusterConfig {
  const written = read.raw('cluster.members')
  const isExplicit = written !== undefined
  // A node that is told of no others is a cluster of its own.
  const peerUrls = own.advertised.length > 0 ? own.advertised : own.listen
  const members = isExplicit ? initialMembers(read, written) : [{ name: own.name, peerUrls }]
  checkOwnPlace(read, members, own)
  return {
    token: read.text('cluster.token', TOKEN_DEFAULT),
    members,
    isExplicit,
    state: read.choice('cluster.state', 'new', ['new', 'existing']),
  }
}

function initialMembers(read: SettingReader, raw: unknown): readonly InitialMember[] {
  const found = new Map<string, MemberUrl[]>()
  const taken = new Set<string>()
  for (const { name, url } of memberPairs(raw)) {
    const parsed = parseMemberUrl(url)
    if (name === '' || parsed === null || taken.has(parsed.text)) {
      read.complain('cluster.members', CLUSTER_WANTED)
      return []
    }
    taken.add(parsed.text)
    found.set(name, [...(found.get(name) ?? []), parsed])
  }
  if (found.size > MEMBERS_MAX) read.complain('cluster.members', `at most ${MEMBERS_MAX} members`)
  return [...found].map(([name, peerUrls]) => ({ name, peerUrls }))
}

interface MemberPair {
  readonly name: string
  readonly url: string
}

const NO_PAIR: MemberPair = { name: '', url: '' }

/** `name=url,name=url`, or a map of names to URLs. */
function memberPairs(raw: unknown): readonly MemberPair[] {
  if (typeof raw === 'string') return raw.split(',').map(pairOf)
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [NO_PAIR]
  const pairs = Object.entries(raw).flatMap(([name, urls]) =>
    (Array.isArray(urls) ? urls : String(urls).split(',')).map((url) => ({
      name,
      url: String(url).trim(),
    })),
  )
  return pairs.length === 0 ? [NO_PAIR] : pairs
}

function pairOf(text: string): MemberPair {
  const at = text.indexOf('=')
  return at < 0 ? NO_PAIR : { name: text.slice(0, at).trim(), url: text.slice(at + 1).trim() }
}

/** A node that is not among those it names would wait for ever, or answer for another one. */
function checkOwnPlace(
  read: SettingReader,
  members: readonly InitialMember[],
  { name, advertised }: OwnPlace,
): void {
  if (members.length === 0) return
  const own = members.find((member) => member.name === name)
  if (own === undefined) {
    const names = members.map((member) => member.name).join(', ')
    read.complain('name', `the name of one of the members: ${names}`)
    return
  }
  const listed = sorted(own.peerUrls)
  if (advertised.length === 0 || listed === sorted(advertised)) return
  read.complain('peer.advertise', `what is said of ${name} among the members: ${listed}`)
}

function sorted(urls: readonly MemberUrl[]): string {
  return urls
    .map(({ text }) => text)
    .sort()
    .join(',')
}
