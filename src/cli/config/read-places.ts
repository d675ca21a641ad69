/** Where a node listens, what it tells others of that, and with which certificates. */

import type { ListenConfig, NodeConfig, TlsFiles } from './node-config.ts'
import type { Manner } from './read-node-config.ts'
import type { SettingReader } from './setting-reader.ts'
import { MEMBER_URL_WANTED, type MemberUrl } from './urls.ts'

export interface PeerPlace extends Pick<ListenConfig, 'listen' | 'tls'> {
  /** What was written of this node itself; empty: nothing was. */
  readonly advertised: readonly MemberUrl[]
}

export function readClientPlace(read: SettingReader, manner: Manner): NodeConfig['client'] {
  const listenAlso = read.get('client.listenAlso')
  const listen = [...read.get('client.listen'), ...listenAlso]
  const isAdvertised = read.has('client.advertise')
  if (manner === 'etcd' && read.has('client.listen') && !isAdvertised) {
    read.complain(
      'client.advertise',
      `what clients are told where listeners are named: ${MEMBER_URL_WANTED}`,
    )
  }
  if (manner === 'own' && listen.some(isAnyAddress) && !isAdvertised) {
    read.complain(
      'client.advertise',
      `what clients connect to instead of "any address": ${MEMBER_URL_WANTED}`,
    )
  }
  const advertise = isAdvertised ? read.get('client.advertise') : listen
  if (manner === 'own' && isAdvertised && advertise.some(isAnyAddress)) {
    read.complain('client.advertise', 'what clients can connect to, which "any address" is not')
  }
  const tls = tlsFiles(read, 'client')
  checkSecure(read, 'client', { listen: [...listen, ...read.get('metrics.listen')], tls })
  return {
    listen,
    listenAlso,
    advertise: advertise.map(({ text }) => text),
    tls,
    corsOrigins: read.get('client.corsOrigins'),
  }
}

export function readPeerPlace(read: SettingReader): PeerPlace {
  const listen = read.get('peer.listen')
  const tls = tlsFiles(read, 'peer')
  checkSecure(read, 'peer', { listen, tls })
  if (new Set(listen.map(({ isSecure }) => isSecure)).size > 1) {
    read.complain('peer.listen', 'either http or https, for all nodes are reached in one way')
  }
  return { listen, tls, advertised: read.get('peer.advertise') }
}

function isAnyAddress({ address }: MemberUrl): boolean {
  return address.host === '0.0.0.0' || address.host === '::'
}

function tlsFiles(read: SettingReader, side: 'client' | 'peer'): TlsFiles | null {
  const certificate = read.get(`${side}.tls.certificate`)
  const key = read.get(`${side}.tls.key`)
  const authority = read.get(`${side}.tls.authority`)
  const requireCertificate = read.get(`${side}.tls.requireCertificate`)
  const versionMin = read.get('tls.versionMin')
  if (requireCertificate && authority === null) {
    const wanted = 'the file that certificates of the other side are signed by'
    read.complain(`${side}.tls.authority`, wanted)
  }
  if (certificate !== null && key !== null) {
    return { certificate, key, authority, requireCertificate, versionMin }
  }
  const isAsked = certificate !== null || key !== null || authority !== null || requireCertificate
  if (!isAsked) return null
  if (certificate === null) {
    read.complain(`${side}.tls.certificate`, 'the file with the certificate of this node')
  }
  if (key === null) read.complain(`${side}.tls.key`, 'the file with the key of the certificate')
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
