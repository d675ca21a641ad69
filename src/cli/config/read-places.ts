/** Where a node listens, what it tells others of that, and with which certificates. */

import type { ListenConfig, NodeConfig, TlsFiles, TlsVersion } from './node-config.ts'
import type { Manner } from './read-node-config.ts'
import type { SettingReader } from './setting-reader.ts'
import { MEMBER_URL_WANTED, type MemberUrl, parseListenUrl } from './urls.ts'

const CLIENT_URL_DEFAULT = 'http://localhost:2379'
const PEER_URL_DEFAULT = 'http://localhost:2380'

export interface PeerPlace extends Pick<ListenConfig, 'listen' | 'tls'> {
  /** What was written of this node itself; empty: nothing was. */
  readonly advertised: readonly MemberUrl[]
}

export function readClientPlace(read: SettingReader, manner: Manner): NodeConfig['client'] {
  const listen = [
    ...read.listenUrls('client.listen', listenOn(CLIENT_URL_DEFAULT)),
    ...read.listenUrls('client.listenAlso', []),
  ]
  if (manner === 'etcd' && read.has('client.listen') && !read.has('client.advertise')) {
    read.complain('client.advertise', `${MEMBER_URL_WANTED}; where listeners are named, so is this`)
  }
  if (manner === 'own' && listen.some(isAnyAddress) && !read.has('client.advertise')) {
    read.complain('client.advertise', `${MEMBER_URL_WANTED}; nobody can connect to "any address"`)
  }
  const advertise = read.memberUrls('client.advertise', listen)
  const tls = tlsFiles(read, 'client.tls')
  const metrics = read.listenUrls('metrics.listen', [])
  checkSecure(read, 'client', { listen: [...listen, ...metrics], tls })
  const origins = read.list('client.corsOrigins')
  return {
    listen,
    advertise: advertise.map(({ text }) => text),
    tls,
    corsOrigins: origins.length === 0 ? ['*'] : origins,
  }
}

export function readPeerPlace(read: SettingReader): PeerPlace {
  const listen = read.listenUrls('peer.listen', listenOn(PEER_URL_DEFAULT))
  const tls = tlsFiles(read, 'peer.tls')
  checkSecure(read, 'peer', { listen, tls })
  if (new Set(listen.map(({ isSecure }) => isSecure)).size > 1) {
    read.complain('peer.listen', 'either http or https, for all nodes are reached in one way')
  }
  return { listen, tls, advertised: read.memberUrls('peer.advertise', []) }
}

function isAnyAddress({ address }: MemberUrl): boolean {
  return address.host === '0.0.0.0' || address.host === '::'
}

function listenOn(text: string): readonly MemberUrl[] {
  const url = parseListenUrl(text)
  return url === null ? [] : [url]
}

function tlsFiles(read: SettingReader, at: string): TlsFiles | null {
  const certificate = read.path(`${at}.certificate`)
  const key = read.path(`${at}.key`)
  const authority = read.path(`${at}.authority`)
  const requireCertificate = read.boolean(`${at}.requireCertificate`, false)
  const versionMin = read.choice<TlsVersion>('tls.versionMin', 'TLS1.2', ['TLS1.2', 'TLS1.3'])
  if (requireCertificate && authority === null) {
    read.complain(`${at}.authority`, 'the file that certificates of the other side are signed by')
  }
  if (certificate !== null && key !== null) {
    return { certificate, key, authority, requireCertificate, versionMin }
  }
  const isAsked = certificate !== null || key !== null || authority !== null || requireCertificate
  if (!isAsked) return null
  if (certificate === null) {
    read.complain(`${at}.certificate`, 'the file with the certificate of this node')
  }
  if (key === null) read.complain(`${at}.key`, 'the file with the key of the certificate')
  return null
}

function checkSecure(
  read: SettingReader,
  side: 'client' | 'peer',
  { listen, tls }: Pick<ListenConfig, 'listen' | 'tls'>,
): void {
  if (tls !== null || !listen.some(({ isSecure }) => isSecure)) return
  read.complain(`${side}.tls.certificate`, 'the file with the certificate for https')
}
